"""Several at one key or one seal at once, on connections of their own."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from duties import granting
from institutions.models import Duty, Institution
from sealing import enrolling, seals
from sealing.authority import issuing
from sealing.models import RevocationList, Seal, SealAuthorisation, SealUse, SigningIdentity, SigningKey
from sealing.unlocking import Unlocked, WrongPin, unlock
from tests import factories
from tests.at_once import at_once
from tests.sealing.making import PIN, active, in_use, just_now, requested, set_up, signatory_of
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = "640275"


@pytest.fixture
def signs(elder_care_institution: Institution) -> User:
    return signatory_of(elder_care_institution)


def test_of_eight_wrong_pins_at_once_five_are_looked_at_and_one_locks(
    signs: User, elder_care_institution: Institution, institution_administrator: User
) -> None:
    row = active(signs, elder_care_institution, institution_administrator)
    tried = [partial(unlock, row, WRONG, by=signs, confirmed_at=just_now())] * 8
    kinds = Counter(type(each) for each in at_once(*tried))
    assert kinds == {WrongPin: 5, WrongState: 3}
    row.refresh_from_db()
    assert row.state == SigningIdentity.State.LOCKED
    counted = Entry.objects.filter(event="signing_identity.wrong_pin").values_list("data__count", flat=True)
    assert sorted(counted) == [1, 2, 3, 4, 5]
    assert Entry.objects.filter(event="signing_identity.locked").count() == 1


def test_right_and_wrong_at_once_open_the_key_and_never_lock_it(
    signs: User, elder_care_institution: Institution, institution_administrator: User
) -> None:
    row = active(signs, elder_care_institution, institution_administrator)
    pins = [PIN, WRONG, PIN, WRONG]
    results = at_once(*(partial(unlock, row, pin, by=signs, confirmed_at=just_now()) for pin in pins))
    assert [isinstance(each, Unlocked) for each in results] == [True, False, True, False]
    assert SigningKey.objects.get().wrong_pins <= 2
    row.refresh_from_db()
    assert row.state == SigningIdentity.State.ACTIVE


def test_two_activate_at_once_and_there_is_one_certificate(
    signs: User, elder_care_institution: Institution, institution_administrator: User
) -> None:
    set_up()
    row = enrolling.confirm(requested(signs, elder_care_institution), by=institution_administrator)
    results = at_once(*[partial(enrolling.activate, row, PIN, by=signs)] * 2)
    assert sum(isinstance(each, WrongState) for each in results) == 1
    assert row.certificates.count() == 1


def test_two_ask_at_once_and_one_request_waits(signs: User, elder_care_institution: Institution) -> None:
    results = at_once(*[partial(requested, signs, elder_care_institution)] * 2)
    assert sum(isinstance(each, WrongState) for each in results) == 1
    assert SigningIdentity.objects.count() == 1


def test_lists_made_at_once_follow_one_another() -> None:
    set_up()
    first = issuing.newest_list()
    assert first is not None
    at_once(*[issuing.publish] * 4)
    numbers = RevocationList.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(first.number, first.number + 5))


def test_a_seal_that_is_suspended_at_that_moment_is_used_before_or_not_at_all(
    elder_care_clerk: User, elder_care_institution: Institution, institution_administrator: User
) -> None:
    held = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR)
    row = in_use(elder_care_institution, elder_care_clerk, institution_administrator, held.user)
    used, _ = at_once(
        lambda: transaction.atomic(seals.use_seal)(row, by=elder_care_clerk, about="协议"),
        lambda: seals.suspend(row, by=held.user, reason="印章遗失"),
    )
    assert SealUse.objects.count() == (0 if isinstance(used, WrongState) else 1)
    row.refresh_from_db()
    assert row.state == Seal.State.SUSPENDED


def test_a_right_that_ends_at_that_moment_leaves_no_authorisation_behind(
    elder_care_clerk: User, elder_care_institution: Institution, institution_administrator: User
) -> None:
    """Whoever is let use a seal while they leave: it would come back with their next duty."""
    held = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR)
    row = in_use(elder_care_institution, elder_care_clerk, institution_administrator, held.user)
    today = timezone.localdate()
    scope = seals.Scope(today, today)
    for _ in range(8):
        leaving = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.CLERK)
        acts: list[Callable[[], object]] = [
            partial(seals.authorise, row, leaving.user, scope, by=elder_care_clerk),
            partial(granting.end, leaving, by=held.user, reason="离岗"),
        ]
        at_once(*acts)
        left = SealAuthorisation.objects.filter(person=leaving.user, revoked_at=None)
        assert not left.exists()
