"""Neither PIN nor key is found anywhere: driven through the pages, then searched for."""

import logging
import re

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from institutions.models import Institution
from sealing import enrolling
from sealing.models import SigningIdentity
from sealing.unlocking import unlock
from tests.sealing.making import ANOTHER, PIN, just_now, requested, set_up, signatory_of
from tests.sealing.searching import everything_in_the_database, everything_in_valkey

pytestmark = pytest.mark.django_db
WRONG = "640275"


def test_neither_pin_nor_key_is_in_log_database_or_valkey(
    elder_care_institution: Institution,
    institution_administrator: User,
    client: Client,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The key is looked for as a number, as PEM has it, and as its bytes in hexadecimal."""
    set_up()
    signs = signatory_of(elder_care_institution)
    row = enrolling.confirm(requested(signs, elder_care_institution), by=institution_administrator)
    client.force_login(signs)
    with caplog.at_level(logging.DEBUG):
        assert _posted(client, "signing-activate", row, pin="123456", again="123456") == 422
        assert _posted(client, "signing-activate", row, pin=PIN, again=PIN) == 302
        assert _posted(client, "signing-pin", row, before=WRONG, pin=ANOTHER, again=ANOTHER) == 422
        assert _posted(client, "signing-pin", row, before=PIN, pin=ANOTHER, again=ANOTHER) == 302
        unlocked = unlock(row, ANOTHER, by=signs, confirmed_at=just_now())
    plain = unlocked.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    pem = unlocked.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().splitlines()[1]
    places = {"log": caplog.text, "database": everything_in_the_database(), "valkey": everything_in_valkey()}
    sought = [*(rf"(?<![0-9A-Za-z]){pin}(?![0-9A-Za-z])" for pin in (PIN, WRONG, ANOTHER)), plain.hex(), re.escape(pem)]
    assert not {(place, each) for place, text in places.items() for each in sought if re.search(each, text)}
    assert elder_care_institution.name in places["database"], "it was searched"


def test_the_search_finds_what_is_there() -> None:
    cache.set("kept-by-somebody", PIN)
    found = everything_in_valkey()
    cache.delete("kept-by-somebody")
    assert PIN in found


def _posted(client: Client, address: str, row: SigningIdentity, **entered: str) -> int:
    return client.post(reverse(address, args=[row.pk]), entered).status_code
