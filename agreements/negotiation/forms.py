"""The forms of the side that answers: agreeing names its signatory, returning gives a reason."""

from collections.abc import Mapping
from typing import Any

from django import forms

from agreements.fields import CONTACT_FIELDS, contact_field
from agreements.models import Agreement

REQUIRED_OF_ANSWERER = {"signatory_name", "contact_phone"}


class AgreeForm(forms.Form):
    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        role = agreement.answering_role
        party = agreement.partner
        known = {"signatory_name": party.legal_representative if party else "", **agreement.contact(role)}
        super().__init__(data, initial=known)
        for name in CONTACT_FIELDS:
            self.fields[name] = contact_field(name, required=name in REQUIRED_OF_ANSWERER)


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="请写明哪一条、希望怎样修改，对方会看到这段话。",
        error_messages={"required": "请写明退回原因，对方才知道要改什么。"},
    )


class WithdrawForm(forms.Form):
    """A frozen text is withdrawn with a reason; one that was only sent needs none."""

    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        super().__init__(data)
        if agreement.is_frozen:
            self.fields["reason"] = forms.CharField(
                label="撤回原因",
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 4}),
                help_text="对方会看到这段话。",
                error_messages={"required": "文本已经定稿，撤回要写明原因，对方会看到。"},
            )
