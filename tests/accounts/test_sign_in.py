"""Signing in and out, and what is written down about it."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.events import SignedIn, SignInFailed
from accounts.models import User
from accounts.signing_in import demo_accounts
from audit.models import Entry
from institutions.models import Institution
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> int:
    response = client.post(reverse("sign-in"), {"username": username, "password": password, **more})
    return response.status_code


def test_it_works(client: Client, elder_care_clerk: User) -> None:
    response = client.post(reverse("sign-in"), {"username": "clerk", "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    entry = Entry.objects.get(event=SignedIn.code)
    assert (entry.actor_id, entry.subject_id) == (elder_care_clerk.pk, elder_care_clerk.pk)


def test_the_form_carries_the_page_that_was_asked_for(client: Client, elder_care_clerk: User) -> None:
    """The form leads to an address without a query: what was asked for goes with it, or is forgotten."""
    asked = reverse("agreement-list")
    carried = f'<input type="hidden" name="next" value="{asked}">'
    assert carried in client.get(reverse("sign-in"), {"next": asked}).content.decode()
    client.force_login(elder_care_clerk)
    assert carried in client.get(reverse("confirm"), {"next": asked}).content.decode()


def test_it_goes_on_to_the_page_that_was_asked_for(client: Client, elder_care_clerk: User) -> None:
    asked = client.get(reverse("agreement-list"))
    assert asked["Location"] == f"{reverse('sign-in')}?next={reverse('agreement-list')}"
    form = client.get(asked["Location"])
    assert form.context["onward"] == reverse("agreement-list")
    response = client.post(
        reverse("sign-in"), {"username": "clerk", "password": PASSWORD, "next": reverse("agreement-list")}
    )
    assert response["Location"] == reverse("agreement-list")


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_it_goes_nowhere_else(client: Client, elder_care_clerk: User, elsewhere: str) -> None:
    response = client.post(reverse("sign-in"), {"username": "clerk", "password": PASSWORD, "next": elsewhere})
    assert response["Location"] == reverse("home")


def test_wrong_password(client: Client, elder_care_clerk: User) -> None:
    response = client.post(reverse("sign-in"), {"username": "clerk", "password": "not-it"})
    assert response.status_code == 200
    assert "密码不对" in response.content.decode()
    assert 'value="clerk"' in response.content.decode()
    entry = Entry.objects.get(event=SignInFailed.code)
    assert (entry.actor_id, entry.subject_id) == (None, elder_care_clerk.pk)
    assert "not-it" not in str(entry.data)


def test_unknown_name_is_answered_alike_and_not_kept(client: Client, db: None) -> None:
    response = client.post(reverse("sign-in"), {"username": "my-secret-password", "password": "x"})
    assert "密码不对" in response.content.decode()
    entry = Entry.objects.get(event=SignInFailed.code)
    assert (entry.actor_id, entry.subject_type) == (None, "platform")
    assert "my-secret-password" not in str(entry.data)


def test_inactive_account(client: Client, elder_care_clerk: User) -> None:
    elder_care_clerk.is_active = False
    elder_care_clerk.save(update_fields=["is_active"])
    assert sign_in(client, "clerk") == 200
    assert client.get(reverse("home")).status_code == 302


def test_signed_in_person_is_sent_on(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    assert client.get(reverse("sign-in"))["Location"] == reverse("home")


def test_sign_out(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.post(reverse("sign-out"))["Location"] == reverse("sign-in")
    assert client.get(reverse("home")).status_code == 302


def test_large_print_stays_with_the_person(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    response = client.post(reverse("large-print"), {"next": reverse("agreement-list")})
    assert response["Location"] == reverse("agreement-list")
    elder_care_clerk.refresh_from_db()
    assert elder_care_clerk.large_print
    assert 'class="large-print"' in client.get(reverse("home")).content.decode()
    client.post(reverse("large-print"))
    elder_care_clerk.refresh_from_db()
    assert not elder_care_clerk.large_print


def test_demo_accounts_are_shown_on_a_demo_site_only(
    client: Client, elder_care_clerk: User, elder_care_institution: Institution, stranger: User
) -> None:
    elder_care_clerk.is_demo = True
    elder_care_clerk.save(update_fields=["is_demo"])
    with override_settings(DEMO=True, DEMO_PASSWORD="shown-here"):
        page = client.get(reverse("sign-in")).content.decode()
    assert "shown-here" in page
    assert elder_care_clerk.full_name in page
    assert elder_care_institution.name in page
    assert "养老服务机构经办人" in page
    assert stranger.full_name not in page
    with override_settings(DEMO=False, DEMO_PASSWORD="shown-here"):
        page = client.get(reverse("sign-in")).content.decode()
    assert "shown-here" not in page
    assert elder_care_clerk.full_name not in page


def test_capitals_do_not_matter_in_the_name(client: Client, elder_care_clerk: User) -> None:
    assert sign_in(client, " CLERK ") == 302


def test_nothing_typed_is_asked_for(client: Client, db: None) -> None:
    response = client.post(reverse("sign-in"))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["username", "password"]


def test_demo_accounts_are_listed_by_region_with_four_queries_however_many(
    elder_care_clerk: User,
    colleague: User,
    stranger: User,
    health_reviewer: User,
    auditor: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    User.objects.exclude(pk=colleague.pk).update(is_demo=True)
    with override_settings(DEMO=True), django_assert_num_queries(6):  # people, duties, two kinds of places, regions
        listed = demo_accounts()
    assert [(each.username, each.region_code, each.is_of_bureau, each.duty) for each in listed] == [
        ("clerk", "330602", False, "养老服务机构经办人"),
        ("health-reviewer", "330602", True, "卫生健康部门审核员"),
        ("stranger", "330604", False, "养老服务机构经办人"),
        ("auditor", "", False, "审计员"),
    ]
    assert [(each.place, each.region) for each in listed][::3] == [
        ("越城区福星养老院", "浙江省绍兴市越城区"),
        ("平台", "平台"),
    ]
