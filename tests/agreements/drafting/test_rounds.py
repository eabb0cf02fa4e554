"""Rounds of a negotiation: whoever gave a text back still sees it, and sees what has changed when it comes again."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.drafting.forms import PartnerForm
from agreements.lifecycle.checking import findings
from agreements.lifecycle.rounds import changed_since_return
from agreements.models import Agreement
from agreements.register.filters import AgreementFilter
from agreements.register.ledger import rows
from agreements.text.changes import Change, changed_lines, changes_between
from institutions.models import Role
from tests import factories
from tests.agreements.making import CONTACT, save, sent
from verbs.errors import Unacceptable

WHY = "第三条费用偏高，请改为 9000 元。"


@pytest.fixture
def given_back(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return lifecycle.return_to_drafter(sent(draft, by=elder_care_clerk), by=medical_clerk, reason=WHY)


def fresh(row: Agreement) -> Agreement:
    return Agreement.objects.with_parties().get(pk=row.pk)


def page_of(client: Client, user: User, name: str, *args: str) -> str:
    client.force_login(user)
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return str(response.content.decode())


def test_whoever_gave_it_back_sees_the_reason_and_the_text_as_it_was_sent(
    client: Client, given_back: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    changed = save(
        given_back, by=elder_care_clerk, step="terms", answers={**given_back.answers, "annual_fee": "7654.00"}
    )
    page = page_of(client, medical_clerk, "agreement-detail", changed.number)
    for words in (WHY, "第 1 轮", "等待对方再次送来", "12,000.00"):
        assert words in page
    assert "7,654.00" not in page, "what they make of it is their own"
    home = page_of(client, medical_clerk, "home")
    assert changed.number in home
    assert "已退回，待越城区福星养老院修改" in home


def test_whoever_gave_it_back_finds_it_in_list_and_search_with_round_and_reason(
    client: Client, given_back: Agreement, elder_care_clerk: User, medical_clerk: User, stranger: User
) -> None:
    changed = save(given_back, by=elder_care_clerk, step="terms", answers={**given_back.answers, "annual_fee": "7654"})
    client.force_login(medical_clerk)
    for asked in ({}, {"q": changed.number}, {"waits": "sent"}, {"state": "draft"}):
        page = client.get(reverse("agreement-list"), asked)
        assert [row.agreement for row in page.context["rows"]] == [changed], asked
        assert f"第 1 轮退回：{WHY}" in page.content.decode()
    assert f"第 1 轮退回：{WHY}" in page_of(client, medical_clerk, "home")
    assert changed.template_version
    found = AgreementFilter({}, user=medical_clerk).by_template(
        Agreement.objects.all(), "template", str(changed.template_version.template_id)
    )
    assert not found, "which template they choose now is their own"
    (line,) = rows(Agreement.objects.filter(pk=changed.pk), reader=medical_clerk)
    assert not {"养医联合体服务协议", "2098年1月1日至2099年12月31日"} & set(line)
    (line,) = rows(Agreement.objects.filter(pk=changed.pk), reader=elder_care_clerk)
    assert {"养医联合体服务协议", "2098年1月1日至2099年12月31日"} <= set(line)
    client.force_login(stranger)
    assert not client.get(reverse("agreement-list")).context["rows"]


def test_what_the_other_side_took_back_stands_there_too(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = lifecycle.withdraw(sent(draft, by=elder_care_clerk), by=elder_care_clerk, reason="费用写错了")
    page = page_of(client, medical_clerk, "agreement-list")
    assert row.number in page
    assert "越城区福星养老院撤回修改中" in page
    assert "第 1 轮撤回：费用写错了" in page


def test_nothing_else_of_it_is_seen_and_nobody_else_sees_it(
    client: Client, given_back: Agreement, medical_clerk: User, stranger: User, health_reviewer: User
) -> None:
    client.force_login(medical_clerk)
    for name in ("agreement-preview", "draft-resume", "agreement-signing", "copies-panel"):
        assert client.get(reverse(name, args=[given_back.number])).status_code == 404, name
    assert given_back not in Agreement.objects.visible_to(medical_clerk)
    for person in (stranger, health_reviewer):
        client.force_login(person)
        assert client.get(reverse("agreement-detail", args=[given_back.number])).status_code == 404


def test_a_draft_that_was_never_given_back_is_nobodys_business(draft: Agreement, medical_clerk: User) -> None:
    assert not Agreement.objects.returned_by(medical_clerk).exists()


def test_giving_back_leads_to_what_was_given_back(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = sent(draft, by=elder_care_clerk)
    client.force_login(medical_clerk)
    fields = {"reason": WHY, "revision": row.revision}
    response = client.post(reverse("agreement-return", args=[row.number]), fields, follow=True)
    assert response.redirect_chain[-1][0] == reverse("agreement-detail", args=[row.number])
    assert WHY in response.content.decode()
    with pytest.raises(Unacceptable, match="退回原因"):
        lifecycle.return_to_drafter(sent(fresh(row), by=elder_care_clerk), by=medical_clerk, reason="  ")


def test_what_comes_again_is_marked_where_it_reads_otherwise(
    client: Client, given_back: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = save(given_back, by=elder_care_clerk, step="terms", answers={**given_back.answers, "annual_fee": "9000.00"})
    row = sent(row, by=elder_care_clerk)
    assert [each.number for each in row.rounds.all()] == [1, 2]
    for person in (elder_care_clerk, medical_clerk):
        page = page_of(client, person, "agreement-detail", row.number)
        assert "与上一轮送出的文本相比，改了" in page
        assert "<ins>" in page


def test_what_was_sent_stays_between_the_two(
    client: Client, given_back: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """Else the next partner would read what the first was shown, and whom it named."""
    other = factories.OpenMedicalInstitutionFactory.create(region=given_back.region)
    reader = factories.MembershipFactory.create(institution=other).user
    client.force_login(elder_care_clerk)
    fields = {"partner": other.pk, "revision": given_back.revision, "go": "next"}
    client.post(reverse("draft-step", args=[given_back.number, "partner"]), fields)
    form = PartnerForm({"partner": str(other.pk), "revision": str(given_back.revision)}, agreement=given_back)
    assert "不能再换合作机构" in form.errors["partner"][0]
    assert fresh(given_back).medical == given_back.medical
    client.force_login(reader)
    assert client.get(reverse("agreement-detail", args=[given_back.number])).status_code == 404
    assert WHY in page_of(client, medical_clerk, "agreement-detail", given_back.number)


def test_whom_one_partner_named_is_nobodys_of_the_next(draft: Agreement, elder_care_clerk: User) -> None:
    other = factories.OpenMedicalInstitutionFactory.create(region=draft.region)
    row = save(draft, by=elder_care_clerk, step="contacts", contacts={**draft.contacts, "medical": CONTACT})
    form = PartnerForm({"partner": str(other.pk), "revision": str(row.revision)}, agreement=row)
    assert form.is_valid(), form.errors
    row = save(row, by=elder_care_clerk, step="partner", **form.changes())
    assert row.contact(Role.MEDICAL) == {}
    assert row.contact(Role.ELDER_CARE)


def test_sending_it_again_unchanged_is_asked_about_and_told_to_the_other_side(
    client: Client, given_back: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    (found,) = [each for each in findings(given_back) if "还没有改动" in each.text]
    assert WHY in found.text
    assert not found.blocks
    row = sent(given_back, by=elder_care_clerk)
    assert changed_since_return(row) == []
    assert "没有改动" in page_of(client, medical_clerk, "agreement-detail", row.number)


def test_one_that_was_given_up_says_so(
    client: Client, given_back: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    lifecycle.discard(given_back, by=elder_care_clerk)
    assert "已作废这份协议" in page_of(client, medical_clerk, "agreement-detail", given_back.number)
    assert given_back.number not in page_of(client, medical_clerk, "home")


def test_stretches_are_told_in_order() -> None:
    assert list(changes_between("每月查房四次", "每月查房两次")) == [
        Change("same", "每月查房"),
        Change("removed", "四"),
        Change("added", "两"),
        Change("same", "次"),
    ]


def test_a_line_that_is_gone_or_new_is_told(draft: Agreement) -> None:
    text = draft.filled_text()
    shorter = type(text)(text.title, text.lines[:-1], text.side_by_side, text.signatures)
    assert [change.kind for line in changed_lines(text, shorter) for change in line.changes] == ["removed"]
    assert [change.kind for line in changed_lines(shorter, text) for change in line.changes] == ["added"]
    assert changed_lines(text, text) == []
