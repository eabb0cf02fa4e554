"""Wrong PINs from several processes at once, and from one that was started after the others have ended."""

import os

import pytest
from django.db import connections

from accounts.models import User
from audit.models import Entry
from institutions.models import Institution
from sealing.models import SigningIdentity, SigningKey
from sealing.unlocking import WrongPin, unlock
from tests.sealing.making import PIN, active, just_now, signatory_of
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = "640275"
BROKEN = 99


def in_a_process(row: SigningIdentity, by: User, times: int) -> int:
    """Try a wrong PIN in a child, which answers by its exit how many were looked at; return its number."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    code = BROKEN
    try:
        looked_at = 0
        for _ in range(times):
            try:
                unlock(row, WRONG, by=by, confirmed_at=just_now())
            except WrongPin:
                looked_at += 1
            except WrongState:
                pass
        code = looked_at
    finally:
        os._exit(code)


def ended(children: list[int]) -> list[int]:
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def test_no_process_begins_the_count_anew(elder_care_institution: Institution, institution_administrator: User) -> None:
    signs = signatory_of(elder_care_institution)
    row = active(signs, elder_care_institution, institution_administrator)
    first = ended([in_a_process(row, signs, 1), in_a_process(row, signs, 1)])
    assert first == [1, 1]
    assert SigningKey.objects.get().wrong_pins == 2
    later = ended([in_a_process(row, signs, 5) for _ in range(3)])
    assert sum(later) == 3, "five in all"
    row.refresh_from_db()
    assert row.state == SigningIdentity.State.LOCKED
    with pytest.raises(WrongState, match="已锁定"):
        unlock(row, PIN, by=signs, confirmed_at=just_now())
    counted = Entry.objects.filter(event="signing_identity.wrong_pin").values_list("data__count", flat=True)
    assert sorted(counted) == [1, 2, 3, 4, 5]
