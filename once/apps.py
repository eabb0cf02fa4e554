from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "once"
    verbose_name = "表单只办一次"
