"""What people see of their own duties: the code while one waits; what is in force, since when and by whom."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from chinese.dates import cn_day
from duties import confirmers, helping, holders, inviting
from duties.holders import Look
from institutions.models import Duty, Institution, Membership
from notifications.models import Notice
from once.tokens import FIELD, LENGTH
from tests import factories
from tests.reading import words

PASSWORD, OWN = "Qing-Song-2026", "Cui-Zhu-2026"
PAGE = "waiting-duties"


@pytest.fixture
def secret(institution_administrator: User, elder_care_institution: Institution) -> str:
    return inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)[1]


def accept_anew(client: Client, secret: str) -> User:
    fields = {"username": "zheng", "mobile": "13800000009", "email": "", "password": PASSWORD, "again": PASSWORD}
    answer = client.post(reverse("invitation", args=[secret]), fields)
    assert "直接显示您的确认码" in answer.content.decode()
    return User.objects.get(username="zheng")


def sign_in(client: Client, password: str) -> str:
    """Sign in and return the first page."""
    client.post(reverse("sign-in"), {"username": "zheng", "password": password})
    return client.get(reverse("home"), follow=True).content.decode()


def shows_code(page: str, person: User) -> bool:
    person.refresh_from_db()
    return holders.code_of(person) in page


def set_password(client: Client, password: str) -> str:
    change = f"{reverse('password-change')}?next={reverse(PAGE)}"
    return client.post(change, {"new_password1": password, "new_password2": password}, follow=True).content.decode()


def confirm(person: User, by: User) -> Membership:
    person.refresh_from_db()
    held = person.memberships.waiting().get()
    assert confirmers.may_confirm(by, held)
    return holders.confirm(held, Look(holders.Seen.OTHER.value, person.mobile, holders.code_of(person)), by=by)[0]


def test_in_the_browser_in_which_the_account_was_made_the_code_is_there_at_once_and_again(secret: str) -> None:
    here, elsewhere = Client(), Client()
    person = accept_anew(here, secret)
    for _ in range(2):
        assert shows_code(sign_in(here, PASSWORD), person)
        here.post(reverse("sign-out"))
    page = sign_in(elsewhere, PASSWORD)
    assert (shows_code(page, person), "设新密码" in page) == (False, True)
    assert shows_code(set_password(elsewhere, OWN), person)
    elsewhere.post(reverse("sign-out"))
    assert shows_code(sign_in(elsewhere, OWN), person), "set once, not at every sign-in"
    assert not shows_code(sign_in(here, OWN), person), "who made the account knows its password no more"


def test_what_marks_the_browser_is_of_this_person_and_this_password_and_not_forever(
    secret: str, institution_administrator: User
) -> None:
    here = Client()
    person = accept_anew(here, secret)
    mark = here.cookies["password_set_here"]
    assert (mark["httponly"], mark["samesite"], mark["max-age"]) == (True, "Lax", 14 * 24 * 60 * 60)
    assert PASSWORD not in mark.value
    assert shows_code(sign_in(here, PASSWORD), person)
    mark.set("password_set_here", mark.value[:-1] + ("A" if mark.value[-1] != "A" else "B"), "")
    assert not shows_code(here.get(reverse(PAGE)).content.decode(), person)


def test_after_somebody_reset_the_device_the_password_is_set_anew(
    secret: str, institution_administrator: User, civil_affairs_officer: User
) -> None:
    """Whoever resets may have seen the password typed."""
    here = Client()
    person = accept_anew(here, secret)
    sign_in(here, PASSWORD)
    confirm(person, civil_affairs_officer)
    helping.reset_second_factor(person, by=institution_administrator)
    assert not shows_code(sign_in(here, PASSWORD), person)
    assert shows_code(set_password(here, OWN), person)


def test_the_form_that_made_the_account_sent_again_makes_its_password_no_younger(
    secret: str, institution_administrator: User, civil_affairs_officer: User
) -> None:
    """Whoever made the account still has that form in their browser."""
    here, elsewhere = Client(), Client()
    fields = {"username": "zheng", "mobile": "13800000009", "email": "", "password": PASSWORD, "again": PASSWORD}
    for _ in ("once", "a double click"):
        answer = here.post(reverse("invitation", args=[secret]), {**fields, FIELD: "a" * LENGTH})
        assert answer.cookies["password_set_here"].value
    person = User.objects.get(username="zheng")
    confirm(person, civil_affairs_officer)
    helping.reset_second_factor(person, by=institution_administrator)
    here.post(reverse("invitation", args=[secret]), {**fields, FIELD: "a" * LENGTH})
    elsewhere.cookies["password_set_here"] = here.cookies["password_set_here"].value
    assert not shows_code(sign_in(elsewhere, PASSWORD), person)
    assert shows_code(set_password(elsewhere, OWN), person)


def test_who_is_confirmed_is_told_so_by_a_message_and_on_the_page(secret: str, civil_affairs_officer: User) -> None:
    here = Client()
    person = accept_anew(here, secret)
    assert "等待确认" in sign_in(here, PASSWORD)
    asking = {"HX-Request": "true", "X-Unattended": "1"}
    assert here.get(reverse(PAGE), {"waits": "1"}, headers=asking).status_code == 204
    held = confirm(person, civil_affairs_officer)
    assert here.get(reverse(PAGE), {"waits": "1"}, headers=asking)["HX-Refresh"] == "true"
    duty, today = f"{held.place}的经办人", cn_day(timezone.localdate())
    notice = Notice.objects.get(recipient=person, kind="holder_settled")
    assert (notice.title, notice.url) == (f"您的职责已生效：{duty}", reverse(PAGE))
    assert all(told in notice.body for told in (f"确认人：{civil_affairs_officer}", f"{today}起生效"))
    page = words(here.get(notice.url).content.decode())
    assert all(
        told in page for told in (duty, "已生效", today, f"由{civil_affairs_officer}当面确认", "现在就可以办理业务")
    )
    assert "等待确认 " not in page
    giver = Notice.objects.get(recipient=held.granted_by, kind="holder_settled")
    assert giver.title == f"职责已确认生效：郑赟，{duty}"


def test_who_holds_nothing_is_told_that(client: Client, db: None) -> None:
    client.force_login(factories.UserFactory.create())
    assert "您现在没有职责" in client.get(reverse(PAGE)).content.decode()


def test_after_a_sealed_letter_the_page_says_so_and_without_scripts_how_to_go_on(
    client: Client, secret: str, institution_administrator: User, elder_care_clerk: User
) -> None:
    client.force_login(institution_administrator)
    sent = reverse("invitation-sent", args=[inviting.find(secret).pk])  # type: ignore[union-attr]
    before = client.get(sent).content.decode()
    assert "请打印密封信" in before
    assert f'密封信下载好以后，请<a href="{sent}">刷新本页</a>' in before
    assert f'data-letter-then="{sent}"' in before
    client.post(sent + "letter/")
    after = client.get(sent).content.decode()
    assert all(told in after for told in ("给郑赟的密封信已打印", "重新打印密封信", "请当面交给本人"))
    assert "请打印密封信" not in after
    there = reverse("person", args=[elder_care_clerk.pk])
    asked = client.get(there + "password/").content.decode()
    assert f'data-letter-then="{there}"' in asked
    assert f'href="{there}">返回' in asked
    client.post(there + "password/")
    assert "临时密码已打印成密封信" in client.get(there).content.decode()
