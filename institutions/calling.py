"""Which number somebody calls who cannot go on: their bureau's; officials, and whoever has none, the platform's."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from accounts.models import User
from institutions.models import Authority
from institutions.posts import held_by


@dataclass(frozen=True)
class Number:
    """A number to call, and who answers there."""

    whose: str
    phone: str


def number_for(user: object) -> Number | None:
    """Return whom a person calls; None where no number is known. Only for institutions' people something is looked up.

    An institution's people call the bureau that watches over their side, of their county or the nearest above.
    """
    bureau = _bureau_of(user) if isinstance(user, User) else None
    return Number(bureau.name, bureau.phone) if bureau and bureau.phone else of_the_platform()


def of_the_platform() -> Number | None:
    """Return the operator's number, without a query."""
    return Number(settings.OPERATOR_NAME or "平台", settings.OPERATOR_PHONE) if settings.OPERATOR_PHONE else None


def _bureau_of(user: User) -> Authority | None:
    here = next((each.institution for each in held_by(user) if each.place_key == user.acting), None)
    return Authority.objects.for_region(here.region, here.watched_by) if here else None
