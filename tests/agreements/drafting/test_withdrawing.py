"""The page on which a text is taken back to draft: who may, when a reason is wanted, and what is kept."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.scans import waiting_sheets
from agreements.models import Agreement, Scan
from boundary.refused import UploadRefused
from institutions.models import Role
from tests.agreements.making import agreed, certified, in_force, ready, save, scan_pdf, scans_of, sent, signed
from tests.uploading import attach_scan, judge_all, place
from uploads.at_once import as_file
from uploads.models import Upload

State = Agreement.State


def address(agreement: Agreement) -> str:
    return reverse("agreement-withdraw", args=[agreement.number])


def state_of(agreement: Agreement) -> str:
    return Agreement.objects.get(pk=agreement.pk).state


def signing(agreement: Agreement) -> str:
    return reverse("agreement-signing", args=[agreement.number])


@pytest.fixture
def running(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)


@pytest.fixture
def frozen(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def test_a_text_only_sent_goes_back_to_its_drafter_with_or_without_a_reason(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = sent(draft, by=elder_care_clerk)
    client.force_login(medical_clerk)
    assert client.post(address(row)).status_code == 403
    client.force_login(elder_care_clerk)
    assert "撤回原因（可不填）" in client.get(address(row)).content.decode()
    assert client.post(address(row)).headers["Location"] == reverse("draft-step", args=[row.number, "terms"])
    assert state_of(row) == State.DRAFT
    client.force_login(medical_clerk)
    shown = client.get(reverse("agreement-detail", args=[row.number]))
    assert "已撤回这份协议" in shown.content.decode()
    assert shown.context["round"].text == draft.filled_text(), "what they were shown, and nothing that is mended since"


def test_its_drafter_takes_a_frozen_text_back_without_a_reason_while_nobody_has_signed(
    client: Client, frozen: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    page = client.get(address(frozen)).content.decode()
    assert "编号不变" in page
    assert "不再使用" not in page
    assert client.post(address(frozen), {"reason": ""}).status_code == 302
    row = Agreement.objects.get(pk=frozen.pk)
    assert (row.state, row.number, row.return_reason) == (State.DRAFT, frozen.number, "")
    text = row.frozen_texts.get()
    detail = client.get(reverse("agreement-detail", args=[row.number])).content.decode()
    assert text.digest in detail
    assert "已撤回修改，编号不变" in detail
    copy = text.renditions.get().counterparts.all()[0]
    where = reverse("copy-download", args=[row.number, text.renditions.get().pk, copy.number])
    assert where in detail
    for each in (where, reverse("print-download", args=[row.number, text.renditions.get().pk])):
        given = client.get(each)
        assert b"".join(given).startswith(b"%PDF")
        assert "%E5%B7%B2%E4%BD%9C%E5%BA%9F" in given.headers["Content-Disposition"], "已作废 is in its name"


@pytest.mark.parametrize("person", ["elder_care_clerk", "medical_clerk", "colleague"])
def test_a_text_that_one_side_has_signed_is_taken_back_by_either_with_a_reason(
    person: str, client: Client, frozen: Agreement, elder_care_clerk: User, request: pytest.FixtureRequest
) -> None:
    lifecycle.record_signing(frozen, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    client.force_login(request.getfixturevalue(person))
    detail = client.get(reverse("agreement-detail", args=[frozen.number])).content.decode()
    assert address(frozen) in detail
    refused = client.post(address(frozen), {"reason": "  "})
    assert refused.status_code == 422
    assert "请写明撤回的原因" in refused.content.decode()
    assert state_of(frozen) == State.SIGNING
    assert client.post(address(frozen), {"reason": "费用没有谈妥"}).status_code == 302
    assert state_of(frozen) == State.DRAFT
    shown = client.get(reverse("agreement-detail", args=[frozen.number])).content.decode()
    assert "费用没有谈妥" in shown


def test_what_was_scanned_of_a_voided_text_is_refused_for_the_next(
    client: Client, frozen: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    today = timezone.localdate()
    row = lifecycle.record_signing(frozen, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    old = attach_scan(row, by=elder_care_clerk, content=scan_pdf(), name="旧.pdf")
    under_way = lifecycle.send_scan(row, by=elder_care_clerk, file=as_file(scan_pdf(2), "路上.pdf"))
    row = lifecycle.withdraw(row, by=medical_clerk, reason="费用没有谈妥")
    client.force_login(elder_care_clerk)
    for page in (client.get(signing(row)), client.post(reverse("scan-attach", args=[row.number]))):
        assert page.status_code == 409
        assert "已作废的文本" in page.content.decode()
    row = ready(row, drafter=elder_care_clerk, answerer=medical_clerk)
    for clerk, role in ((elder_care_clerk, Role.ELDER_CARE), (medical_clerk, Role.MEDICAL)):
        row = lifecycle.record_signing(row, by=clerk, role=role, on=today)
    old.refresh_from_db()
    assert (old.state, scans_of(row)) == (Scan.State.VOIDED, frozenset())
    judge_all()
    under_way.refresh_from_db()
    assert (under_way.state, "已作废的文本" in under_way.reason) == ("refused", True)
    with pytest.raises(UploadRefused, match="已作废的文本"):
        attach_scan(row, by=elder_care_clerk, content=scan_pdf(), name="旧.pdf")
    attach_scan(row, by=elder_care_clerk, content=scan_pdf(4), name="新.pdf")
    assert certified(row, by=medical_clerk).state == State.IN_FORCE


def test_a_page_opened_for_a_voided_text_neither_dates_nor_scans_the_next(
    client: Client, frozen: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    client.force_login(medical_clerk)
    opened = client.get(signing(frozen)).context["text"]
    row = lifecycle.withdraw(frozen, by=elder_care_clerk)
    row = ready(row, drafter=elder_care_clerk, answerer=medical_clerk)
    assert row.revision == frozen.revision, "nothing else would tell the two apart"
    record = reverse("signing-record", args=[row.number, "medical"])
    day = {"on": str(timezone.localdate())}
    for stale in ({"text": opened}, {}):
        late = client.post(record, day | stale)
        assert (late.status_code, "重新定稿的文本" in late.content.decode()) == (422, True)
    assert state_of(row) == State.AGREED
    assert client.post(record, day | {"text": late.context["text"]}).status_code == 302
    for stale in ({"text": opened}, {}):
        late = client.post(
            reverse("scan-attach", args=[row.number]), {"scans": [as_file(scan_pdf(3), "旧.pdf")], **stale}
        )
        assert (late.status_code, "已作废的文本" in late.content.decode()) == (422, True)
    assert not Upload.objects.exists()


def test_the_pages_of_the_next_text_are_its_own(frozen: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    today = timezone.localdate()
    row = lifecycle.record_signing(frozen, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    old = attach_scan(row, by=elder_care_clerk, content=scan_pdf(), name="旧.pdf")
    place(row, by=elder_care_clerk, copy=4, pages={old.pk: [1, 2, 3]})
    row = lifecycle.withdraw(row, by=elder_care_clerk, reason="费用没有谈妥")
    row = ready(row, drafter=elder_care_clerk, answerer=medical_clerk)
    row = lifecycle.record_signing(row, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    new = attach_scan(row, by=elder_care_clerk, content=scan_pdf(4), name="新.pdf")
    assert new.shown == "第 1 份正本第 1–3 页"
    assert [sheet.place for sheet in waiting_sheets(row)] == ["1-1", "1-2", "1-3", "0"], "and none of the void text"


def test_a_renewal_is_taken_back_to_a_draft_that_still_follows(
    running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    renewal = lifecycle.start_replacement(running, by=elder_care_clerk)
    dates = {"valid_from": "2098-06-01", "valid_to": "2101-12-19"}
    renewal = save(renewal, by=elder_care_clerk, step="terms", answers={**renewal.answers, **dates})
    row = agreed(renewal, drafter=elder_care_clerk, answerer=medical_clerk)
    back = lifecycle.withdraw(row, by=elder_care_clerk)
    assert (back.state, back.kind, back.predecessor) == (State.DRAFT, "replacement", running)
    assert agreed(back, drafter=elder_care_clerk, answerer=medical_clerk).state == State.AGREED


def test_discarding_asks_once_and_says_that_it_is_final(
    client: Client, frozen: Agreement, elder_care_clerk: User
) -> None:
    row = lifecycle.withdraw(frozen, by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    where = reverse("agreement-discard", args=[row.number])
    page = client.get(where).content.decode()
    assert "不能恢复" in page
    assert "会收到已经作废的通知" in page
    assert state_of(row) == State.DRAFT
    assert client.post(where).status_code == 302
    assert state_of(row) == State.DISCARDED


def test_a_stranger_sees_nothing_to_withdraw(client: Client, frozen: Agreement, stranger: User) -> None:
    client.force_login(stranger)
    assert client.post(address(frozen), {"reason": "别人的协议"}).status_code == 404
    assert state_of(frozen) == State.AGREED


def test_what_both_have_signed_keeps_what_was_typed_and_says_why_not(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    client.force_login(medical_clerk)
    page = client.post(address(row), {"reason": "反悔"})
    assert page.status_code == 422
    assert "协议已经成立" in page.content.decode()
    assert "反悔" in page.content.decode()
    assert address(row) not in client.get(reverse("agreement-detail", args=[row.number])).content.decode()


def test_what_one_side_has_signed_may_still_be_given_up(
    client: Client, frozen: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    assert frozen.agreed_at
    lifecycle.record_signing(frozen, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate(frozen.agreed_at))
    client.force_login(medical_clerk)
    assert client.post(address(frozen), {"reason": "费用没有谈妥"}).status_code == 302
    assert state_of(frozen) == State.DRAFT


def test_what_is_a_draft_again_is_not_withdrawn_again(client: Client, draft: Agreement, elder_care_clerk: User) -> None:
    row = lifecycle.withdraw(sent(draft, by=elder_care_clerk), by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    assert client.post(address(row)).status_code == 409
