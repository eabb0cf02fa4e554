"""The thread that signs a batch, on its own connection; and two who sign the same agreement at once."""

import logging
import re
import threading
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle import batches
from agreements.models import Agreement, SigningBatch, SigningItem, TemplateVersion
from agreements.signing.key_at_work import NAME
from institutions.models import Authority, Institution
from sealing.models import SigningIdentity
from sealing.unlocking import unlock
from tests.agreements.batches import begun, on_screen_many, read_all
from tests.agreements.electronic import accepted, pen
from tests.at_once import at_once
from tests.sealing.making import PIN, just_now
from tests.sealing.searching import everything_in_the_database, everything_in_valkey

pytestmark = pytest.mark.django_db(transaction=True)
State = SigningItem.State
Many = Callable[[int], list[Agreement]]


@pytest.fixture
def many(
    signing_is_open: None,
    elder_care_institution: Institution,
    medical_institution: Institution,
    consortium: TemplateVersion,
    elder_care_clerk: User,
    medical_clerk: User,
    elder_care_signatory: User,
    health_authority: Authority,
    civil_affairs_authority: Authority,
) -> Many:
    """So many agreements that the elder-care signatory has read."""

    def made(number: int) -> list[Agreement]:
        own, partner = elder_care_institution, medical_institution
        rows = on_screen_many(number, own, partner, consortium, drafter=elder_care_clerk, answerer=medical_clerk)
        read_all(rows, elder_care_signatory)
        return rows

    return made


def test_one_pin_signs_all_in_a_thread_and_neither_pin_nor_key_is_kept_anywhere(
    many: Many, elder_care_signatory: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    rows = many(2)
    client.force_login(elder_care_signatory)
    sent = {"texts": [row.frozen_id for row in rows], "seal": "none", "intent": "on", "pin": PIN}
    with caplog.at_level(logging.DEBUG):
        answer = client.post(reverse("signing-batch-begin"), sent)
        batch = SigningBatch.objects.get()
        assert answer.headers["Location"] == reverse("signing-batch-detail", args=[batch.pk])
        for thread in threading.enumerate():
            if thread.name == NAME.format(batch.pk):
                thread.join(timeout=60)
    assert list(batch.items.values_list("state", flat=True)) == [State.SIGNED] * 2
    assert "已办完" in client.get(answer.headers["Location"]).content.decode()
    identity = SigningIdentity.objects.get(person=elder_care_signatory)
    key = unlock(identity, PIN, by=elder_care_signatory, confirmed_at=just_now()).key
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().splitlines()[1]
    places = {"log": caplog.text, "database": everything_in_the_database(), "valkey": everything_in_valkey()}
    sought = [rf"(?<![0-9A-Za-z]){PIN}(?![0-9A-Za-z])", plain.hex(), re.escape(pem)]
    assert not {(place, each) for place, words in places.items() for each in sought if re.search(each, words)}
    assert rows[0].number in places["database"], "it was searched"


def test_two_batches_and_a_page_at_once_sign_each_agreement_once(
    many: Many, elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    rows = many(2)
    signs = elder_care_signatory
    own = pen(signs, elder_care_institution)
    both = [begun(rows, signs, elder_care_institution) for _ in range(2)]
    runs = [batches.take_up(batch, by=signs) for batch in both]
    at_once(
        lambda: batches.go_through(both[0].pk, runs[0], own),
        lambda: batches.go_through(both[1].pk, runs[1], own),
        lambda: lifecycle.sign_electronically(rows[1], by=signs, pen=own, accepted=accepted(rows[1])),
    )
    assert [row.signatures.count() for row in rows] == [1, 1]
    assert not SigningItem.objects.filter(state__in=[State.WAITING, State.FAILED]).exists()
    assert SigningBatch.objects.unfinished().count() == 0


def test_of_two_tabs_that_go_on_one_does(
    many: Many, elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    signs = elder_care_signatory
    batch = begun(many(1), signs, elder_care_institution)
    results = at_once(lambda: batches.take_up(batch, by=signs), lambda: batches.take_up(batch, by=signs))
    assert sorted(str(each) for each in results) == ["1", "这一批正在签署，请在这一页等结果。"]
