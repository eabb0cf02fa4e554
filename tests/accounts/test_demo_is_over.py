"""A demo account where DEMO is off: nobody's, at every door, in sessions begun before, and named by the check."""

from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from accounts.checks import demo_accounts_are_closed
from accounts.events import SignInFailed
from accounts.models import Session, User
from audit.models import Entry
from duties.events import AccountSuspended
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def left_over(elder_care_clerk: User) -> User:
    """A clerk whom the demo made."""
    User.objects.filter(pk=elder_care_clerk.pk).update(is_demo=True)
    elder_care_clerk.refresh_from_db()
    return elder_care_clerk


def answer(client: Client, password: str) -> tuple[int, str]:
    response = client.post(reverse("sign-in"), {"username": "clerk", "password": password})
    return response.status_code, response.content.decode().replace(str(response.context["csrf_token"]), "")


def is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_the_right_password_is_answered_as_a_wrong_one_and_the_log_knows_why(client: Client, left_over: User) -> None:
    assert answer(client, PASSWORD) == answer(client, "not-it")
    assert "密码不对" in answer(client, PASSWORD)[1]
    assert not is_in(client)
    entry = Entry.objects.filter(event=SignInFailed.code).latest("pk")
    assert (entry.subject_id, entry.data["reason"]) == (left_over.pk, "demo")


@override_settings(DEMO=True)
def test_on_a_demo_it_is_let_in(client: Client, left_over: User) -> None:
    response = client.post(reverse("sign-in"), {"username": left_over.username, "password": PASSWORD})
    assert (response.status_code, is_in(client)) == (302, True)


def test_a_session_of_the_demo_ends_with_it(client: Client, left_over: User) -> None:
    with override_settings(DEMO=True):
        client.post(reverse("sign-in"), {"username": left_over.username, "password": PASSWORD})
        assert is_in(client)
    assert not is_in(client)
    assert client.post(reverse("agreement-start")).status_code == 302


def test_nobody_half_way_in_comes_further(client: Client, signatory: User) -> None:
    User.objects.filter(pk=signatory.pk).update(is_demo=True)
    with override_settings(DEMO=True):
        client.post(reverse("sign-in"), {"username": signatory.username, "password": PASSWORD})
        assert client.get(reverse("sign-in-enrol")).status_code == 200
    assert client.get(reverse("sign-in-enrol")).status_code == 302


def test_the_check_counts_them_with_the_cure_and_only_where_the_database_is_asked(left_over: User) -> None:
    (told,) = run_checks(tags=["database"], databases=["default"])
    assert (told.id, told.msg.startswith("1 demo accounts"), "close_demo_accounts" in str(told.hint)) == (
        "accounts.W001",
        True,
        True,
    )
    assert demo_accounts_are_closed() == []
    with override_settings(DEMO=True):
        assert demo_accounts_are_closed(databases=["default"]) == []


@pytest.mark.usefixtures("owner")
def test_the_check_says_nothing_before_there_are_tables(left_over: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user RENAME TO not_yet")
    assert demo_accounts_are_closed(databases=["default"]) == []


def closed() -> str:
    said = StringIO()
    call_command("close_demo_accounts", stdout=said)
    return said.getvalue().strip()


def test_closing_them_is_for_good_and_logged(client: Client, left_over: User, colleague: User) -> None:
    client.force_login(left_over)
    assert Session.objects.filter(user=left_over).exists()
    assert closed() == "已关闭 1 个演示账号。"
    assert closed() == "已关闭 0 个演示账号。"
    left_over.refresh_from_db()
    assert (left_over.is_active, left_over.has_usable_password()) == (False, False)
    assert not Session.objects.filter(user=left_over).exists()
    colleague.refresh_from_db()
    assert (colleague.is_active, colleague.has_usable_password()) == (True, True)
    assert Entry.objects.get(event=AccountSuspended.code).subject_id == left_over.pk
    assert run_checks(tags=["database"], databases=["default"]) == []


@override_settings(DEMO=True)
def test_on_a_demo_none_is_closed(left_over: User) -> None:
    with pytest.raises(CommandError, match="正在使用"):
        closed()
    left_over.refresh_from_db()
    assert left_over.is_active


def test_a_real_person_is_no_demo_account(client: Client) -> None:
    factories.UserFactory.create(username="clerk")
    assert client.post(reverse("sign-in"), {"username": "clerk", "password": PASSWORD}).status_code == 302
