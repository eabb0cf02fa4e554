"""One draft open in two windows: what the later one saves is put together with what the earlier one saved.

A page carries what it showed when it was opened (`opened`). A field that was not touched since takes what was saved
elsewhere; one that was touched only here is saved; one that was changed in both is asked about, with both values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.http import QueryDict

from boundary.texts import readable
from chinese.dates import cn_day

if TYPE_CHECKING:
    from agreements.drafting.forms.step import StepForm

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Conflict:
    """One field that was changed in both windows, with both values as people read them."""

    name: str
    label: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    """The page as it is to be sent again: what is entered here over what was saved elsewhere."""

    data: dict[str, str]
    conflicts: list[Conflict]
    taken: list[str]  # labels of the fields that were changed elsewhere only


def as_sent(value: Any) -> str:
    """Return a field's value as a browser sends it: the text that two values are compared by."""
    match value:
        case None:
            return ""
        case Model():
            return str(value.pk)
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:.2f}"
        case _:
            return str(value).replace("\r\n", "\n")


def snapshot(shown: Mapping[str, Any]) -> str:
    """Return what a page shows when it is opened, for its hidden field."""
    return json.dumps({name: as_sent(value) for name, value in shown.items()}, ensure_ascii=False)


def read_snapshot(text: str) -> dict[str, str]:
    """Return what the page showed when it was opened; {} for what is none, then every difference is asked about."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    shown = found.items() if isinstance(found, dict) else ()
    return {readable(str(name)): readable(str(value)) for name, value in shown}


def merge(entered: StepForm, fresh: StepForm) -> Merged:
    """Put a valid page together with what was saved since it was opened; `fresh` is that step now, unbound."""
    opened = read_snapshot(entered.cleaned_data.get("opened", ""))
    data, conflicts, taken = dict[str, str](), list[Conflict](), list[str]()
    for name in fresh.asked_fields:
        theirs = as_sent(fresh.initial.get(name))
        mine = as_sent(entered.cleaned_data[name]) if name in entered.cleaned_data else theirs
        before = opened.get(name)
        untouched = mine == before
        data[name] = theirs if untouched else mine
        if untouched and theirs != before:
            taken.append(fresh.label_of(name))
        elif before != theirs != mine != before:
            label = fresh.label_of(name)
            conflicts.append(Conflict(name, label, in_words(fresh, name, mine), in_words(fresh, name, theirs)))
    return Merged({**data, **{name: str(fresh.initial[name]) for name in ("revision", "opened")}}, conflicts, taken)


def with_choices(data: QueryDict) -> tuple[dict[str, Any], list[str]]:
    """Return the page with what was chosen of each conflict, and the fields for which nothing was chosen yet."""
    entered: dict[str, Any] = data.dict()
    theirs, open_ = read_snapshot(data.get("opened", "")), list[str]()
    for name in data.getlist("asked"):
        choice = data.get(f"keep-{name}")
        if choice == THEIRS and name in theirs:
            entered[name] = theirs[name]
        elif choice != MINE:
            open_.append(name)
    return entered, open_


def still_open(form: StepForm, names: Sequence[str]) -> list[Conflict]:
    """Return again the conflicts for which nothing was chosen."""
    theirs = read_snapshot(form.data.get("opened", ""))
    return [
        Conflict(
            name,
            form.label_of(name),
            in_words(form, name, form.data.get(name, "")),
            in_words(form, name, theirs.get(name, "")),
        )
        for name in names
        if name in form.asked_fields
    ]


def in_words(form: StepForm, name: str, sent: str) -> str:
    """Return a field's value, as a browser sends it, in the words of the page: 12,000.00, 2026年11月22日, a name."""
    if sent == "":
        return "（空）"
    try:
        value = form.fields[name].clean(sent)
    except forms.ValidationError:
        return sent
    match value:
        case date():
            return cn_day(value)
        case Decimal():
            return f"{value:,.2f}"
        case _:
            return str(value)
