from django.apps import AppConfig
from django.core.checks import Tags, register

from boundary import checks


class BoundaryConfig(AppConfig):
    name = "boundary"
    verbose_name = "边界"

    def ready(self) -> None:
        for check in checks.CHECKS:
            register(check, Tags.security)
