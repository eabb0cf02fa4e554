"""Who signs for each side, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.forms.boundfield import BoundField

from agreements.drafting.forms.step import StepForm
from agreements.fields import CONTACT_FIELDS, REQUIRED_CONTACTS, contact_field
from agreements.lifecycle.proposals import (
    Remembered,
    remembered_contact,
)
from agreements.models import Agreement
from institutions.models import Institution, Role


class ContactsForm(StepForm):
    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        super().__init__(data, agreement=agreement)
        for role in Role:
            for name in CONTACT_FIELDS:
                field = contact_field(name, required=False)
                must = role is agreement.drafting_role and name in REQUIRED_CONTACTS
                field.label = f"{field.label}{'（必填）' if must else '（可不填）'}"
                self.fields[f"{role.value}-{name}"] = field
        self.mark_remembered()

    @staticmethod
    def initial_for(agreement: Agreement) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for role in Role:
            party = agreement.party(role)
            known = {"signatory_name": party.legal_representative if party else ""}
            for name in CONTACT_FIELDS:
                initial[f"{role.value}-{name}"] = agreement.contact(role).get(name) or known.get(name, "")
        return initial

    @staticmethod
    def remembered_for(agreement: Agreement) -> dict[str, Remembered]:
        own = agreement.drafting_role.value
        return {f"{own}-{name}": each for name, each in remembered_contact(agreement).items()}

    def label_of(self, name: str) -> str:
        """Return what a field is called, with the party whose it is."""
        role = Role(name.partition("-")[0])
        return f"{self.agreement.party_name(role)}的{CONTACT_FIELDS[name.partition('-')[2]][0]}"

    def groups(self) -> Iterator[tuple[Role, Institution | None, list[BoundField]]]:
        """Yield each side with its institution and its fields, the drafting side first."""
        first = self.agreement.drafting_role
        for role in sorted(Role, key=lambda role: role is not first):
            yield role, self.agreement.party(role), [self[f"{role.value}-{name}"] for name in CONTACT_FIELDS]

    def changes(self) -> dict[str, Any]:
        return {
            "contacts": {
                role.value: {name: self.cleaned_data[f"{role.value}-{name}"] for name in CONTACT_FIELDS}
                for role in Role
            }
        }
