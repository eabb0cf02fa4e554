"""What the register holds, in the plain form in which a sheet's rows are compared with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from imports.cells import Value
from imports.column import Column
from imports.columns import OF_ROLE, PROFILES
from institutions.models import Institution, Role

Facts = Mapping[str, Value | None]
# Facts that no sheet brings but that what it brings must fit.
BESIDE = {Role.MEDICAL: (), Role.ELDER_CARE: ("own_clinic_until", "filing_valid_to")}
BLURRED = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Registered:
    """One institution of the register."""

    pk: int
    role: Role
    status: str
    has_profile: bool
    facts: Facts  # by field; days as ISO text, the region by its key


def registered(**wanted: Any) -> list[Registered]:
    """Return the institutions that fit, in one query."""
    paths = {path for role in Role for path in _paths(role).values()}
    keys = ("id", "role", "status", *(f"{profile}__id" for profile in PROFILES.values()))
    return [_registered(row) for row in Institution.objects.filter(**wanted).values(*keys, *sorted(paths))]


def differences(facts: Facts, values: Facts) -> dict[str, list[Value | None]]:
    """Return what the sheet says otherwise: field → [registered, in the sheet]. A blank cell says nothing."""
    return {name: [facts.get(name), value] for name, value in values.items() if facts.get(name) != value}


def likeness(role: str, region: int, name: str, address: str) -> int:
    """Return a number that is the same for names and addresses that differ only in width, spaces and marks."""
    return hash((role, region, blurred(name), blurred(address)))


def blurred(text: str) -> str:
    return BLURRED.sub("", unicodedata.normalize("NFKC", text)).casefold()


class Lookalikes:
    """Names and addresses of the register in some regions, as numbers: about 200 bytes an institution."""

    def __init__(self, regions: Iterable[int]) -> None:
        self._same: dict[int, int] = {}
        self._namesakes: dict[int, int] = {}
        rows = Institution.objects.filter(region__in=list(regions)).order_by("pk")
        for pk, role, region, name, address in rows.values_list(
            "pk", "role", "region_id", "name", "address"
        ).iterator():
            self._same.setdefault(likeness(role, region, name, address), pk)
            self._namesakes.setdefault(likeness(role, region, name, ""), pk)

    def find(self, role: str, values: Facts) -> int | None:
        """Return the institution of that side with the same name and address in the same region."""
        return self._same.get(_key(role, values, str(values.get("address", ""))))

    def namesake(self, role: str, values: Facts) -> int | None:
        return self._namesakes.get(_key(role, values, ""))


def _key(role: str, values: Facts, address: str) -> int:
    return likeness(role, int(values.get("region") or 0), str(values.get("name", "")), address)


def _paths(role: Role) -> dict[str, str]:
    """Return where each fact of a side lies for a query from institutions: field → path."""
    profile = PROFILES[role]
    paths = {column.field: _path(column, profile) for column in OF_ROLE[role].values()}
    return paths | {name: f"{profile}__{name}" for name in BESIDE[role]}


def _path(column: Column, profile: str) -> str:
    if column.field == "region":
        return "region_id"
    return f"{profile}__{column.field}" if column.in_profile else column.field


def _registered(row: dict[str, Any]) -> Registered:
    role = Role(row["role"])
    facts = {name: _plain(row[path]) for name, path in PATHS[role].items()}
    return Registered(row["id"], role, row["status"], row[f"{PROFILES[role]}__id"] is not None, facts)


def _plain(value: Any) -> Value | None:
    plain: Value | None = value.isoformat() if isinstance(value, date) else value
    return plain


PATHS = {role: _paths(role) for role in Role}
