"""How often: per account and per address, told in Chinese, logged once, and nothing refused when Valkey is away."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from boundary import rates
from boundary.events import RateLimited
from tests.access.addresses import ALL
from yiyang.limits import LIMITS

pytestmark = pytest.mark.django_db
PRINTED = ["YY2026-000001", 1, 1, 3, "0" * 16]
HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"
# What must be counted, by the word in its name or by its whole name.
COUNTED = {
    "verify-page": "verify",
    "verify-file": "verify-file",
    "sign-in": "sign-in",
    "sign-in-code": "sign-in",
    "confirm": "sign-in",
    "agreement-list": "search",
    "filing-list": "search",
    "agreement-preview": "render",
    "partner-letter": "render",
    "invitation-letter": "render",
    "person-password": "render",
    "administrator-ask": "apply",
    "invitation": "join",
    "holder": "join",
}


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    """Three of everything an hour, counted apart from every other test."""
    settings.RATE_LIMITS_PREFIX = uuid4().hex
    settings.RATE_LIMITS = {what: dict.fromkeys(by, "3 per 1 hour") for what, by in settings.RATE_LIMITS.items()}


def verify(client: Client, address: str = HERE) -> int:
    return client.get(reverse("verify-page", args=PRINTED), REMOTE_ADDR=address).status_code


def limited_entries() -> list[Entry]:
    return list(Entry.objects.filter(event=RateLimited.code))


def test_the_public_page_is_counted_by_address(client: Client) -> None:
    assert [verify(client) for _ in range(5)] == [200, 200, 200, 429, 429]
    assert verify(client, ELSEWHERE) == 200
    (entry,) = limited_entries()
    assert (entry.actor_id, entry.data) == (None, {"what": "verify", "whose": "address"})


def test_the_page_says_when_to_try_again(client: Client) -> None:
    for _ in range(3):
        verify(client)
    response = client.get(reverse("verify-page", args=PRINTED), REMOTE_ADDR=HERE)
    assert response.status_code == 429
    assert 3590 <= int(response["Retry-After"]) <= 3600
    assert "60 分钟" in response.content.decode()


@pytest.mark.parametrize(
    ("limit", "says"), [("3 per 20 second", r"(1\d|20) 秒"), ("3 per 90 second", r"2 分钟")], ids=["seconds", "minutes"]
)
def test_a_short_wait_is_told_in_seconds_and_never_as_none(
    client: Client, settings: Any, limit: str, says: str
) -> None:
    settings.RATE_LIMITS = {what: dict.fromkeys(by, limit) for what, by in settings.RATE_LIMITS.items()}
    for _ in range(3):
        verify(client)
    page = client.get(reverse("verify-page", args=PRINTED), REMOTE_ADDR=HERE).content.decode()
    assert re.search(says, page)
    assert not re.search(r"\b0 (秒|分钟)", page)


def test_exports_are_counted_by_account(client: Client, elder_care_clerk: User, colleague: User) -> None:
    client.force_login(elder_care_clerk)
    order = reverse("export-order", args=["agreements"])
    tried = [client.post(order, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(5)]
    assert tried == [302, 302, 302, 429, 429]
    (entry,) = limited_entries()
    assert (entry.actor_id, entry.data["whose"]) == (elder_care_clerk.pk, "account")
    client.force_login(colleague)
    assert client.post(order, REMOTE_ADDR="192.0.2.99").status_code == 302


def test_sign_in_is_counted_by_the_name_tried_wherever_it_comes_from(client: Client) -> None:
    def attempt(name: str, n: int) -> int:
        typed = {"username": name, "password": "no"}
        return client.post(reverse("sign-in"), typed, REMOTE_ADDR=f"192.0.2.{n}").status_code

    assert 429 not in {attempt("nobody-there", n) for n in range(3)}
    assert attempt("nobody-there", 9) == 429
    assert attempt("Nobody-There ", 10) == 429
    assert attempt("ｎｏｂｏｄｙ－ｔｈｅｒｅ", 12) == 429
    assert attempt("somebody-else", 11) != 429
    assert client.get(reverse("sign-in"), REMOTE_ADDR="192.0.2.9").status_code == 200
    assert "nobody-there" not in str([entry.data for entry in limited_entries()])


def test_a_mobile_number_is_counted_as_one_however_it_is_typed(client: Client) -> None:
    typed = ["13800138000", "138 0013 8000", "+86-138-0013-8000", "１３８００１３８０００", "(138)00138000"]
    answers = [
        client.post(reverse("sign-in"), {"username": number, "password": "no"}, REMOTE_ADDR=f"192.0.2.{n}").status_code
        for n, number in enumerate(typed)
    ]
    assert answers == [200, 200, 200, 429, 429]


def test_all_addresses_of_one_network_are_counted_as_one(client: Client) -> None:
    assert [verify(client, f"2001:db8:0:7::{n}") for n in range(1, 6)] == [200, 200, 200, 429, 429]
    assert verify(client, "2001:db8:0:8::1") == 200
    assert [verify(client, address) for address in (HERE, f"::ffff:{HERE}", HERE, f"::ffff:{HERE}")][-1] == 429
    assert verify(client, f"::ffff:{ELSEWHERE}") == 200


@pytest.fixture
def valkey_is_away(settings: Any) -> Iterator[None]:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    rates._limiter.cache_clear()
    yield
    rates._limiter.cache_clear()


def test_nothing_is_refused_when_valkey_is_away(
    client: Client, valkey_is_away: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert [verify(client) for _ in range(5)] == [200] * 5
    assert "Valkey does not answer" in caplog.text
    caplog.clear()  # the complaint was wanted here


def test_what_must_be_counted_is() -> None:
    marked = {str(pattern.name): getattr(pattern.callback, "limited", "") for pattern in ALL}
    wanted = COUNTED | dict.fromkeys(("export-order", "export-file", "log-export"), "export")
    assert {name: marked[name] for name in wanted} == wanted


def test_an_office_behind_one_address_is_no_single_person() -> None:
    """A county is trained in one room: what each does there signed in or by a letter adds up."""
    for what in ("sign-in", "search", "export", "join"):
        account, address = (LIMITS[what][whose][0] for whose in ("account", "address"))
        assert address >= 10 * account, what
