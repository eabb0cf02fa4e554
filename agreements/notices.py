"""The words and the people that notices about an agreement share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.urls import reverse

from agreements.models import Agreement
from institutions.models import Role
from institutions.reaching import clerks_by_institution, signatories_by_institution

SHORT = 36  # characters of a name in a title: two names, the rest of the sentence, and a subject line that is read


def pair(agreement: Agreement) -> str:
    """Return both parties for a title, long names cut."""
    return " 与 ".join(_cut(agreement.party_name(role)) for role in (Role.ELDER_CARE, Role.MEDICAL))


def facts(agreement: Agreement, *more: str) -> str:
    """Return the body of a notice: which agreement, between whom, and what else is to be known, a line each."""
    sides = (f"{role.label}：{agreement.party_name(role)}" for role in (Role.ELDER_CARE, Role.MEDICAL))
    return "\n".join((f"协议编号：{agreement.number}", *sides, *(line for line in more if line)))


def page(agreement: Agreement) -> str:
    """Return the address of the agreement's page."""
    return reverse("agreement-detail", args=[agreement.number])


def clerks_of_both(agreement: Agreement) -> list[int]:
    """Return the ids of the clerks of both sides, everybody once."""
    return both_clerks([agreement])(agreement)


def both_clerks(agreements: Sequence[Agreement]) -> Callable[[Agreement], list[int]]:
    """As `clerks_of_both`, for many agreements with one query."""
    return clerks(agreements, lambda _: Role)


def clerks(
    agreements: Sequence[Agreement], sides: Callable[[Agreement], Iterable[Role]]
) -> Callable[[Agreement], list[int]]:
    """Return who are the clerks of those sides of each agreement that `sides` names, with one query."""
    return _people(agreements, sides, clerks_by_institution)


def signatories(
    agreements: Sequence[Agreement], sides: Callable[[Agreement], Iterable[Role]]
) -> Callable[[Agreement], list[int]]:
    """As `clerks`, for those who sign electronically."""
    return _people(agreements, sides, signatories_by_institution)


def _people(
    agreements: Sequence[Agreement],
    sides: Callable[[Agreement], Iterable[Role]],
    by_institution: Callable[[Iterable[int | None]], Mapping[int, list[int]]],
) -> Callable[[Agreement], list[int]]:
    places = [place for agreement in agreements for place in (agreement.medical_id, agreement.elder_care_id)]
    known = by_institution(places)

    def of(agreement: Agreement) -> list[int]:
        found = (known[place] for role in sides(agreement) if (place := place_of(agreement, role)))
        return list(dict.fromkeys(person for people in found for person in people))

    return of


def place_of(agreement: Agreement, role: Role) -> int | None:
    """Return the id of a party."""
    return agreement.medical_id if role is Role.MEDICAL else agreement.elder_care_id


def _cut(name: str) -> str:
    return name if len(name) <= SHORT else f"{name[: SHORT - 1]}…"
