from django.apps import AppConfig


class FrameConfig(AppConfig):
    name = "frame"
    verbose_name = "页面框架"
