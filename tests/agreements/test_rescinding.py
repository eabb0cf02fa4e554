"""What both have signed and shall not enter force: one side asks, the other agrees, and nobody does both."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import events, lifecycle
from agreements.models import Agreement
from agreements.register.worklist import waiting
from audit.log import history
from institutions.models import Institution
from notifications.models import Notice
from tests import factories
from tests.agreements.making import certified, ready, scan_pdf, signed
from tests.factories import today
from uploads.at_once import as_file
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Agreement.State
WHY = "重复签了一份"


@pytest.fixture
def both(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Signed by both, its scan waiting to be certified."""
    return signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)


@pytest.fixture
def asked(both: Agreement, elder_care_clerk: User) -> Agreement:
    return lifecycle.ask_to_rescind(both, by=elder_care_clerk, reason=WHY)


def fresh(row: Agreement) -> Agreement:
    return Agreement.objects.with_parties().get(pk=row.pk)


def test_both_together_dissolve_it_and_nothing_of_it_is_lost(
    asked: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    lifecycle.agree_to_rescind(asked, by=medical_clerk)
    row = fresh(asked)
    assert (row.state, row.end_reason, row.rescission_asked_by) == (State.RESCINDED, WHY, elder_care_clerk)
    assert row.both_signed
    assert row.frozen is not None
    assert row.frozen.voided_at is None, "it was a contract"
    assert [entry.event for entry in history(row)[:2]] == [events.Rescinded.code, events.RescissionAsked.code]


def test_neither_the_person_nor_the_side_that_asked_agrees(
    asked: Agreement, elder_care_clerk: User, colleague: User, medical_institution: Institution
) -> None:
    factories.MembershipFactory.create(user=elder_care_clerk, institution=medical_institution)
    for person in (elder_care_clerk, colleague):
        with pytest.raises(NotAllowed, match="另一方的经办人"):
            lifecycle.agree_to_rescind(asked, by=person)
    assert fresh(asked).state == State.SIGNING


def test_one_side_that_has_not_signed_withdraws_instead_and_a_reason_is_asked_for(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    row = lifecycle.record_signing(row, by=elder_care_clerk, role=row.drafting_role, on=today())
    with pytest.raises(Unacceptable, match="请直接撤回"):
        lifecycle.ask_to_rescind(row, by=elder_care_clerk, reason=WHY)
    row = lifecycle.record_signing(row, by=medical_clerk, role=row.answering_role, on=today())
    with pytest.raises(Unacceptable, match="原因"):
        lifecycle.ask_to_rescind(row, by=elder_care_clerk, reason="  ")
    with pytest.raises(Unacceptable, match="办理合意解除"):
        lifecycle.withdraw(row, by=elder_care_clerk, reason=WHY)


def test_while_it_is_asked_nothing_is_scanned_or_certified_and_afterwards_it_goes_on(
    asked: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    with pytest.raises(WrongState, match="合意解除，请先答复"):
        certified(asked, by=medical_clerk)
    with pytest.raises(WrongState, match="请先答复"):
        lifecycle.send_scan(asked, by=elder_care_clerk, file=as_file(scan_pdf(4), "再扫一次.pdf"))
    with pytest.raises(Unacceptable, match="对方已经提出"):
        lifecycle.ask_to_rescind(asked, by=medical_clerk, reason="我方也不办了")
    row = lifecycle.drop_rescission(asked, by=medical_clerk)
    assert (row.rescission_side, row.rescission_reason, row.rescission_asked_by) == ("", "", None)
    with pytest.raises(WrongState, match="没有等待答复"):
        lifecycle.agree_to_rescind(row, by=medical_clerk)
    assert certified(row, by=medical_clerk).state == State.IN_FORCE


def test_the_other_side_is_told_and_both_hear_the_end(
    asked: Agreement, medical_clerk: User, elder_care_clerk: User
) -> None:
    asking = Notice.objects.get(kind="agreement_rescission_asked")
    assert WHY in asking.body
    assert [row.recipient for row in Notice.objects.filter(kind="agreement_rescission_asked")] == [medical_clerk]
    lifecycle.agree_to_rescind(asked, by=medical_clerk)
    assert {row.recipient for row in Notice.objects.filter(kind="agreement_rescinded")} >= {elder_care_clerk}


def test_it_stands_once_in_the_work_of_who_is_asked(
    asked: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    def where(user: User) -> list[str]:
        return [slug for slug, found in waiting(user).items() if asked in found]

    assert where(medical_clerk) == ["for-me"]
    assert where(elder_care_clerk) == ["agreed"]


def test_the_pages_lead_both_sides_through(
    client: Client, both: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    there, detail = (reverse(name, args=[both.number]) for name in ("agreement-rescind", "agreement-detail"))
    client.force_login(elder_care_clerk)
    assert f'href="{there}"' in client.get(detail).content.decode()
    assert client.post(there, {"reason": ""}).status_code == 422
    assert client.post(there, {"reason": WHY}).status_code == 302
    page = client.get(there).content.decode()
    assert "等待另一方" in page
    assert "不解除了" in page
    assert "同意解除</button>" not in page
    client.force_login(colleague)
    answer = reverse("rescission-answer", args=[both.number])
    assert client.post(answer, {"answer": "agree"}).status_code == 403
    client.force_login(medical_clerk)
    assert there in client.get(reverse("agreement-signing", args=[both.number])).content.decode()
    assert WHY in client.get(detail).content.decode()
    home = client.get(reverse("home")).content.decode()
    assert "合意解除：查看并答复" in home, "it waits for them, and says for what"
    shown = client.get(there)
    assert WHY in shown.content.decode()
    response = client.post(answer, {"answer": "agree", "seen": shown.context["seen"]}, follow=True)
    assert "已合意解除" in response.content.decode()
    assert client.post(answer, {"answer": "agree"}).status_code == 409
    assert client.get(there).status_code == 409
    assert client.get(reverse("agreement-signing", args=[both.number])).status_code == 200, "what was signed stays"


def test_what_is_agreed_to_is_the_request_that_was_seen(
    client: Client, asked: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    client.force_login(medical_clerk)
    there, answers = (reverse(name, args=[asked.number]) for name in ("agreement-rescind", "rescission-answer"))
    seen = client.get(there).context["seen"]
    another = "贵方违约，应当赔偿"
    lifecycle.ask_to_rescind(asked, by=elder_care_clerk, reason=another)
    for late in ({"answer": "agree", "seen": seen}, {"answer": "agree"}, {"answer": "drop", "seen": seen}):
        page = client.post(answers, late, follow=True).content.decode()
        assert ("改过" in page, another in page) == (True, True), "it shows what is asked by now"
        assert (fresh(asked).state, fresh(asked).rescission_reason) == (State.SIGNING, another)
    assert client.post(answers, {"answer": "agree", "seen": client.get(there).context["seen"]}).status_code == 302
    assert (fresh(asked).state, fresh(asked).end_reason) == (State.RESCINDED, another)


def test_who_takes_their_own_back_does_not_decline_the_other_sides(
    client: Client, asked: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    there, answers = (reverse(name, args=[asked.number]) for name in ("agreement-rescind", "rescission-answer"))
    own = client.get(there).context["seen"]
    lifecycle.drop_rescission(asked, by=medical_clerk)
    lifecycle.ask_to_rescind(asked, by=medical_clerk, reason="我方要求")
    client.post(answers, {"answer": "drop", "seen": own})
    assert fresh(asked).rescission_reason == "我方要求"


@pytest.mark.parametrize("answer", ["", "AGREE", "yes"])
def test_an_answer_that_no_button_gives_does_nothing(
    answer: str, client: Client, asked: Agreement, medical_clerk: User
) -> None:
    client.force_login(medical_clerk)
    there, answers = (reverse(name, args=[asked.number]) for name in ("agreement-rescind", "rescission-answer"))
    client.post(answers, {"answer": answer, "seen": client.get(there).context["seen"]})
    assert (fresh(asked).state, fresh(asked).rescission_reason) == (State.SIGNING, WHY)


def test_no_day_is_mended_while_it_is_asked(
    client: Client, asked: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """The database keeps that both have signed what is to be dissolved: whoever mends their day is told so."""
    client.force_login(medical_clerk)
    there = reverse("signing-record", args=[asked.number, asked.answering_role])
    text = asked.frozen.digest if asked.frozen else ""
    answer = client.post(there, {"on": today().isoformat(), "text": text})
    assert (answer.status_code, "请先答复" in answer.content.decode()) == (409, True)
    lifecycle.drop_rescission(asked, by=medical_clerk)
    assert client.post(there, {"on": today().isoformat(), "text": text}).status_code == 302
