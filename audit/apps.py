from django.apps import AppConfig
from django.core.checks import register

from audit.checks import check_anchoring


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "日志"

    def ready(self) -> None:
        register(check_anchoring)
