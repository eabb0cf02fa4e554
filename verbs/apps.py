from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class VerbsConfig(AppConfig):
    name = "verbs"
    verbose_name = "办理规则"

    def ready(self) -> None:
        autodiscover_modules("lifecycle")  # every table of states is known, whatever this process does
