"""What people are told at once when somebody acts: the other side, never whoever did it."""

import pytest

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from notifications.models import Notice
from tests.agreements.making import agreed, sent

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


def test_agreeing_and_withdrawing(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert told(elder_care_clerk) == ["agreement_agreed"]


def test_withdrawing_tells_the_partner(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    lifecycle.withdraw(sent(draft, by=elder_care_clerk), by=elder_care_clerk)
    assert told(medical_clerk) == ["agreement_sent", "agreement_withdrawn"]


def test_a_verb_that_is_refused_tells_nobody(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    negotiating = sent(draft, by=elder_care_clerk)
    lifecycle.withdraw(negotiating, by=elder_care_clerk)
    with pytest.raises(lifecycle.WrongState):
        lifecycle.agree(negotiating, by=medical_clerk, contact={})
    assert told(elder_care_clerk) == []
