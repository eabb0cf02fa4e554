"""Five failures in fifteen minutes at one account from one address: then sign-in rests there, and only there."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.events import SignInFailed, SignInLocked
from accounts.models import User
from audit.models import Entry
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"
WRONG = "not-it"


def attempt(client: Client, password: str = WRONG, username: str = "clerk", address: str = HERE) -> int:
    """Return 302 for a sign-in that worked, 200 for one that did not, 429 while sign-in rests."""
    typed = {"username": username, "password": password}
    return client.post(reverse("sign-in"), typed, REMOTE_ADDR=address).status_code


def test_the_fifth_failure_closes_and_even_the_right_password_must_wait(client: Client, elder_care_clerk: User) -> None:
    assert [attempt(client) for _ in range(5)] == [200, 200, 200, 200, 429]
    assert attempt(client, PASSWORD) == 429
    assert client.get(reverse("home")).status_code == 302


def test_the_page_says_what_to_do(client: Client, elder_care_clerk: User) -> None:
    for _ in range(4):
        attempt(client)
    response = client.post(reverse("sign-in"), {"username": "clerk", "password": "x"}, REMOTE_ADDR=HERE)
    page = response.content.decode()
    assert response["Retry-After"] == "900"
    assert "请在 15 分钟后再试" in page
    assert "忘记了密码" in page
    assert reverse("sign-in") in page


def test_it_opens_again_after_fifteen_minutes_whoever_knocked_meanwhile(client: Client, elder_care_clerk: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(5):
            attempt(client)
        clock.move_to(start + timedelta(minutes=14))
        assert attempt(client) == 429
        clock.move_to(start + timedelta(minutes=15, seconds=1))
        assert attempt(client, PASSWORD) == 302


def test_old_failures_do_not_count(client: Client, elder_care_clerk: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(4):
            attempt(client)
        clock.move_to(start + timedelta(minutes=16))
        assert attempt(client) == 200
        assert attempt(client, PASSWORD) == 302


def test_signing_in_forgets_the_failures(client: Client, elder_care_clerk: User) -> None:
    for _ in range(2):
        assert [attempt(client) for _ in range(4)] == [200] * 4
        assert attempt(client, PASSWORD) == 302
        client.post(reverse("sign-out"))


def test_nobody_else_and_nowhere_else_is_closed(client: Client, elder_care_clerk: User, colleague: User) -> None:
    for _ in range(5):
        attempt(client)
    assert attempt(client, PASSWORD, username="colleague") == 302
    assert attempt(Client(), PASSWORD, address=ELSEWHERE) == 302


def test_another_browser_at_the_same_address_is_closed_too(client: Client, elder_care_clerk: User) -> None:
    for number in range(5):
        typed = {"username": "clerk", "password": "not-it"}
        client.post(reverse("sign-in"), typed, REMOTE_ADDR=HERE, HTTP_USER_AGENT=f"browser-{number}")
    assert attempt(client, PASSWORD) == 429


def test_another_address_of_the_same_network_is_closed_too(client: Client, elder_care_clerk: User) -> None:
    assert [attempt(client, address=f"2001:db8::{n}") for n in range(1, 6)] == [200, 200, 200, 200, 429]
    assert attempt(client, PASSWORD, address="2001:db8:0:1::1") == 302


@pytest.mark.parametrize(
    ("behind_proxy", "claimed", "counts"),
    [
        (True, "198.51.100.1, 203.0.113.{n}", False),
        (True, "203.0.113.{n}, 198.51.100.1", True),
        (False, "{n}.1.1.1", True),
    ],
)
def test_only_our_own_proxy_is_believed(
    client: Client, elder_care_clerk: User, claimed: str, *, behind_proxy: bool, counts: bool
) -> None:
    """A client may write what it likes before the address that our proxy appends."""
    with override_settings(BEHIND_PROXY=behind_proxy):
        for n in range(6):
            typed = {"username": "clerk", "password": "not-it"}
            seen = claimed.format(n=n)
            answer = client.post(reverse("sign-in"), typed, REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=seen)
    assert answer.status_code == (429 if counts else 200)


def test_the_log_has_every_failure_and_one_closing(client: Client, elder_care_clerk: User) -> None:
    for _ in range(7):
        attempt(client)
    entries = Entry.objects.filter(subject_type="accounts.user", subject_id=elder_care_clerk.pk)
    assert entries.filter(event=SignInFailed.code).count() == 7
    assert entries.filter(event=SignInLocked.code).count() == 1


def test_a_name_that_is_no_account_closes_alike_and_is_not_kept(client: Client) -> None:
    assert [attempt(client, username="my-secret-password") for _ in range(6)] == [200] * 4 + [429] * 2
    events = list(Entry.objects.order_by("id").values_list("event", "subject_type"))
    assert events.count((SignInFailed.code, "platform")) == 6
    assert events.count((SignInLocked.code, "platform")) == 1
    kept = str([*AccessAttempt.objects.values(), *Entry.objects.values()])
    assert "my-secret-password" not in kept
    assert "not-it" not in kept


def test_odd_input_is_answered(client: Client, db: None) -> None:
    assert attempt(client, username="\0" * 40) == 200
    assert attempt(client, username="") == 200


def test_an_operator_lifts_the_rest_by_name(client: Client, elder_care_clerk: User) -> None:
    for _ in range(5):
        attempt(client)
    call_command("axes_reset_username", "clerk", verbosity=0)
    assert attempt(client, PASSWORD) == 302
