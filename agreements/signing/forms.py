"""The forms of signing on paper and of ending early. They turn what was entered into values and stop."""

from __future__ import annotations

from django import forms

from boundary.fields import ACCEPTED, ManyFilesField, ManyFilesInput
from institutions.days import DayField


class SignedOnForm(forms.Form):
    on = DayField(
        label="签章日期",
        help_text="以纸上签字盖章的日期为准；纸上没有写日期的，填写实际签章的那一天。",
        error_messages={"required": "请填写签章日期。"},
    )


class TerminateForm(forms.Form):
    on = DayField(
        label="最后一天",
        help_text="今天或者以后的日期；协议到这一天（含）为止有效，第二天起终止。",
        error_messages={"required": "请填写协议有效的最后一天。"},
    )
    reason = forms.CharField(
        label="终止原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="对方和备案部门会看到这段话。",
        error_messages={"required": "请写明终止原因。", "max_length": "终止原因最多 %(limit_value)d 个字。"},
    )


class ScanForm(forms.Form):
    scans = ManyFilesField(
        label="选择扫描件",
        widget=ManyFilesInput(attrs={"accept": ACCEPTED}),
        help_text="可以是一个 PDF，也可以一次选多张 JPG 或 PNG 图片；每个文件不超过 50 兆。",
        error_messages={"required": "请先选择要上传的扫描件。"},
    )
