"""The forms of signing on paper. They turn what was entered into values and stop."""

from __future__ import annotations

from django import forms

from boundary.fields import ACCEPTED, ManyFilesField, ManyFilesInput
from frame.days import DayField


class SignedOnForm(forms.Form):
    on = DayField(
        label="签章日期",
        help_text="以纸上签字盖章的日期为准；纸上没有写日期的，填写实际签章的那一天。",
        error_messages={"required": "请填写签章日期。"},
    )


class ScanForm(forms.Form):
    scans = ManyFilesField(
        label="选择扫描件",
        widget=ManyFilesInput(attrs={"accept": ACCEPTED}),
        help_text="可以是一个 PDF，也可以一次选多张 JPG 或 PNG 图片；每个文件不超过 50 兆。",
        error_messages={"required": "请先选择要上传的扫描件。"},
    )


class RejectScanForm(forms.Form):
    reason = forms.CharField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="请写明哪一页有什么问题，上传的一方会看到这段话。",
        error_messages={"required": "请写明退回原因，上传的一方才知道要重新扫描什么。"},
    )
