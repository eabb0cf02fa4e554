"""A copy of the database opens nothing: keys of phones lie sealed, move with SECRET_KEY, and belong to one person."""

import logging

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts import second_factor
from accounts.models import PHONE, PhoneDevice, User
from accounts.sealing import Unopened, opened, sealed
from accounts.second_factor import current_code
from tests.factories import with_device

SECRET = bytes(range(20))


def test_opens_for_its_owner_and_purpose_only_and_unchanged() -> None:
    text = sealed(SECRET, owner=7, purpose="phone")
    assert opened(text, owner=7, purpose="phone") == SECRET
    for changed in (text[:-1] + "0123456789abcdef"[text[-1] != "1"], text[2:], "", "not hex", SECRET.hex()):
        if changed != text:
            with pytest.raises(Unopened):
                opened(changed, owner=7, purpose="phone")
    for owner, purpose in ((8, "phone"), (7, "other")):
        with pytest.raises(Unopened):
            opened(text, owner=owner, purpose=purpose)


@pytest.mark.django_db
def test_the_database_holds_no_key_in_clear(signatory: User) -> None:
    key = second_factor.new_key()
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        device = PhoneDevice(user=signatory)
        device.seal(bytes.fromhex(key))
        assert second_factor.enrol(signatory, key, current_code(device)) is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM otp_totp_totpdevice")
        rows = cursor.fetchall()
    assert len(rows) == 1
    assert key not in rows[0][0]
    assert opened(rows[0][0], owner=signatory.pk, purpose=PHONE).hex() == key


@pytest.mark.django_db
def test_codes_outlive_a_change_of_the_secret_key(
    signatory: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    former = settings.SECRET_KEY
    device = with_device(signatory)
    recovery = second_factor.renew_recovery_codes(signatory)
    with time_machine.travel(timezone.now(), tick=False):
        code = current_code(device)
        settings.SECRET_KEY = "another-one-of-this-site"
        with caplog.at_level(logging.ERROR):
            assert not second_factor.is_current_code(signatory, code)
        assert "cannot be opened" in caplog.text
        assert not second_factor.use_recovery_code(signatory, recovery[0])
        settings.SECRET_KEY_FALLBACKS = [former]
        assert second_factor.use_recovery_code(signatory, recovery[0])
        assert second_factor.is_current_code(signatory, code)
    settings.SECRET_KEY_FALLBACKS = []  # sealed again when it was last used
    now = PhoneDevice.objects.get()
    assert now.key != device.key
    with time_machine.travel(timezone.now(), tick=False):
        assert second_factor.is_current_code(signatory, current_code(now))
