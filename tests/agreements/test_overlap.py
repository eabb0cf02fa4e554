"""Two agreements of a pair on one template for the same days: told at the first step, refused before anybody signs."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.checking import blocking, findings
from agreements.lifecycle.errors import Incomplete
from agreements.lifecycle.overlap import in_the_way, pending_beside
from agreements.lifecycle.succession import RENEWAL_OPENS
from agreements.models import Agreement, AgreementKind, TemplateVersion
from chinese.dates import cn_day
from tests import factories
from tests.agreements.making import CONTACT, agreed, certified, complete_draft, in_force, save, sent, signed
from tests.factories import today
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Agreement.State


@pytest.fixture
def sickbed(published: dict[str, TemplateVersion]) -> TemplateVersion:
    """One year from the day on which both have signed."""
    return published["shaoxing-2024-home-sickbed"]


@pytest.fixture
def first(draft: Agreement, sickbed: TemplateVersion, elder_care_clerk: User) -> Agreement:
    draft = save(draft, by=elder_care_clerk, step="template", template_version=sickbed)
    return again(draft, by=elder_care_clerk)


@pytest.fixture
def running(first: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return in_force(first, drafter=elder_care_clerk, answerer=medical_clerk)


@pytest.fixture
def other(running: Agreement, elder_care_clerk: User) -> Agreement:
    """A draft for the same days."""
    return again(running, by=elder_care_clerk)


def again(like: Agreement, *, by: User) -> Agreement:
    """Return a complete draft between the same two on the same template."""
    assert like.elder_care
    assert like.medical
    return complete_draft(like.elder_care, like.medical, like.chosen_version, by=by)


def fresh(row: Agreement) -> Agreement:
    return Agreement.objects.with_parties().get(pk=row.pk)


def test_a_text_for_the_same_days_is_not_sent_and_told_which_and_what_to_do(
    running: Agreement, other: Agreement, elder_care_clerk: User
) -> None:
    with pytest.raises(Incomplete, match=f"{running.number}.*期限重叠.*换签"):
        sent(other, by=elder_care_clerk)
    assert fresh(other).state == State.DRAFT
    (found,) = blocking(findings(other))
    assert (found.step, found.leads_to) == ("template", running.number)


def test_in_its_last_days_the_renewal_is_what_it_leads_to(running: Agreement, other: Agreement) -> None:
    assert running.expires_on
    soon = running.expires_on - timedelta(days=20)
    (found,) = blocking(findings(other, on=soon))
    assert "办理续签" in found.text
    assert not blocking(findings(other, on=running.expires_on + timedelta(days=1)))


def test_of_dates_the_day_after_is_welcome_and_the_last_day_is_not(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    old = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    new = again(old, by=elder_care_clerk)
    for starts, stands in (("2099-12-31", True), ("2100-01-01", False)):
        dates = {"valid_from": starts, "valid_to": "2101-12-31"}
        new = save(new, by=elder_care_clerk, step="terms", answers={**new.answers, **dates})
        assert [found.field for found in blocking(findings(new))] == (["valid_from"] if stands else [])
        if stands:
            assert "2100年1月1日或者以后" in blocking(findings(new))[0].text


def test_what_was_sent_before_is_not_agreed_to_afterwards(
    first: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    late = sent(again(first, by=elder_care_clerk), by=elder_care_clerk)
    running = in_force(first, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(Incomplete, match=running.number):
        lifecycle.agree(late, by=medical_clerk, contact=CONTACT)
    assert fresh(late).state == State.NEGOTIATING


def test_another_template_another_partner_and_a_supplement_are_in_nobodys_way(
    running: Agreement, elder_care_clerk: User, published: dict[str, TemplateVersion]
) -> None:
    assert running.elder_care
    assert running.medical
    consortium = published["shaoxing-2024-consortium"]
    elsewhere = factories.OpenMedicalInstitutionFactory.create(region=running.region)
    by_another = complete_draft(running.elder_care, running.medical, consortium, by=elder_care_clerk)
    with_another = complete_draft(running.elder_care, elsewhere, running.chosen_version, by=elder_care_clerk)
    supplement = lifecycle.start_supplement(running, by=elder_care_clerk)
    for row in (by_another, with_another, supplement):
        assert in_the_way(fresh(row), on=today()) is None
        assert not pending_beside(row).exists()


def test_of_two_under_way_each_names_the_other(first: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    second = again(first, by=elder_care_clerk)
    one = agreed(first, drafter=elder_care_clerk, answerer=medical_clerk)
    (found,) = [each for each in findings(second) if each.leads_to]
    assert (found.leads_to, found.blocks) == (one.number, False)
    assert "文本已定" in found.text
    sent(second, by=elder_care_clerk)


def test_the_picker_the_template_and_the_check_say_it_and_lead_there(
    client: Client, running: Agreement, other: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    there = reverse("agreement-detail", args=[running.number])
    said = {"partner": "期限重叠时不能按同一范本再签", "template": "按这份范本已有一份生效的协议", "check": "必须处理"}
    for step, words in said.items():
        page = client.get(reverse("draft-step", args=[other.number, step])).content.decode()
        assert words in page, step
        assert f'href="{there}"' in page, step
    assert running.expires_on
    opens = cn_day(running.expires_on - RENEWAL_OPENS)
    late = running.expires_on - timedelta(days=20)
    for step in ("partner", "template"):
        address = reverse("draft-step", args=[other.number, step])
        early = client.get(address).content.decode()
        assert f"续签从{opens}起办理；现在就要换一份的，请在那份协议上办理换签。" in early, step
        with time_machine.travel(datetime(late.year, late.month, late.day, 4, tzinfo=UTC), tick=False):
            client.force_login(elder_care_clerk)
            then = client.get(address).content.decode()
        assert "要接着合作，请在那份协议上办理续签。" in then, step
        assert "换签" not in then.partition("<main")[2], step
    client.force_login(elder_care_clerk)
    response = client.post(reverse("agreement-send", args=[other.number]), {"revision": other.revision}, follow=True)
    assert "没有送出" in response.content.decode()


def test_the_picker_asks_no_more_for_ten_agreements_than_for_one(
    client: Client, running: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    drafts = [again(running, by=elder_care_clerk)]
    address = reverse("draft-step", args=[drafts[0].number, "partner"])
    client.get(address)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
        drafts += [again(running, by=elder_care_clerk) for _ in range(9)]
    assert counts[0] == counts[1]


def test_the_signing_page_says_what_came_between_and_how_to_get_out(
    client: Client, first: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    second = signed(again(first, by=elder_care_clerk), drafter=elder_care_clerk, answerer=medical_clerk)
    third = agreed(again(first, by=elder_care_clerk), drafter=elder_care_clerk, answerer=medical_clerk)
    running = in_force(first, drafter=elder_care_clerk, answerer=medical_clerk)
    client.force_login(medical_clerk)
    for row, cure in ((second, "办理合意解除"), (third, "可以撤回")):
        page = client.get(reverse("agreement-signing", args=[row.number])).content.decode()
        assert running.number in page
        assert cure in page
    with pytest.raises(WrongState, match=f"{running.number}.*重叠.*合意解除"):
        certified(second, by=medical_clerk)
    assert fresh(second).state == State.SIGNING


def test_a_replacement_ends_the_old_one_the_day_before_when_both_have_accepted_that(
    running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    new = lifecycle.start_replacement(running, by=elder_care_clerk)
    assert lifecycle.start_replacement(running, by=medical_clerk) == new, "one for both sides"
    assert (new.kind, new.predecessor) == (AgreementKind.REPLACEMENT, running)
    assert not blocking(findings(new))
    new = sent(new, by=elder_care_clerk)
    with pytest.raises(Unacceptable, match=f"原协议 {running.number}.*前一天结束"):
        lifecycle.agree(new, by=medical_clerk, contact=CONTACT)
    assert fresh(new).state == State.NEGOTIATING


def test_only_what_is_in_force_and_no_supplement_is_replaced_and_only_by_its_parties(
    running: Agreement, first: Agreement, elder_care_clerk: User, stranger: User
) -> None:
    with pytest.raises(NotAllowed):
        lifecycle.start_replacement(running, by=stranger)
    supplement = lifecycle.start_supplement(running, by=elder_care_clerk)
    for row in (supplement, again(running, by=elder_care_clerk)):
        with pytest.raises(WrongState, match="主协议才能换签"):
            lifecycle.start_replacement(row, by=elder_care_clerk)
    assert not running.successors.filter(kind=AgreementKind.REPLACEMENT).exists()


def test_the_answering_side_ticks_the_sentence_and_the_page_keeps_what_was_typed(
    client: Client, running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    new = sent(lifecycle.start_replacement(running, by=elder_care_clerk), by=elder_care_clerk)
    client.force_login(medical_clerk)
    address = reverse("agreement-agree", args=[new.number])
    assert client.get(address).content.decode().count(f"原协议 {running.number}") == 1, "once, where it is ticked"
    seen = {"revision": new.revision, "text": fresh(new).filled_text().digest}
    typed = {**CONTACT, "signatory_name": "钱堃", **seen}
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert "换签要双方都同意" in refused.content.decode()
    assert "钱堃" in refused.content.decode()
    assert client.post(address, {**typed, "ends_the_old": "on"}).status_code == 302
    assert fresh(new).state == State.AGREED
