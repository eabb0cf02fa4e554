"""What is wrong in the forms of a page, each field by a name that says which one is meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from django.forms import BaseForm
from django.forms.boundfield import BoundField

from chinese.sentences import bare

HOW_NEEDED = re.compile(r"（(必填|可不填|可以不传)）$")


@runtime_checkable
class OfSeveralCards(Protocol):
    """A form with the same questions in several cards: it can say of which one a field is."""

    def label_of(self, name: str) -> str: ...


@dataclass(frozen=True)
class WrongField:
    anchor: str
    name: str
    errors: list[str]


def wrong_fields(forms: Sequence[BaseForm]) -> list[WrongField]:
    """Return the fields with errors in order. What two fields of the page are called stands with their card's name."""
    fields = [(form, field) for form in forms for field in form.visible_fields()]
    times = Counter(_short(field) for _, field in fields)
    return [
        WrongField(_anchor(field), _name(form, field, times[_short(field)]), [str(error) for error in field.errors])
        for form, field in fields
        if field.errors
    ]


def _name(form: BaseForm, field: BoundField, times: int) -> str:
    if times > 1 and isinstance(form, OfSeveralCards):
        return bare(form.label_of(field.name))
    return bare(str(field.label))


def _short(field: BoundField) -> str:
    """A label without how much it is needed: 联系电话（必填） and 联系电话（可不填） are both asked for as 联系电话."""
    return HOW_NEEDED.sub("", bare(str(field.label)))


def _anchor(field: BoundField) -> str:
    """The id of the first element that a link can lead to; of radio buttons it is the first, where there is any."""
    of_first = next((each.id_for_label for each in field.subwidgets), "")
    return str(field.id_for_label or of_first or field.auto_id)
