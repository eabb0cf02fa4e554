"""The form of ending early. It turns what was entered into values and stops."""

from __future__ import annotations

from django import forms

from boundary.fields import WordsField
from frame.days import DayField


class TerminateForm(forms.Form):
    on = DayField(
        label="最后一天",
        help_text="今天或者以后的日期；协议到这一天（含）为止有效，第二天起终止。",
        error_messages={"required": "请填写协议有效的最后一天。"},
    )
    reason = WordsField(
        label="终止原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="对方和备案部门会看到这段话。",
        error_messages={"required": "请写明终止原因。", "max_length": "终止原因最多 %(limit_value)d 个字。"},
    )
