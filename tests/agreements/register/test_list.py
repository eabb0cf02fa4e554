"""The register: search, filters, order, pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements.models import Agreement
from institutions.models import Institution
from tests import factories
from tests.agreements.making import agreed, sent


@pytest.fixture
def at_home(client: Client, elder_care_clerk: User) -> Client:
    client.force_login(elder_care_clerk)
    return client


@pytest.fixture
def blank_draft(elder_care_clerk: User, elder_care_institution: Institution) -> Agreement:
    """A draft without partner and template."""
    return factories.DraftAgreementFactory.create(drafted_by=elder_care_institution, created_by=elder_care_clerk)


def numbers(client: Client, **asked: str) -> set[str]:
    response = client.get(reverse("agreement-list"), asked)
    assert response.status_code == 200
    return {row.agreement.number for row in response.context["rows"]}


def test_it_shows_own_agreements_and_no_others(
    at_home: Client, draft: Agreement, blank_draft: Agreement, stranger_institution: Institution
) -> None:
    factories.DraftAgreementFactory.create(drafted_by=stranger_institution)
    assert numbers(at_home) == {draft.number, blank_draft.number}


def test_the_partner_sees_it_once_it_is_sent(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    client.force_login(medical_clerk)
    assert numbers(client) == set()
    sent(draft, by=elder_care_clerk)
    assert numbers(client) == {draft.number}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("塔山", True),
        ("福星养老", True),
        ("社区卫生", True),
        ("常青", False),
        ("<script>", False),
        ("{{ 7*7 }}", False),
    ],
)
def test_search_by_party_name(at_home: Client, draft: Agreement, text: str, *, found: bool) -> None:
    assert numbers(at_home, q=text) == ({draft.number} if found else set())


def test_search_by_number(at_home: Client, draft: Agreement, blank_draft: Agreement) -> None:
    assert numbers(at_home, q=draft.number.lower()) == {draft.number}
    assert numbers(at_home, q="  ") == {draft.number, blank_draft.number}


def test_a_final_agreement_is_found_and_shown_by_the_name_it_was_made_with(
    at_home: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User, medical_institution: Institution
) -> None:
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    old_name, medical_institution.name = medical_institution.name, "改名后的卫生院"
    medical_institution.save(update_fields=["name"])
    assert numbers(at_home, q=old_name) == numbers(at_home, q="改名后的") == {draft.number}
    assert old_name in at_home.get(reverse("agreement-list")).content.decode()


def test_filters(at_home: Client, draft: Agreement, blank_draft: Agreement) -> None:
    version = draft.template_version
    assert version is not None
    today = timezone.localdate()
    both = {draft.number, blank_draft.number}
    assert numbers(at_home, state="draft") == both
    assert numbers(at_home, state="agreed") == set()
    assert numbers(at_home, template=str(version.template_id)) == {draft.number}
    assert numbers(at_home, region=draft.region.code) == both
    assert numbers(at_home, drafted_by="elder_care") == both
    assert numbers(at_home, drafted_by="medical") == set()
    assert numbers(at_home, since=today.isoformat(), until=today.isoformat()) == both
    assert numbers(at_home, until=(today - timedelta(1)).isoformat()) == set()


def test_filters_stay_in_the_address_of_pages_order_and_export(
    at_home: Client, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    factories.DraftAgreementFactory.create_batch(30, drafted_by=elder_care_institution, created_by=elder_care_clerk)
    page = at_home.get(reverse("agreement-list"), {"state": "draft", "sort": "number"}).content.decode()
    assert "?state=draft&amp;sort=number&amp;page=2" in page
    assert "?state=draft&amp;sort=-number" in page
    assert f"{reverse('export-order', args=['agreements'])}?state=draft&amp;sort=number" in page
    assert 'aria-sort="ascending"' in page


def test_a_wrong_date_is_named_and_the_rest_still_works(at_home: Client, draft: Agreement) -> None:
    response = at_home.get(reverse("agreement-list"), {"since": "30.2.2026", "q": "塔山"})
    assert "请填写存在的日期" in response.content.decode()
    assert [row.agreement.number for row in response.context["rows"]] == [draft.number]


@pytest.mark.parametrize("asked", [{"state": "no-such"}, {"sort": "password"}, {"page": "99999"}, {"region": "x' --"}])
def test_a_made_up_address_is_no_error(at_home: Client, draft: Agreement, asked: dict[str, str]) -> None:
    assert at_home.get(reverse("agreement-list"), asked).status_code == 200


def test_order_and_pages(at_home: Client, elder_care_clerk: User, elder_care_institution: Institution) -> None:
    factories.DraftAgreementFactory.create_batch(30, drafted_by=elder_care_institution, created_by=elder_care_clerk)
    first = at_home.get(reverse("agreement-list"), {"sort": "number"}).context["rows"]
    second = at_home.get(reverse("agreement-list"), {"sort": "number", "page": "2"}).context["rows"]
    found = [row.agreement.number for row in [*first, *second]]
    assert (len(first), len(second)) == (25, 5)
    assert found == sorted(found)


def test_empty_states_say_what_to_do(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    assert "就能起草第一份协议" in client.get(reverse("agreement-list")).content.decode()
    assert "清除条件" in client.get(reverse("agreement-list"), {"q": "没有"}).content.decode()


def test_text_of_people_is_printed_literally(
    at_home: Client, blank_draft: Agreement, elder_care_institution: Institution
) -> None:
    elder_care_institution.name = "<script>alert(1)</script>{{ 7*7 }}"
    elder_care_institution.save(update_fields=["name"])
    page = at_home.get(reverse("agreement-list")).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page


@pytest.mark.parametrize("rows", [1, 50])
def test_the_number_of_queries_is_constant(
    at_home: Client,
    elder_care_clerk: User,
    elder_care_institution: Institution,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    factories.DraftAgreementFactory.create_batch(rows, drafted_by=elder_care_institution, created_by=elder_care_clerk)
    with django_assert_num_queries(13):
        # session, person, posts, unread, two lists of choices, sides, count, page, its rows, the form that begins one
        at_home.get(reverse("agreement-list"))
