"""The one line above a list: what is looked for, in fields that carry their own labels."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from chinese.dates import cn_day


def typed(label: str) -> dict[str, Any]:
    """Return label and widget of the box for words."""
    attrs = {"type": "search", "maxlength": 100, "placeholder": label, "class": "form-control"}
    return {"label": label, "widget": forms.TextInput(attrs=attrs)}


def picked(label: str, choices: Iterable[tuple[Any, str]] = ()) -> dict[str, Any]:
    """Return label, choices and widget of a list to pick from, which says what it picks while nothing is picked."""
    widget = forms.Select(attrs={"class": "form-select"})
    return {"label": label, "choices": list(choices), "empty_label": f"{label}：全部", "widget": widget}


def chosen(label: str, choices: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Return the same for a field of a plain form, which has no empty label of its own."""
    widget = forms.Select(attrs={"class": "form-select"})
    return {"label": label, "choices": [("", f"{label}：全部"), *choices], "widget": widget}


def day(label: str) -> dict[str, Any]:
    """Return label and widget of a day, among the folded fields."""
    return {"label": label, "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


def in_words(form: forms.BaseForm, names: Iterable[str]) -> list[str]:
    """Return what was asked for in these fields of a form that is valid, a sentence each: 状态：文本已定."""
    asked = ((form.fields[name], form.cleaned_data.get(name)) for name in names if name in form.fields)
    return [f"{field.label}：{_told(field, value)}" for field, value in asked if value]


def _told(field: forms.Field, value: object) -> object:
    if isinstance(value, date):
        return cn_day(value)
    return dict(getattr(field, "choices", ())).get(value, value)
