"""The forms of the acts. They turn text into values and stop."""

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.models import User
from boundary.fields import WordsField
from filing.models import Filing
from institutions.models import Duty, Membership

REMARK_LENGTH = 500


class SubmitForm(forms.Form):
    remark = WordsField(
        label="报送说明",
        required=False,
        max_length=REMARK_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="可以不填。审核的部门会看到这段话。",
    )


class ResubmitForm(forms.Form):
    remark = WordsField(
        label="补正说明",
        max_length=REMARK_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="请逐条说明退回的原因怎样补正了，审核的部门会看到这段话。",
        error_messages={"required": "请说明补正了什么，审核的部门才知道看哪里。"},
    )


LONGEST_REASONS = 1000
# What bureaus return copies for most, as the institutions should read it: what is wrong and what to do.
STOCK_REASONS = (
    "签章扫描件不清楚，请重新扫描。",
    "签章扫描件缺页，请补齐。",
    "印章或签名不清楚、不齐全，请补盖、补签后重新扫描。",
    "纸上的签章日期与登记的日期不一致，请核对。",
    "机构名称与登记的名称不一致，请核对。",
    "协议期限不明确，请写明起止日期。",
)


class ReturnForm(forms.Form):
    """Stock reasons to tick, where on the paper, and words of one's own: at least one of the first and the last."""

    reasons = WordsField(
        label="退回原因",
        required=False,
        max_length=LONGEST_REASONS,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        help_text="请逐条写明哪里需要补正、怎样补正，报送的机构会看到这段话。",
    )
    stock = forms.MultipleChoiceField(
        label="常用原因（勾选后写在前面）",
        required=False,
        choices=[(reason, reason) for reason in STOCK_REASONS],
        widget=forms.CheckboxSelectMultiple,
    )
    where = WordsField(
        label="第几页或第几条",
        required=False,
        max_length=60,
        help_text="例如：第 3 页；第五条。可以不填。",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned.get("stock") or cleaned.get("reasons")):
            self.add_error("reasons", "请写明退回原因，报送的机构才知道要补正什么。")
        elif not self.errors and len(self.in_words) > LONGEST_REASONS:
            self.add_error("reasons", f"连同勾选的原因一共不能超过 {LONGEST_REASONS} 字，请写短一些。")
        return cleaned

    @property
    def in_words(self) -> str:
        """The reasons as they are told, one on a line, where they were found before them."""
        found = [*self.cleaned_data["stock"], self.cleaned_data["reasons"]]
        words = "\n".join(reason for reason in found if reason)
        where = self.cleaned_data["where"]
        return f"{where}：{words}" if where else words


class RescanForm(forms.Form):
    reason = WordsField(
        label="扫描件哪里有问题",
        max_length=LONGEST_REASONS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="例如：第 3 页缺了一角，印章看不清。协议双方和备案部门都会看到这段话。",
        error_messages={"required": "请写明扫描件哪里有问题，重新扫描的人才知道要换哪几页。"},
    )


class HandInForm(forms.Form):
    remark = WordsField(
        label="补报说明",
        max_length=REMARK_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="请写明换了哪几页、为什么换，审核的部门会看到这段话。",
        error_messages={"required": "请说明补报了什么，审核的部门才知道看哪里。"},
    )


class SendBackForm(forms.Form):
    reasons = WordsField(
        label="退回原因",
        max_length=LONGEST_REASONS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="请写明新的扫描件哪里还不合要求，协议双方会看到这段话。",
        error_messages={"required": "请写明退回的原因，协议双方才知道要重新扫描什么。"},
    )


class CloseForm(forms.Form):
    reason = WordsField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="协议双方会看到这段话，备案台账也会列出。",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, act: str) -> None:
        super().__init__(data)
        field = self.fields["reason"]
        field.label = f"{act}的原因"
        field.error_messages["required"] = f"请写明{act}的原因，协议双方会看到。"


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(
        label="转交给",
        queryset=User.objects.none(),
        empty_label="请选择",
        error_messages={
            "required": "请选择转交给哪一位审核员。",
            "invalid_choice": "这一位不是本部门的审核员，请重新选择。",
        },
    )

    def __init__(self, data: Mapping[str, Any] | None, *, filing: Filing) -> None:
        super().__init__(data)
        colleagues = User.objects.filter(
            is_active=True,
            memberships__authority=filing.authority.now,
            memberships__duty=Duty.REVIEWER,
            memberships__state=Membership.State.EFFECTIVE,
        )
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  -- narrows the type
        sides = [filing.agreement.medical_id, filing.agreement.elder_care_id]
        of_a_side = Membership.objects.effective().filter(institution__in=sides).values("user")
        who = [key for key in (filing.taken_up_by_id, filing.submitted_by_id) if key]
        others = colleagues.exclude(pk__in=who).exclude(pk__in=of_a_side)
        field.queryset = others.distinct().order_by("full_name", "pk")
        self.why_nobody = "" if field.queryset.exists() else _why_nobody(filing)


def _why_nobody(filing: Filing) -> str:
    """Say why there is nobody to choose, and who can change that."""
    held = Membership.objects.filter(authority=filing.authority.now, duty=Duty.REVIEWER).exclude(
        user=filing.taken_up_by
    )
    waiting = held.filter(state=Membership.State.WAITING).count()
    others = f"{filing.authority.now}除{filing.taken_up_by}以外没有别的审核员能审核这份备案"
    words = f"{others}，现在没有人可以转交。"
    if waiting:
        return f"{words}另有 {waiting} 位审核员的职责还等着确认，确认以后就能转交。"
    return f"{words}请本部门的管理员在“人员”里再邀请一位审核员。"
