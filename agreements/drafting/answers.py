"""Answers on the draft row, from JSON to typed values and back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from agreements.catalogue.filling import Value
from agreements.catalogue.schema import Blank, BlankKind, TemplateBody
from agreements.models import Agreement
from institutions.models import Institution, Role


def to_json(value: Value | None) -> Any:
    """Return a typed value as it is stored: dates as ISO text, money as text with two decimals."""
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:.2f}"
        case _:
            return "" if value is None else value


def typed(blank: Blank, stored: Any) -> Value | None:
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


def party_fact(institution: Institution | None, fact: str) -> str:
    """Return the printed fact of a party: its name or address; "" while no party is chosen."""
    if institution is None:
        return ""
    return institution.address if fact == "address" else institution.name


def values_of(agreement: Agreement, body: TemplateBody, answers: Mapping[str, Any] | None = None) -> dict[str, Value]:
    """Return every value that the text needs: facts of the parties, and answers as far as given.

    `answers` replaces the stored ones, for the live preview of what is being typed.
    """
    given = agreement.answers if answers is None else answers
    values: dict[str, Value] = {}
    for blank in body.blanks:
        value: Value | None
        if blank.kind is BlankKind.INSTITUTION:
            value = party_fact(agreement.party(Role(blank.role)), blank.fact or "name")
        elif blank.kind is BlankKind.SIGNING_DATE:
            value = None
        else:
            value = typed(blank, given.get(blank.id))
        if value not in (None, ""):
            values[blank.id] = value
    return values
