"""What every step of the wizard carries: the draft it belongs to, and with what the page was opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from agreements.drafting.two_windows import snapshot
from agreements.lifecycle.clashes import Clash
from agreements.lifecycle.proposals import Remembered
from agreements.models import Agreement
from frame.revision import RevisionField


class StepForm(forms.Form):
    """What every step carries: the draft it belongs to, and at which revision and with what the page was opened."""

    revision = RevisionField(min_value=0)
    opened = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        remembered = self.remembered_for(agreement)
        shown = {**self.initial_for(agreement), **{name: each.value for name, each in remembered.items()}}
        super().__init__(data, initial={"revision": agreement.revision, "opened": snapshot(shown), **shown})
        self.agreement = agreement
        self.remembered = remembered

    def mark_remembered(self) -> None:
        """Say at each field that holds what was written another time that it is to be looked at."""
        for name, each in self.remembered.items():
            self.fields[name].help_text = f"{each.mark}{self.fields[name].help_text}"

    @property
    def asked_fields(self) -> list[str]:
        """The names of the fields that a person fills in."""
        return [name for name in self.fields if name not in ("revision", "opened")]

    def label_of(self, name: str) -> str:
        """Return what a field is called where it stands alone."""
        return str(self.fields[name].label)

    def anchor(self, name: str) -> str:
        """Return the id of the first element of a field, to which a link leads; of radio buttons it is the first."""
        return str(self[name].subwidgets[0].id_for_label)

    @property
    def doubts(self) -> list[Clash]:
        """What is odd in a valid page and was not so in what is saved: told once, and saved when it is meant."""
        return []

    @staticmethod
    def initial_for(agreement: Agreement) -> dict[str, Any]:
        raise AssertionError("each step says what it shows")

    @staticmethod
    def remembered_for(agreement: Agreement) -> dict[str, Remembered]:
        """Return by field what was written another time, for fields of which nothing was saved."""
        return {}

    def changes(self) -> dict[str, Any]:
        """Return the model fields that this page's answers change."""
        raise AssertionError("each step says what it changes")
