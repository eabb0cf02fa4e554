"""What a signed-in person was refused is written down: who, which address and object; never a query, never a flood."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from redis.exceptions import ResponseError

from accounts.models import User
from agreements.models import Agreement
from audit.models import Entry
from boundary import rates, refusals, tallies
from boundary.events import AccessRefused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_count(settings: Any) -> None:
    """Count apart from every other test: Valkey outlives the test's database."""
    settings.RATE_LIMITS_PREFIX = uuid4().hex


def refused() -> list[Entry]:
    return list(Entry.objects.filter(event=AccessRefused.code).order_by("id"))


def test_unseen_and_forbidden_are_told_apart(
    client: Client, draft: Agreement, stranger: User, health_reviewer: User
) -> None:
    client.force_login(stranger)
    assert client.get(reverse("agreement-detail", args=[draft.number]), {"secret": "秘密"}).status_code == 404
    client.force_login(health_reviewer)
    assert client.get(reverse("agreement-start")).status_code == 403
    unseen, forbidden = refused()
    assert (unseen.actor_id, unseen.subject_id, unseen.subject_type) == (stranger.pk, stranger.pk, "accounts.user")
    assert unseen.data == {
        "reason": "unseen",
        "address": "agreement-detail",
        "method": "GET",
        "key": {"number": draft.number},
    }
    assert (forbidden.actor_id, forbidden.data["reason"]) == (health_reviewer.pk, "forbidden")


def test_who_walks_the_numbers_leaves_a_line_each_and_then_their_count(client: Client, stranger: User) -> None:
    """Twenty lines a minute with the number asked for; the clock writes how many more there were, once."""
    client.force_login(stranger)

    def walk(count: int) -> None:
        for number in range(count):
            client.get(reverse("agreement-detail", args=[f"YY2026-{number:06d}"]))

    with time_machine.travel(dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC), tick=False) as clock:
        walk(25)
        assert [entry.data["key"]["number"][-2:] for entry in refused()] == [f"{n:02d}" for n in range(20)]
        client.get(reverse("import-list"))
        assert (refusals.write_counts(), refusals.write_counts()) == (2, 0)
        unseen, forbidden = refused()[20:]
        assert (unseen.data, forbidden.data) == (
            {"reason": "unseen", "not_listed": 5},
            {"reason": "forbidden", "not_listed": 1},
        )
        assert (unseen.actor_id, unseen.subject_id) == (stranger.pk, stranger.pk)
        assert unseen.role == refused()[0].role != ""
        clock.shift(61)
        walk(1)
        assert (refused()[-1].data["key"], len(refused())) == ({"number": "YY2026-000000"}, 23)


def test_a_count_is_kept_until_its_entry_stands(
    client: Client, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(stranger)
    monkeypatch.setattr(refusals, "LISTED", 1)
    for _ in range(3):
        client.get(reverse("agreement-detail", args=["YY2026-000000"]))
    with monkeypatch.context() as patch:
        patch.setattr(tallies, "TAKE_OFF", "return redis.error_reply('broken off')")
        with pytest.raises(ResponseError):
            refusals.write_counts()
    assert tallies.waiting(refusals.TALLY) == {(str(stranger.pk), "unseen", refused()[0].role): 2}
    refusals.write_counts()
    assert [entry.data.get("not_listed") for entry in refused()] == [None, 2, 2], "rather twice than never"
    assert tallies.waiting(refusals.TALLY) == {}


def test_without_valkey_every_refusal_has_its_line(
    client: Client, stranger: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(stranger)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for forget in (rates._limiter.cache_clear, tallies._valkey.cache_clear):
        forget()
    try:
        for _ in range(22):
            client.get(reverse("agreement-detail", args=["YY2026-000000"]))
        assert tallies.add(refusals.TALLY, "1", "unseen", "") is False
    finally:
        for forget in (rates._limiter.cache_clear, tallies._valkey.cache_clear):
            forget()
    assert len(refused()) == 22
    caplog.clear()  # the complaint was wanted here


def test_strangers_to_the_platform_and_wrong_addresses_fill_no_log(client: Client, stranger: User) -> None:
    client.get(reverse("agreement-detail", args=["YY2026-000001"]))
    client.get("/no-such-address/")
    client.force_login(stranger)
    client.get("/no-such-address/")
    assert refused() == []


def test_the_entry_outlives_what_the_refusal_rolled_back(
    client: Client, draft: Agreement, medical_clerk: User, elder_care_clerk: User
) -> None:
    """Refused within the verb's transaction by a POST of the wrong side."""
    client.force_login(medical_clerk)
    assert client.post(reverse("agreement-discard", args=[draft.number])).status_code == 404
    (entry,) = refused()
    assert (entry.data["method"], entry.data["address"]) == ("POST", "agreement-discard")
    draft.refresh_from_db()
    assert draft.state == Agreement.State.DRAFT
