"""At which state of a thing a form was opened, so that nobody writes unseen over what others have saved meanwhile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

NEVER = -1  # the revision of no page: rows begin at 0
FIELD = "revision"


class RevisionField(forms.IntegerField):
    """The revision that the page was opened at, hidden. One that is missing or odd is that of no page, so that saving
    is told to be late and shows the newest state; taking it for the newest would skip the check."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> int:
        try:
            return int(super().clean(value))
        except forms.ValidationError:
            return NEVER


def revision_seen(posted: QueryDict) -> int:
    """Return which revision a form without fields was opened at, as `RevisionField` does."""
    return RevisionField().clean(posted.get(FIELD))
