"""The group of the bureau's work list: who asks to look after an institution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import User
from institutions.models import AdministratorRequest
from institutions.people.requesting import requests_for

ROWS = 10


@dataclass(frozen=True)
class Group:
    rows: list[AdministratorRequest]
    total: int
    title: str = "核实机构管理员"
    slug: str = "administrators"


def groups_for_official(user: User) -> Iterator[Group]:
    """Yield the group if anybody waits: one query then, two with rows."""
    waiting = requests_for(user).filter(state=AdministratorRequest.State.WAITING)
    rows = list(waiting[: ROWS + 1])
    if rows:
        yield Group(rows[:ROWS], waiting.count() if len(rows) > ROWS else len(rows))
