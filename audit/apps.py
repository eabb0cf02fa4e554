from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules

from audit.checks import check_anchoring


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "日志"

    def ready(self) -> None:
        register(check_anchoring)
        # The words of every app's events, whatever this process does. audit.events is the mechanism itself.
        autodiscover_modules("events", "log_events")
