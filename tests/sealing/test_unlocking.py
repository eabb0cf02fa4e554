"""Opening a key: what refuses it in which words, how wrong PINs are counted, and where the PIN is never found."""

import pickle
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from accounts.models import PhoneDevice, User
from audit.models import Entry
from institutions.models import ElderCareProfile, Institution
from notifications.models import Notice
from sealing import ending, unlocking
from sealing.keys import sealed
from sealing.models import Certificate, SigningIdentity, SigningKey
from sealing.unlocking import MOST_WRONG, WrongPin, change_pin, lock, unlock
from sealing.watching import UNDER_WAY, watch
from tests.sealing.making import ANOTHER, PIN, active, just_now, signatory_of
from verbs.errors import NotAllowed, Unacceptable, WrongState

pytestmark = pytest.mark.django_db
State = SigningIdentity.State
WRONG = "640275"


@pytest.fixture
def signs(elder_care_institution: Institution) -> User:
    return signatory_of(elder_care_institution)


@pytest.fixture
def identity(signs: User, elder_care_institution: Institution, institution_administrator: User) -> SigningIdentity:
    return active(signs, elder_care_institution, institution_administrator)


def test_the_right_pin_opens_the_key_of_the_certificate(identity: SigningIdentity, signs: User) -> None:
    unlocked = unlock(identity, PIN, by=signs, confirmed_at=just_now())
    assert unlocked.key.public_key() == unlocked.certificate.public_key()
    unlocked.certificate.verify_directly_issued_by(unlocked.chain[0])
    assert "EllipticCurve" not in repr(unlocked)
    with pytest.raises(TypeError, match="stays in its process"):
        pickle.dumps(unlocked)


def test_wrong_pins_are_counted_told_logged_and_the_fifth_locks(
    identity: SigningIdentity, signs: User, institution_administrator: User
) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPin, match=f"还可以试 {left} 次") as refused:
            unlock(identity, WRONG, by=signs, confirmed_at=just_now())
        assert (refused.value.left, refused.value.field) == (left, "pin")
    with pytest.raises(WrongPin, match="已锁定"):
        unlock(identity, WRONG, by=signs, confirmed_at=just_now())
    identity.refresh_from_db()
    assert identity.state == State.LOCKED
    with pytest.raises(WrongState, match="已锁定"):
        unlock(identity, PIN, by=signs, confirmed_at=just_now())
    counted = Entry.objects.filter(event="signing_identity.wrong_pin").order_by("pk")
    assert [each.data["count"] for each in counted] == [1, 2, 3, 4, 5]
    assert Entry.objects.filter(event="signing_identity.locked").count() == 1
    assert Notice.objects.filter(kind="signing_locked", recipient=institution_administrator).exists()


def test_a_right_pin_begins_the_count_anew(identity: SigningIdentity, signs: User) -> None:
    for pin in (WRONG, WRONG, PIN, WRONG):
        try:
            unlock(identity, pin, by=signs, confirmed_at=just_now())
        except WrongPin as refused:
            last = refused.left
    assert last == MOST_WRONG - 1


def test_an_attempt_that_failed_by_no_pin_gives_no_other_one_back(identity: SigningIdentity, signs: User) -> None:
    """It is under way while a right PIN begins the count anew and a wrong one is counted."""
    found = identity.certificate
    assert found is not None
    failing = unlocking._counted(found, identity)
    unlock(identity, PIN, by=signs, confirmed_at=just_now())
    with pytest.raises(WrongPin, match="还可以试 4 次"):
        unlock(identity, WRONG, by=signs, confirmed_at=just_now())
    unlocking._take_off(failing)
    assert SigningKey.objects.get(certificate=found).wrong_pins == 1


def test_what_a_process_counted_and_died_over_is_locked_by_the_clock(identity: SigningIdentity) -> None:
    SigningKey.objects.update(wrong_pins=MOST_WRONG - 1)
    assert identity.certificate is not None
    unlocking._counted(identity.certificate, identity)
    with time_machine.travel(timezone.now() + UNDER_WAY):
        watch()
    identity.refresh_from_db()
    assert identity.state == State.LOCKED
    lock(identity)  # by two at once: the second finds it done


