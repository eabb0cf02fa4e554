"""Every role at every address, by GET and by POST: the answers stand in `matrix.txt`, one address a line.

A new address fails here until it has its two lines. A line names the address, the method, what the address is about
(see `world.py`) and the status for each role: 302 is a way on (for anonymous always to sign-in), 403 is seen but
forbidden, 404 unseen, 405 the other method. A POST carries no field but those of `_fields`, so what a permitted
person gets for it is an error of the form or the page that follows; what counts is that nobody else gets that far.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.access.addresses import ALL
from tests.access.world import World
from tests.proving import drawn
from yiyang import errors

TABLE = Path(__file__).with_name("matrix.txt")
KEYS = 3  # address, method, what it is about
ANONYMOUS = "anonymous"
SOME = 3  # roles that are asked where everybody is told that the method is the other one; all in full


@dataclass(frozen=True)
class Row:
    address: str
    method: str
    about: str
    expected: dict[str, int]  # by role

    def __str__(self) -> str:
        return f"{self.method} {self.address} ({self.about})"


def read_table() -> list[Row]:
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line.strip()]
    roles = lines[0][KEYS:]
    return [Row(line[0], line[1], line[2], dict(zip(roles, map(int, line[KEYS:]), strict=True))) for line in lines[1:]]


BY_NAME = {str(pattern.name): pattern for pattern in ALL}
ROWS = read_table()
BEFORE_FORCE = {"draft", "sent", "agreed", "on-screen", "signed", "case-draft", "approval"}  # the two sides' alone
BEFORE_FORCE |= {"signing-batch"}  # one person's alone
CONFIDENTIAL = BEFORE_FORCE | {"in-force", "due", "submitted", "under-review", "accepted", "handed-in"}
CONFIDENTIAL |= {"case-submitted", "case-confirmed", "round"}
OUTSIDERS = {"stranger", "other-reviewer", "other-supervisor", "auditor", "template-editor", "nobody"}
# They look after people and read none of the papers.
OUTSIDERS |= {"institution-administrator", "authority-administrator", "platform-administrator"}
OFFICIALS = {"health-reviewer", "civil-affairs-officer", "supervisor"}
ROLES = list(ROWS[0].expected)


def test_every_address_has_its_rows_and_every_row_its_address() -> None:
    walked = {(str(pattern.name), method) for pattern in ALL for method in ("GET", "POST")}
    listed = {(row.address, row.method) for row in ROWS}
    assert not walked - listed, "add these to matrix.txt"
    assert not listed - walked, "these are no addresses any more"


def test_what_nobody_outside_may_ever_get() -> None:
    """Read off the table itself: no line added in a hurry may show a stranger more than that there is nothing."""
    for row in ROWS:
        if row.about in CONFIDENTIAL:
            assert row.expected[ANONYMOUS] == 302
            seen = {role for role in OUTSIDERS if row.expected[role] not in {404, 405}}
            seen |= {role for role in OFFICIALS if row.about in BEFORE_FORCE and row.expected[role] not in {404, 405}}
            assert not seen, row


@pytest.fixture
def people(
    elder_care_clerk: User,
    colleague: User,
    medical_clerk: User,
    stranger: User,
    signatory: User,
    approver: User,
    health_reviewer: User,
    civil_affairs_officer: User,
    other_reviewer: User,
    supervisor: User,
    other_supervisor: User,
    auditor: User,
    template_editor: User,
    institution_administrator: User,
    authority_administrator: User,
    platform_administrator: User,
    nobodys_user: User,
) -> dict[str, User]:
    """The cast by their names in the table."""
    return {user.username: user for name, user in locals().items()}


@pytest.fixture
def error_pages_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the page of each error once for each role, and from then on its status alone: that is what counts here."""
    whole, written = errors._page, set[tuple[str, int]]()

    def page(request: HttpRequest, status: int, **said: Any) -> HttpResponse:
        key = (request.user.get_username(), status)
        if key in written:
            return HttpResponse(status=status)
        written.add(key)
        return whole(request, status, **said)

    monkeypatch.setattr(errors, "_page", page)


@pytest.mark.usefixtures("error_pages_once")
def test_every_role_at_every_address(world: World, people: dict[str, User], capsys: pytest.CaptureFixture[str]) -> None:
    assert set(people) | {ANONYMOUS} == set(ROLES)
    sessions = {name: _session(user) for name, user in people.items()}
    client = Client(raise_request_exception=False)  # one for all: each loads every middleware anew
    wrong = []
    for row in ROWS:
        url = _url(row, world)
        for role in _asked(row):
            status = _status(client, row, url, sessions.get(role, ""), world)
            if status != row.expected[role]:
                wrong.append(f"{row} {role}: {status}, not {row.expected[role]}")
    cells = sum(len(_asked(row)) for row in ROWS)
    with capsys.disabled():
        sizes = f"{len(ALL)} addresses, {len(ROWS)} rows × {len(ROLES)} roles, {cells} cells asked"
        print(f"\nrole × URL: {sizes}, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


def _asked(row: Row) -> list[str]:
    """Return the roles that are asked: all, but of an address that refuses the method before it looks who asks."""
    if {row.expected[role] for role in ROLES if role != ANONYMOUS} == {405}:
        return [ANONYMOUS, *drawn(ROLES[1:], SOME, about=str(row))]
    return ROLES


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _url(row: Row, world: World) -> str:
    words = BY_NAME[row.address].pattern.converters
    return reverse(row.address, kwargs={word: world[row.about][word] for word in words})


def _fields(row: Row, world: World) -> dict[str, str | int]:
    """What has to be sent for an address without an object of its own to be about one."""
    return {"verb": "take_up", **world[row.about]} if row.address.startswith("filing-batch") else {}


def _status(client: Client, row: Row, url: str, session: str, world: World) -> int:
    """Ask once and undo whatever it did, so that every cell finds the same world."""
    client.cookies.clear()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        response = client.post(url, _fields(row, world)) if row.method == "POST" else client.get(url)
        response.getvalue()  # a file is open until it is read to its end
        transaction.set_rollback(True)
    return response.status_code
