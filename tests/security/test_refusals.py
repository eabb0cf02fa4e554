"""What a signed-in person was refused is written down: who, which address and object; never a query, never a flood."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement
from audit.models import Entry, Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_count(settings: Any) -> None:
    """Count apart from every other test: Valkey outlives the test's database."""
    settings.RATE_LIMITS_PREFIX = uuid4().hex


def refused() -> list[Entry]:
    return list(Entry.objects.filter(event=Event.ACCESS_REFUSED).order_by("id"))


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


def test_once_a_minute_for_each_address(client: Client, draft: Agreement, stranger: User) -> None:
    client.force_login(stranger)
    for name in ("agreement-detail", "agreement-detail", "agreement-preview", "agreement-detail"):
        client.get(reverse(name, args=[draft.number]))
    assert [entry.data["address"] for entry in refused()] == ["agreement-detail", "agreement-preview"]


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
