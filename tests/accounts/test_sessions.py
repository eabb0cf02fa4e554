"""Open sessions: whose, from where, until when; and proving once more who is there."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts import sessions
from accounts.events import ConfirmedAgain, ConfirmingFailed, SessionsEnded, SignedOut
from accounts.models import Session, User
from accounts.onward import came_from, own_address
from accounts.second_factor import current_code
from audit.models import Entry
from tests.accounts.test_second_factor import is_in
from tests.factories import PASSWORD, with_device

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
HUAWEI = "Mozilla/5.0 (Linux; Android 12; HarmonyOS) AppleWebKit/537.36 Chrome/114.0 MicroMessenger/8.0 Safari/537.36"
POLL = {"X-Unattended": "yes"}


def signed_in(username: str = "clerk", **headers: str) -> Client:
    client = Client(headers=headers)
    client.post(reverse("sign-in"), {"username": username, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    return client


def test_the_key_changes_at_sign_in_and_the_cookie_is_closed_to_scripts(client: Client, elder_care_clerk: User) -> None:
    client.get(reverse("sign-in"))
    client.post(reverse("sign-in"), {"username": "clerk", "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert Session.objects.get(pk=cookie.value).user == elder_care_clerk
    assert settings.SESSION_COOKIE_SECURE == settings.HTTPS


def test_a_person_sees_their_sessions_and_ends_the_others(elder_care_clerk: User, colleague: User) -> None:
    here, there, theirs = signed_in(user_agent=EDGE), signed_in(user_agent=HUAWEI), signed_in("colleague")
    late = Session.objects.get(pk=there.cookies[settings.SESSION_COOKIE_NAME].value)
    Session.objects.filter(pk=late.pk).update(last_seen_at=late.last_seen_at - MINUTE)  # noted before the sign-in
    page = here.get(reverse("account"))
    assert all(each.began_at <= each.last_seen_at for each in page.context["sessions"])
    shown = page.context["sessions"]
    assert [row.browser for row in shown] == ["Edge 浏览器，Windows 电脑", "微信内置浏览器，鸿蒙设备"]
    assert [(row.is_this, row.address) for row in shown] == [(True, "192.0.2.7"), (False, "192.0.2.7")]
    assert "本次登录" in page.content.decode()
    assert here.post(reverse("sessions-end")).status_code == 302
    assert (is_in(here), is_in(there), is_in(theirs)) == (True, False, True)
    assert Entry.objects.get(event=SessionsEnded.code).data == {"ended": 1}
    assert sessions.end_all(elder_care_clerk) == 1
    assert not is_in(here)


def test_odd_browsers_are_taken_as_they_come(elder_care_clerk: User) -> None:
    assert sessions.in_words("") == "未能识别的浏览器"
    assert is_in(signed_in(user_agent="x" * 5000))


@pytest.mark.parametrize(("person", "minutes"), [("elder_care_clerk", 30), ("health_reviewer", 10), ("auditor", 10)])
def test_who_does_nothing_is_signed_out(person: str, minutes: int, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(person)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = Client()
        client.force_login(user)
        clock.shift(minutes * MINUTE - timedelta(seconds=5))
        assert client.get(reverse("session"), headers=POLL).json() == {"seconds_left": 5}
        assert is_in(client)
        clock.shift(minutes * MINUTE - timedelta(seconds=5))
        assert client.post(reverse("session")).json() == {"seconds_left": minutes * 60}
        clock.shift((minutes - 1) * MINUTE)
        assert client.get(reverse("account"), headers=POLL).status_code == 200
        clock.shift(MINUTE)
        answer = client.get(f"{reverse('inbox')}?show=unread")
        asked = urlencode({"next": f"{reverse('inbox')}?show=unread", "ended": "idle"})
        assert answer["Location"] == f"{reverse('sign-in')}?{asked}"
        assert "已填写的内容保存在本机" in client.get(answer["Location"]).content.decode()
    assert not Session.objects.filter(user=user).exists()
    assert Entry.objects.get(event=SignedOut.code).data == {"reason": "idle"}


def test_a_form_sent_too_late_leads_back_to_its_page(client: Client, elder_care_clerk: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(elder_care_clerk)
        clock.shift(31 * MINUTE)
        came = {"referer": f"http://testserver{reverse('account')}"}
        answer = client.post(reverse("large-print"), headers=came)
        assert urlencode({"next": reverse("account")}) in answer["Location"]
        client.force_login(elder_care_clerk)
        clock.shift(31 * MINUTE)
        fragment = client.get(reverse("inbox"), headers={"hx-request": "true"})
        assert fragment["HX-Redirect"].startswith(reverse("sign-in"))


def test_eight_hours_are_the_end_whatever_happens(client: Client, elder_care_clerk: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(elder_care_clerk)
        for _ in range(8 * 3 - 1):
            clock.shift(20 * MINUTE)
            client.post(reverse("large-print"))
            assert is_in(client)
        clock.shift(20 * MINUTE)
        assert not is_in(client)
        other = Client()
        other.force_login(elder_care_clerk)
        assert sessions.forget_ended() == 1
        assert [row.pk for row in Session.objects.all()] == [other.session.session_key]
        assert is_in(other)


def test_the_row_is_written_once_a_minute_at_most(client: Client, elder_care_clerk: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(elder_care_clerk)
        row = Session.objects.get(user=elder_care_clerk)
        for seconds, is_new in ((30, False), (29, False), (1, True), (30, False)):
            clock.shift(timedelta(seconds=seconds))
            is_in(client)
            seen = Session.objects.get(pk=row.pk).last_seen_at
            assert (seen > row.last_seen_at) == is_new
            row.last_seen_at = seen


def test_a_dangerous_act_asks_again_after_ten_minutes(client: Client, elder_care_clerk: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.force_login(elder_care_clerk)
        assert client.get(reverse("password-change")).status_code == 200
        clock.shift(11 * MINUTE)
        asked = f"{reverse('confirm')}?{urlencode({'next': reverse('password-change')})}"
        assert client.get(reverse("password-change"))["Location"] == asked
        came = {"referer": f"http://testserver{reverse('account')}"}
        answer = client.post(reverse("recovery-codes"), headers=came)
        assert answer["Location"] == f"{reverse('confirm')}?{urlencode({'next': reverse('account')})}"
        fragment = client.post(reverse("recovery-codes"), headers={**came, "hx-request": "true"})
        assert fragment["HX-Redirect"] == answer["Location"]
        done = client.post(reverse("confirm"), {"password": PASSWORD, "next": reverse("password-change")})
        assert done["Location"] == reverse("password-change")
        assert client.get(reverse("password-change")).status_code == 200
    assert Entry.objects.filter(event=ConfirmedAgain.code, actor_id=elder_care_clerk.pk).count() == 1


def test_who_has_a_device_confirms_with_its_code_too(client: Client, signatory: User) -> None:
    device = with_device(signatory)
    client.force_login(signatory)
    with time_machine.travel(timezone.now() + 5 * MINUTE, tick=False) as clock:
        typed = {"password": PASSWORD, "code": current_code(device)}
        assert client.post(reverse("confirm"), {"password": PASSWORD}).status_code == 422
        assert client.post(reverse("confirm"), typed | {"password": "wrong"}).status_code == 422
        assert client.post(reverse("confirm"), typed)["Location"] == reverse("home")
        clock.shift(timedelta(seconds=2))
        assert client.post(reverse("confirm"), typed).status_code == 422


def test_confirming_wrongly_closes_like_signing_in(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    answers = [client.post(reverse("confirm"), {"password": "wrong"}).status_code for _ in range(6)]
    assert answers == [422] * 4 + [429] * 2
    assert client.post(reverse("confirm"), {"password": PASSWORD}).status_code == 429
    assert Client().post(reverse("sign-in"), {"username": "clerk", "password": PASSWORD}).status_code == 429
    assert Entry.objects.filter(event=ConfirmingFailed.code).count() == 5


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/x",
        "//example.org/x",
        "http://testserver//example.org/x",
        "//testserver//example.org/x",
        "http://testserver/\\example.org/x",
        "javascript:alert(1)",
        "",
    ],
)
def test_the_way_back_is_never_elsewhere(elsewhere: str) -> None:
    request = RequestFactory().post("/x/", headers={"referer": elsewhere})
    assert own_address(request, elsewhere) == ""
    assert came_from(request) == reverse("home")


def test_signing_out_is_written_down(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    client.post(reverse("sign-out"))
    assert Entry.objects.get(event=SignedOut.code).actor_id == elder_care_clerk.pk
    assert not Session.objects.filter(user=elder_care_clerk).exists()
