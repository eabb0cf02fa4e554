"""Answers to blanks: typed values, and JSON where they are stored. Pure: knows no row."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from agreements.text.filling import Value
from agreements.text.schema import Blank, BlankKind, TemplateBody


def to_json(value: Value | None) -> Any:
    """Return a value of any type as it is stored: dates as ISO text, money as text with two decimals."""
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:.2f}"
        case _:
            return "" if value is None else value


def from_json(blank: Blank, stored: Any) -> Value | None:
    """Return the stored answer as the blank's type, or None when it is empty or of another type.

    Another type happens when a draft changes to a template that uses the same id differently.
    """
    if stored in ("", None):
        return None
    try:
        match blank.kind:
            case BlankKind.INTEGER:
                return int(stored)
            case BlankKind.MONEY:
                return Decimal(str(stored))
            case BlankKind.DATE:
                return date.fromisoformat(str(stored))
            case BlankKind.CHOICE:
                return str(stored) if stored in blank.choices else None
            case _:
                return str(stored)
    except (ValueError, InvalidOperation):
        return None


def values_by_blank(body: TemplateBody, stored: Mapping[str, Any]) -> dict[str, Value | None]:
    """Return what is stored for each blank (by its id) as the blank's type; None where there is nothing of it."""
    return {blank.id: from_json(blank, stored.get(blank.id)) for blank in body.blanks if blank.is_asked}


def values_of(
    body: TemplateBody, answers: Mapping[str, Value | None], parties: Mapping[str, Mapping[str, str]]
) -> dict[str, Value]:
    """Return the value of every blank that has one: facts of the parties, and answers as far as given.

    `answers` maps the id of an asked blank to its typed value; `parties` a role to that party's facts ("name",
    "address").
    """
    values: dict[str, Value] = {}
    for blank in body.blanks:
        value: Value | None = answers.get(blank.id) if blank.is_asked else None
        if blank.kind is BlankKind.INSTITUTION:
            value = parties.get(blank.role, {}).get(blank.fact or "name")
        if value not in (None, ""):
            values[blank.id] = value
    return values
