"""The place of a duty: an institution, an authority, or, as None, the platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from accounts.models import User
from institutions.models import Authority, Institution

Place = Institution | Authority | None
PLATFORM_NAME = "平台"


class Held(Protocol):
    """What is held at a place: a membership, or an invitation to one."""

    @property
    def institution(self) -> Institution | None: ...

    @property
    def authority(self) -> Authority | None: ...


def at(place: Place) -> dict[str, Any]:
    """Return the columns that name a place in a row of memberships or invitations, for filters and new rows alike."""
    return {
        "institution": place if isinstance(place, Institution) else None,
        "authority": place if isinstance(place, Authority) else None,
    }


def where(place: Place) -> dict[str, object]:
    """Return the same as a condition: equality with NULL finds nothing."""
    return dict(_conditions(place))


def place_of(held: Held) -> Place:
    return held.institution or held.authority


def name_of(place: Place) -> str:
    return str(place or PLATFORM_NAME)


def kind_of(place: Place) -> str:
    """Return the kind of a place as `User.acting` names it."""
    if isinstance(place, Institution):
        return "institution"
    return "authority" if isinstance(place, Authority) else "platform"


def acted_for(user: User) -> Place:
    """Return the place that the person acts for in this request. Raises LookupError for somebody without any."""
    if user.acting is None:
        raise LookupError(f"{user.username} acts for no place")
    kind, pk = user.acting
    if kind == "institution":
        return Institution.objects.with_profiles().get(pk=pk)
    return Authority.objects.select_related("region").get(pk=pk) if kind == "authority" else None


def _conditions(place: Place) -> Iterator[tuple[str, object]]:
    for column, row in at(place).items():
        yield (f"{column}__isnull", True) if row is None else (column, row)
