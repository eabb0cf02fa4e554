"""The forms of the acts on an institution: renaming, closing, a new licence or filing period."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from boundary.fields import ACCEPTED, PrintedField, WordsField
from frame.days import DayField
from institutions.identifiers import licence_warnings
from institutions.lifecycle.validity import Period
from institutions.models import Document, Institution
from institutions.validity import document_of

RENAMED, CORRECTED = "renamed", "corrected"


def _reason(help_text: str) -> forms.CharField:
    return WordsField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": "请写明原因。", "max_length": "原因最多 %(limit_value)d 个字。"},
    )


class RenameForm(forms.Form):
    kind = forms.ChoiceField(
        label="改动的性质",
        choices=[(RENAMED, "机构更名：原名保留，可以查到"), (CORRECTED, "更正登记时写错的名称：原名不保留")],
        initial=RENAMED,
        widget=forms.RadioSelect,
    )
    to = PrintedField(
        label="新名称",
        max_length=100,
        error_messages={"required": "请填写新名称。", "max_length": "名称最多 %(limit_value)d 个字。"},
    )
    on = DayField(
        label="更名日期",
        required=False,
        help_text="新名称启用的第一天，以变更登记的日期为准。更正写错的名称时不用填。",
    )
    reason = WordsField(label="更名原因", max_length=200, required=False, help_text="例如：法人变更登记。")

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        if entered.get("kind") == RENAMED and not entered.get("on") and "on" not in self.errors:
            self.add_error("on", "请填写更名日期。")
        return entered


class StatusForm(forms.Form):
    on = DayField(label="日期", error_messages={"required": "请填写日期。"})
    reason = _reason("机构、签约的对方和主管部门会看到这段话。")


class WithdrawForm(forms.Form):
    last_day = DayField(
        label="最后有效日", help_text="备案仍然有效的最后一天。", error_messages={"required": "请填写最后有效日。"}
    )
    reason = _reason("例如：机构申请注销备案，或者备案被撤销。")


class PeriodForm(forms.Form):
    """A new period of a licence or a filing. The institution's own people submit a scan with it."""

    number = PrintedField(label="编号", max_length=60, error_messages={"required": "请填写编号。"})
    valid_from = DayField(label="有效期起", error_messages={"required": "请填写日期。"})
    valid_to = DayField(label="有效期止", error_messages={"required": "请填写有效期止。"})
    scan = forms.FileField(
        label="证照扫描件",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text="PDF、JPG 或 PNG，不超过 50 兆。",
        error_messages={"required": "请上传证照的扫描件，主管部门要对照核对。"},
    )

    def __init__(self, *args: Any, institution: Institution, needs_scan: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institution = institution
        self.fields["scan"].required = needs_scan
        if document_of(institution) is Document.LICENCE:
            self.fields["number"].label = "执业许可证登记号"
        else:
            self.fields["number"].label = "备案编号"
            self.fields["valid_from"].label = "备案日期"
            self.fields["valid_to"].label = "备案最后有效日"
            self.fields["valid_to"].required = False
            self.fields["valid_to"].help_text = "没有期限的留空。"

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = entered.get("valid_from"), entered.get("valid_to")
        if isinstance(start, date) and isinstance(end, date) and end <= start:
            self.add_error("valid_to", "有效期止应当晚于有效期起。")
        return entered

    @property
    def period(self) -> Period:
        entered = self.cleaned_data
        return Period(entered["number"], entered["valid_from"], entered["valid_to"])

    @property
    def doubts(self) -> list[str]:
        """What looks doubtful in a new licence number."""
        if document_of(self.institution) is not Document.LICENCE or not self.is_bound:
            return []
        number = self.cleaned_data.get("number", "")
        if number == getattr(self.institution.profile, "licence_number", ""):
            return []
        return licence_warnings(number, self.institution.region.code, self.institution.uscc)
