"""The group of the bureau's work list: who asks to look after an institution."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import User
from duties.models import AdministratorRequest
from duties.permissions import requests_for
from frame.worklist import Group, first_rows


def groups_for_official(user: User) -> Iterator[Group[AdministratorRequest]]:
    """Yield the group if anybody waits."""
    waiting = requests_for(user).filter(state=AdministratorRequest.State.WAITING)
    rows, total = first_rows(waiting, lambda each: each)
    if rows:
        yield Group("administrators", "核实机构管理员", rows, total)
