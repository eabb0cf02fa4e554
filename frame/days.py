"""The one field for a day in the forms of this app."""

import unicodedata
from datetime import date
from typing import Any

from django import forms

FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]


class DayField(forms.DateField):
    """A day, picked or typed in the ways people here write it."""

    default_error_messages = {"invalid": "请填写存在的日期，例如 2026年11月22日。"}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=FORMATS, **kwargs)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str):
            value = "".join(unicodedata.normalize("NFKC", value).split())
        return super().to_python(value)
