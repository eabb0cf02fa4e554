from django.apps import AppConfig
from django.core.checks import register

from agreements.checks import CHECKS


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = "协议"

    def ready(self) -> None:
        for check in CHECKS:
            register(check)
