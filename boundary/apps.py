from django.apps import AppConfig
from django.core.checks import Tags, register

from boundary import checks, paths, wording

# Here and not in `ready`: apps above define forms before that.
wording.speak()


class BoundaryConfig(AppConfig):
    name = "boundary"
    verbose_name = "边界"

    def ready(self) -> None:
        paths.register()
        for check in checks.CHECKS:
            register(check, Tags.security)
