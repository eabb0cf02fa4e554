"""The work list: what waits for whom."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from agreements.register.worklist import groups
from institutions.models import Institution
from tests import factories
from tests.agreements.making import agreed, in_force, sent, signed


def where(user: User) -> dict[str, list[str]]:
    """The numbers in each group that is not empty."""
    found = {group.slug: [row.viewed.agreement.number for row in group.rows] for group in groups(user)}
    return {slug: numbers for slug, numbers in found.items() if numbers}


def test_a_draft_waits_with_its_own_side(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    assert where(elder_care_clerk) == {"drafts": [draft.number]}
    assert where(medical_clerk) == {}


def test_a_sent_text_waits_for_the_partner(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    sent(draft, by=elder_care_clerk)
    assert where(elder_care_clerk) == {"sent": [draft.number]}
    assert where(medical_clerk) == {"for-me": [draft.number]}


def test_who_only_signs_is_told_what_waits_with_the_clerk_of_their_own_side(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User, medical_signatory: User
) -> None:
    sent(draft, by=elder_care_clerk)
    assert where(medical_signatory) == {"for-us": [draft.number]}
    client.force_login(medical_signatory)
    page = client.get(reverse("home")).content.decode()
    assert "待本方经办人处理" in page
    assert "等待对方" not in page


def test_a_text_that_came_back_is_the_clerk_s_and_not_the_signatory_s(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User, elder_care_signatory: User
) -> None:
    lifecycle.return_to_drafter(sent(draft, by=elder_care_clerk), by=medical_clerk, reason="第二条写不清楚")
    assert where(elder_care_signatory) == {"for-us": [draft.number]}
    assert where(elder_care_clerk) == {"for-me": [draft.number]}


def test_a_returned_text_waits_for_the_drafting_side_with_its_reason(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    lifecycle.return_to_drafter(sent(draft, by=elder_care_clerk), by=medical_clerk, reason="第二条写不清楚")
    assert where(elder_care_clerk) == {"for-me": [draft.number]}
    assert where(medical_clerk) == {"sent": [draft.number]}
    client.force_login(elder_care_clerk)
    page = client.get(reverse("home")).content.decode()
    assert "第二条写不清楚" in page
    assert "已退回，待越城区福星养老院修改" in page


def test_a_final_text_is_among_the_latest(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert where(elder_care_clerk) == where(medical_clerk) == {"agreed": [draft.number]}


def test_what_is_being_signed_waits_for_the_seals(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert where(elder_care_clerk) == where(medical_clerk) == {"agreed": [draft.number]}


def test_what_is_to_be_signed_stands_before_what_is_still_being_drafted(
    client: Client, draft: Agreement, elder_care_institution: Institution, elder_care_clerk: User, medical_clerk: User
) -> None:
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    factories.DraftAgreementFactory.create(drafted_by=elder_care_institution, created_by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    page = client.get(reverse("home")).content.decode()
    assert page.index('id="agreed"') < page.index('id="drafts"')


def test_what_ends_within_90_days_is_shown_with_the_days_left(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert where(elder_care_clerk) == {}
    with time_machine.travel(datetime(2099, 10, 2, 4, tzinfo=UTC), tick=False):
        assert where(elder_care_clerk) == {"ending": [draft.number]}
        client.force_login(elder_care_clerk)
        page = client.get(reverse("home")).content.decode()
    assert "还有 90 天" in page
    assert re.search(r">\s*续签\s*<", page), "called as the button that it leads to"
    assert "办理续签" not in page
    assert "生效中，即将到期" in page


def test_a_clerk_of_both_sides_answers_for_the_partner(
    draft: Agreement, elder_care_clerk: User, medical_institution: Institution
) -> None:
    factories.MembershipFactory.create(user=elder_care_clerk, institution=medical_institution)
    sent(draft, by=elder_care_clerk)
    assert where(elder_care_clerk) == {"for-me": [draft.number]}


def test_a_stranger_has_an_empty_page_that_says_what_to_do(client: Client, draft: Agreement, stranger: User) -> None:
    client.force_login(stranger)
    page = client.get(reverse("home")).content.decode()
    assert draft.number not in page
    assert "没有等您处理的协议。" in page
    assert reverse("agreement-start") in page


def test_more_than_ten_are_counted_and_led_to(
    client: Client, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    factories.DraftAgreementFactory.create_batch(12, drafted_by=elder_care_institution, created_by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    page = client.get(reverse("home")).content.decode()
    assert "查看全部 12 份" in page
    assert f"{reverse('agreement-list')}?waits=drafts" in page


def test_the_list_behind_a_group_holds_the_group_and_nothing_else(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """One side has entered its day: still to be signed, though the text is no longer only agreed."""
    signing = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    factories.DraftAgreementFactory.create(drafted_by=signing.drafted_by, created_by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    for group in groups(elder_care_clerk):
        page = client.get(group.more_url)
        assert page.context["page"].paginator.count == group.total, group.slug
        assert [row.agreement for row in page.context["rows"]] == [row.viewed.agreement for row in group.rows]
        assert not group.total or f"待办“{group.title}”" in page.content.decode()
    assert {group.slug for group in groups(elder_care_clerk) if group.total} == {"drafts", "agreed"}
    unknown = client.get(reverse("agreement-list"), {"waits": "x"})
    assert unknown.context["page"].paginator.count == 2


@pytest.mark.parametrize("rows", [1, 9])
def test_the_number_of_queries_is_constant(
    client: Client,
    elder_care_clerk: User,
    elder_care_institution: Institution,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    factories.DraftAgreementFactory.create_batch(rows, drafted_by=elder_care_institution, created_by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    # session, person, posts for page and for frame, unread, sides, five groups, the rows of one; seats (2), three
    # groups of filings, eligibility, the institutions with the rounds that ask each, the form that begins a draft,
    # signatories, one's own request, seals and batches
    with django_assert_num_queries(25):
        client.get(reverse("home"))
