"""What people are told at once when somebody acts: the other side, never whoever did it."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from filing import lifecycle as filing_lifecycle
from filing.models import Filing
from notifications.models import Notice
from tests.agreements.making import agreed, in_force, rejected, sent, signed
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db


def told(user: User) -> list[str]:
    return list(Notice.objects.visible_to(user).order_by("pk").values_list("kind", flat=True))


def test_sending_tells_the_partner(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User, stranger: User
) -> None:
    sent(draft, by=elder_care_clerk)
    assert (told(medical_clerk), told(elder_care_clerk), told(stranger)) == (["agreement_sent"], [], [])
    notice = Notice.objects.get()
    assert notice.url == f"/agreements/{draft.number}/"
    assert "越城区福星养老院 与 越城区塔山街道社区卫生服务中心" in notice.title
    assert draft.number in notice.body


def test_returning_tells_the_drafting_side_why(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    lifecycle.return_to_drafter(sent(draft, by=elder_care_clerk), by=medical_clerk, reason="第二条写不清楚")
    assert told(elder_care_clerk) == told(colleague) == ["agreement_returned"]
    assert "第二条写不清楚" in Notice.objects.filter(recipient=colleague).get().body


def test_sending_again_is_told_again(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    lifecycle.return_to_drafter(sent(draft, by=elder_care_clerk), by=medical_clerk, reason="请改")
    draft.refresh_from_db()
    sent(draft, by=elder_care_clerk)
    assert told(medical_clerk) == ["agreement_sent", "agreement_sent"]


def test_agreeing_tells_the_drafting_side(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert told(elder_care_clerk) == ["agreement_agreed"]


def test_withdrawing_tells_the_partner(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    lifecycle.withdraw(sent(draft, by=elder_care_clerk), by=elder_care_clerk)
    assert told(medical_clerk) == ["agreement_sent", "agreement_withdrawn"]
    lifecycle.discard(Agreement.objects.get(pk=draft.pk), by=elder_care_clerk)
    assert told(medical_clerk)[-1] == "agreement_discarded"


def test_discarding_what_nobody_was_shown_tells_nobody(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    lifecycle.discard(draft, by=elder_care_clerk)
    assert told(medical_clerk) == []


def test_a_verb_that_is_refused_tells_nobody(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    negotiating = sent(draft, by=elder_care_clerk)
    lifecycle.withdraw(negotiating, by=elder_care_clerk)
    with pytest.raises(WrongState):
        lifecycle.agree(negotiating, by=medical_clerk, contact={})
    assert told(elder_care_clerk) == []


def test_entering_force_tells_both_sides_until_when(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert told(elder_care_clerk)[-1] == told(colleague)[-1] == "agreement_in_force"
    assert "agreement_in_force" not in told(medical_clerk)  # she certified it
    assert "期限至2099年12月31日" in Notice.objects.filter(kind="agreement_in_force")[0].body


def test_a_rejected_scan_tells_both_sides_why_each_time(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    rejected(row, by=medical_clerk, reason="第2页缺印章")
    assert told(elder_care_clerk)[-1] == "agreement_scan_rejected"
    assert "第2页缺印章" in Notice.objects.get(kind="agreement_scan_rejected").body


def test_ending_early_tells_the_other_side(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    row = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert row.starts_on
    lifecycle.terminate(row, by=elder_care_clerk, on=row.starts_on + timedelta(days=30), reason="机构搬迁")
    assert told(medical_clerk)[-3:] == ["agreement_terminated", "filing_carried_on", "filing_carried_on"]
    assert "机构搬迁" in Notice.objects.get(kind="agreement_terminated", recipient=medical_clerk).body


def test_what_comes_in_is_told_to_the_reviewers(
    filing: Filing, elder_care_clerk: User, health_reviewer: User, civil_affairs_officer: User
) -> None:
    filing_lifecycle.submit(filing, by=elder_care_clerk)
    assert (told(health_reviewer), told(civil_affairs_officer)) == (["filing_submitted"], [])
    assert Notice.objects.get(kind="filing_submitted").url == f"/filing/{filing.pk}/"


def test_a_hand_over_is_told_to_the_other_reviewer_whoever_does_it(
    filing: Filing, elder_care_clerk: User, health_reviewer: User, second_reviewer: User
) -> None:
    row = filing_lifecycle.take_up(filing_lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    row = filing_lifecycle.hand_over(row, by=health_reviewer, to=second_reviewer)
    assert told(second_reviewer)[-1] == "filing_handed_to"
    assert "转交人：孙昇" in Notice.objects.get(kind="filing_handed_to").body
    assert "filing_handed_from" not in told(health_reviewer)
    filing_lifecycle.hand_over(row, by=health_reviewer, to=health_reviewer)
    assert told(second_reviewer)[-1] == "filing_handed_from"
    assert Notice.objects.filter(kind="filing_handed_to").count() == 1, "nobody is told of their own act"


def test_who_has_left_the_bureau_is_not_told_who_reviews_there_now(
    filing: Filing, elder_care_clerk: User, health_reviewer: User, second_reviewer: User
) -> None:
    row = filing_lifecycle.take_up(filing_lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    health_reviewer.memberships.all().delete()
    filing_lifecycle.hand_over(row, by=second_reviewer, to=second_reviewer)
    assert "filing_handed_from" not in told(health_reviewer)


def test_a_decision_is_told_to_both_parties(
    filing: Filing, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    row = filing_lifecycle.take_up(filing_lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    row = filing_lifecycle.return_(row, by=health_reviewer, reasons="扫描件第3页不清。")
    for clerk in (elder_care_clerk, medical_clerk):
        assert told(clerk)[-1] == "filing_returned"
    again = filing_lifecycle.resubmit(row, by=medical_clerk, remark="已重新扫描")
    assert told(health_reviewer) == ["filing_submitted", "filing_submitted"]
    again = filing_lifecycle.accept(filing_lifecycle.take_up(again, by=health_reviewer), by=health_reviewer)
    for clerk in (elder_care_clerk, medical_clerk):
        assert told(clerk)[-1] == "filing_accepted"
    assert again.number in Notice.objects.filter(kind="filing_accepted")[0].body


def test_an_act_that_is_undone_tells_nobody(filing: Filing, elder_care_clerk: User, health_reviewer: User) -> None:
    with transaction.atomic():
        filing_lifecycle.submit(filing, by=elder_care_clerk)
        transaction.set_rollback(True)
    assert told(health_reviewer) == []
