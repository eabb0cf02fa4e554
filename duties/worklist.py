"""Groups of the bureau's work list: who asks to look after an institution, and whose holding of a duty to confirm."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from duties.confirmers import waiting_for
from duties.models import AdministratorRequest
from duties.permissions import requests_for
from frame.worklist import Group, first_rows
from institutions.models import Membership


def groups_for_official(user: User) -> Iterator[Group[AdministratorRequest]]:
    """Yield the group if anybody waits."""
    waiting = requests_for(user).filter(state=AdministratorRequest.State.WAITING)
    rows, total = first_rows(waiting, lambda each: each)
    if rows:
        yield Group("administrators", "核实机构管理员", rows, total)


def holders_to_confirm(user: User) -> Iterator[Group[Membership]]:
    """Yield the group if anybody waits to be confirmed by this person."""
    rows, total = first_rows(waiting_for(user), lambda each: each)
    if rows:
        yield Group("holders", "确认任职本人", rows, total, more_url=reverse("holders"))
