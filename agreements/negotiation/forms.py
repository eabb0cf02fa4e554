"""The forms of the side that answers: agreeing names its signatory, returning gives a reason."""

from collections.abc import Mapping
from typing import Any

from django import forms

from agreements.fields import CONTACT_FIELDS, REQUIRED_CONTACTS, contact_field
from agreements.lifecycle.negotiation import WITHDRAWN_WHY
from agreements.lifecycle.succession import ends_when_in_force
from agreements.models import Agreement, AgreementKind


class AgreeForm(forms.Form):
    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        role = agreement.answering_role
        party = agreement.partner
        known = {"signatory_name": party.legal_representative if party else "", **agreement.contact(role)}
        super().__init__(data, initial=known)
        for name in CONTACT_FIELDS:
            self.fields[name] = contact_field(name, required=name in REQUIRED_CONTACTS)
        if agreement.kind == AgreementKind.REPLACEMENT:
            self.fields["ends_the_old"] = forms.BooleanField(
                label="同意：" + ends_when_in_force(agreement),
                error_messages={"required": "换签要双方都同意原协议提前结束。不同意的，请退回并说明原因。"},
            )

    @property
    def contact(self) -> dict[str, str]:
        """The answering side's signatory and contact, once the form is valid."""
        return {name: self.cleaned_data[name] for name in CONTACT_FIELDS}


class RescindForm(forms.Form):
    reason = forms.CharField(
        label="解除的原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="对方会看到这段话，同意后一起留在办理经过里。",
        error_messages={"required": "请写明解除的原因，对方要看了才能答复。"},
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="请写明哪一条、希望怎样修改，对方会看到这段话。",
        error_messages={"required": "请写明退回原因，对方才知道要改什么。"},
    )


class WithdrawForm(forms.Form):
    """Taking a text back: with a reason where one is wanted, else with one if the person likes."""

    def __init__(self, data: Mapping[str, Any] | None, *, wants_reason: bool) -> None:
        super().__init__(data)
        self.fields["reason"] = forms.CharField(
            label="撤回原因" if wants_reason else "撤回原因（可不填）",
            required=wants_reason,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text="请写明哪里要改，对方会看到这段话。",
            error_messages={"required": WITHDRAWN_WHY},
        )
