from django import forms
from django.apps import AppConfig
from django.core.checks import Tags, register

from boundary import checks

# Django's own words speak of a "field". Set here, before any form is made: a form takes its messages when it is made.
forms.Field.default_error_messages["required"] = "请填写这一项。"


class BoundaryConfig(AppConfig):
    name = "boundary"
    verbose_name = "边界"

    def ready(self) -> None:
        for check in checks.CHECKS:
            register(check, Tags.security)
