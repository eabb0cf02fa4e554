"""One agreement's page: who sees it, what it offers to whom, what it shows."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from audit.models import Entry
from duties.events import ContactsRead
from institutions.models import Institution
from tests import factories
from tests.agreements.making import CONTACT, agreed, sent
from tests.reading import words


def page(client: Client, user: User, agreement: Agreement) -> str:
    client.force_login(user)
    response = client.get(reverse("agreement-detail", args=[agreement.number]))
    assert response.status_code == 200
    return response.content.decode()


def offered(client: Client, user: User, agreement: Agreement) -> set[str]:
    """The acts that the page leads to."""
    acts = ("draft-resume", "agreement-discard", "agreement-agree", "agreement-return", "agreement-withdraw")
    text = page(client, user, agreement)
    return {act for act in acts if f'href="{reverse(act, args=[agreement.number])}"' in text}


@pytest.mark.parametrize("name", ["agreement-detail", "copies-panel"])
def test_a_stranger_gets_404(client: Client, draft: Agreement, stranger: User, name: str) -> None:
    client.force_login(stranger)
    assert client.get(reverse(name, args=[draft.number])).status_code == 404


def test_the_partner_gets_404_before_it_is_sent(client: Client, draft: Agreement, medical_clerk: User) -> None:
    client.force_login(medical_clerk)
    assert client.get(reverse("agreement-detail", args=[draft.number])).status_code == 404


def test_a_discarded_draft_stays_with_its_own_side(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    lifecycle.discard(draft, by=elder_care_clerk)
    assert offered(client, elder_care_clerk, draft) == set()
    client.force_login(medical_clerk)
    assert client.get(reverse("agreement-detail", args=[draft.number])).status_code == 404


def test_each_side_is_offered_its_own_acts(
    client: Client, draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    assert offered(client, colleague, draft) == {"draft-resume", "agreement-discard"}
    sent(draft, by=elder_care_clerk)
    assert offered(client, elder_care_clerk, draft) == {"agreement-withdraw"}
    assert offered(client, medical_clerk, draft) == {"agreement-agree", "agreement-return"}


def test_why_a_text_came_back_stands_on_its_page(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    lifecycle.return_to_drafter(sent(draft, by=elder_care_clerk), by=medical_clerk, reason="费用请写明。")
    assert "对方退回修改。 费用请写明。" in words(page(client, elder_care_clerk, draft))


def test_live_parties_become_frozen_ones(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User, medical_institution: Institution
) -> None:
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    old_address, medical_institution.address = medical_institution.address, "新址 99 号"
    medical_institution.save(update_fields=["address"])
    text = page(client, elder_care_clerk, draft)
    assert old_address in text
    assert "新址 99 号" not in text
    assert "定稿时的信息" in text


def test_the_text_has_clause_anchors_and_marked_blanks(
    client: Client, draft: Agreement, elder_care_clerk: User
) -> None:
    text = page(client, elder_care_clerk, draft)
    assert 'id="line-' in text
    assert 'class="blank filled"' in text
    assert "越城区塔山街道社区卫生服务中心" in text


def test_a_draft_without_partner_and_template_is_shown(
    client: Client, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    bare = factories.DraftAgreementFactory.create(drafted_by=elder_care_institution, created_by=elder_care_clerk)
    text = page(client, elder_care_clerk, bare)
    assert "尚未选择合作机构" in text
    assert "尚未选择范本" in text
    assert reverse("copies-request", args=[bare.number]) not in text


def test_the_history_is_told_in_plain_chinese(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    lifecycle.return_to_drafter(sent(draft, by=elder_care_clerk), by=medical_clerk, reason="查房次数太多")
    text = page(client, elder_care_clerk, draft)
    assert "把协议送对方确认" in text
    assert "原因：查房次数太多" in text
    assert "填写了协议（4 次）" in text


def test_the_partner_is_not_told_how_the_draft_came_about(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    sent(draft, by=elder_care_clerk)
    text = page(client, medical_clerk, draft)
    assert "把协议送对方确认" in text
    assert "填写了协议" not in text
    assert "建立了草稿" not in text


def test_the_number_of_queries_does_not_grow_with_the_history(
    client: Client, draft: Agreement, elder_care_clerk: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(elder_care_clerk)
    # Session, person, agreement, sides, the log (2), history, whose prints, renditions, posts, unread.
    with django_assert_num_queries(12):
        client.get(reverse("agreement-detail", args=[draft.number]))


def test_whose_contacts_the_page_shows_is_logged_about_their_institution(
    client: Client,
    draft: Agreement,
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    sent(draft, by=elder_care_clerk)
    looks = Entry.objects.filter(event=ContactsRead.code)
    assert CONTACT["contact_phone"] in page(client, medical_clerk, draft)
    [look] = looks
    assert (look.actor_id, look.subject_id) == (medical_clerk.pk, elder_care_institution.pk)
    assert look.data["place"] == elder_care_institution.name
    assert (look.data["whose"], look.data["number"]) == ([CONTACT["contact_name"]], draft.number)
    lifecycle.agree(Agreement.objects.get(pk=draft.pk), by=medical_clerk, contact=CONTACT)
    page(client, elder_care_clerk, draft)
    both = {elder_care_institution.pk, medical_institution.pk}
    assert set(looks.filter(actor_id=elder_care_clerk.pk).values_list("subject_id", flat=True)) == both


def test_a_page_without_contacts_logs_no_look(
    client: Client, elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    page(client, elder_care_clerk, lifecycle.start_draft(elder_care_institution, by=elder_care_clerk))
    assert not Entry.objects.filter(event=ContactsRead.code).exists()