def test_the_clock_locks_nothing_over_a_fifth_attempt_that_is_looked_at_just_now(
    identity: SigningIdentity, signs: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be the right PIN, and nothing unlocks."""
    opened = sealed.opened

    def meanwhile(*args: Any, **more: Any) -> Any:
        watch()
        return opened(*args, **more)

    SigningKey.objects.update(wrong_pins=MOST_WRONG - 1)
    monkeypatch.setattr(sealed, "opened", meanwhile)
    assert unlock(identity, PIN, by=signs, confirmed_at=just_now()).key
    identity.refresh_from_db()
    assert (identity.state, SigningKey.objects.get().wrong_pins) == (State.ACTIVE, 0)


def _suspended(identity: SigningIdentity) -> None:
    Institution.objects.filter(pk=identity.institution_id).update(status="suspended")


def _lapsed(identity: SigningIdentity) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    ElderCareProfile.objects.filter(institution=identity.institution_id).update(filing_valid_to=yesterday)


def _another_represents(identity: SigningIdentity) -> None:
    assert identity.is_legal_representative, "without a mandate"
    Institution.objects.filter(pk=identity.institution_id).update(legal_representative="许昇")


def _no_longer_signatory(identity: SigningIdentity) -> None:
    identity.person.memberships.all().delete()


def _without_device(identity: SigningIdentity) -> None:
    PhoneDevice.objects.filter(user=identity.person_id).delete()


def _revoked(identity: SigningIdentity) -> None:
    ending.revoke(identity, Certificate.Reason.CESSATION, by=identity.person, reason="不再签约")


@pytest.mark.parametrize(
    ("happens", "error", "said"),
    [
        (_suspended, WrongState, "暂停"),
        (_lapsed, WrongState, "失效"),
        (_another_represents, WrongState, "现在登记的法定代表人不是您"),
        (_no_longer_signatory, NotAllowed, "已不是"),
        (_without_device, NotAllowed, "动态口令"),
        (_revoked, WrongState, "已吊销"),
    ],
)
def test_what_happened_meanwhile_refuses_the_right_pin_in_clear_words(
    happens: Callable[[SigningIdentity], None], error: type[Exception], said: str, identity: SigningIdentity
) -> None:
    happens(identity)
    with pytest.raises(error, match=said):
        unlock(identity, PIN, by=identity.person, confirmed_at=just_now())
    assert not SigningKey.objects.filter(wrong_pins__gt=0).exists()


def test_after_the_certificate_s_end_nothing_is_signed(identity: SigningIdentity, signs: User) -> None:
    assert identity.certificate is not None
    with time_machine.travel(identity.certificate.not_after + timedelta(minutes=1)), pytest.raises(WrongState) as told:
        unlock(identity, PIN, by=signs, confirmed_at=just_now())
    assert "到期" in str(told.value)


@pytest.mark.parametrize("minutes", [None, 10, 11, -1])
def test_a_confirmation_that_is_old_missing_or_to_come_refuses(
    minutes: int | None, identity: SigningIdentity, signs: User
) -> None:
    moment = None if minutes is None else timezone.now() - timedelta(minutes=minutes)
    with pytest.raises(WrongState, match="动态口令再次确认"):
        unlock(identity, PIN, by=signs, confirmed_at=moment)


def test_nobody_else_opens_it_and_nobody_while_acting_elsewhere(
    identity: SigningIdentity, signs: User, elder_care_institution: Institution, medical_institution: Institution
) -> None:
    other = signatory_of(elder_care_institution, "许昇")
    with pytest.raises(NotAllowed, match="自己的"):
        unlock(identity, PIN, by=other, confirmed_at=just_now())
    with pytest.raises(NotAllowed, match="先切换"):
        unlock(identity, PIN, by=signs.at("institution", medical_institution.pk), confirmed_at=just_now())


def test_another_pepper_opens_nothing_and_costs_no_attempt(
    identity: SigningIdentity, signs: User, settings: Settings, tmp_path: Path
) -> None:
    for content in (b"ab" * 32, b"rubbish"):
        other = tmp_path / "pepper"
        other.write_bytes(content)
        settings.PIN_PEPPER_FILE = str(other)
        with pytest.raises(WrongState, match="电子签约暂不开放"):
            unlock(identity, PIN, by=signs, confirmed_at=just_now())
    assert not SigningKey.objects.filter(wrong_pins__gt=0).exists()


def test_a_sealed_key_that_was_moved_to_another_row_does_not_open(
    identity: SigningIdentity, signs: User, elder_care_institution: Institution, institution_administrator: User
) -> None:
    other = signatory_of(elder_care_institution)
    theirs = active(other, elder_care_institution, institution_administrator)
    assert theirs.certificate is not None
    [moved] = SigningKey.objects.filter(certificate=theirs.certificate)
    facts = {name: getattr(moved, name) for name in ("sealed", "salt", "nonce")}
    SigningKey.objects.filter(certificate=identity.certificate).update(**facts)
    with pytest.raises(WrongPin):
        unlock(identity, PIN, by=signs, confirmed_at=just_now())


def test_a_changed_pin_opens_the_same_key_and_the_old_one_opens_nothing(identity: SigningIdentity, signs: User) -> None:
    before = unlock(identity, PIN, by=signs, confirmed_at=just_now())
    with pytest.raises(WrongPin):
        change_pin(identity, WRONG, ANOTHER, by=signs, confirmed_at=just_now())
    with pytest.raises(Unacceptable, match="太容易"):
        change_pin(identity, PIN, "123456", by=signs, confirmed_at=just_now())
    change_pin(identity, PIN, ANOTHER, by=signs, confirmed_at=just_now())
    with pytest.raises(WrongPin):
        unlock(identity, PIN, by=signs, confirmed_at=just_now())
    after = unlock(identity, ANOTHER, by=signs, confirmed_at=just_now())
    assert after.key.private_numbers() == before.key.private_numbers()
    assert Entry.objects.filter(event="signing_identity.pin_changed").count() == 1
