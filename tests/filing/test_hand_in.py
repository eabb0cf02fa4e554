"""A bad scan is found though nobody returned the copy: scanned again, certified, handed in beside the filing (补报)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle as agreements
from agreements.models import Agreement
from audit.log import history
from filing import handing_in, lifecycle, rescans
from filing.ledger import COLUMNS, rows
from filing.models import Filing, FilingQuerySet, HandIn, RescanCall
from filing.objections import objections
from filing.papers import certified_scans
from filing.states import HandInState
from filing.worklist import groups, how_many_wait
from institutions.models import Authority
from notifications.models import Notice
from tests import factories
from tests.agreements.making import scan_pdf
from tests.exporting import workbook
from tests.filing.fixtures import InState, scanned_again
from tests.uploading import attach_scan
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Filing.State


def events_of(agreement: Agreement) -> list[str]:
    return [entry.event for entry in history(agreement).order_by("sequence")]


def test_a_hand_in_that_was_sent_back_is_offered_again_once_its_new_scan_is_certified(
    client: Client, handed_in: HandIn, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    filing = handing_in.send_back(handed_in, by=health_reviewer, reasons="还是看不清").filing
    address = reverse("filing-detail", args=[filing.pk])
    client.force_login(elder_care_clerk)
    [_, due] = client.get(address).context["corrections"].hand_ins
    assert (due.is_there, "重新上传扫描件" in client.get(address).content.decode()) == (False, True)
    scanned_again(filing.agreement, elder_care_clerk, medical_clerk, pages=2)
    [_, due] = client.get(address).context["corrections"].hand_ins
    page = client.get(address).content.decode()
    assert (due.is_there, "重新上传扫描件" in page, "新的扫描件已经上传、核验" in page) == (True, False, True)


def test_a_hand_in_that_nobody_looked_at_in_time_is_late_in_the_lists_and_on_the_work_list(
    client: Client, handed_in: HandIn, health_reviewer: User
) -> None:
    filing, due = handed_in.filing, handed_in.review_due_on
    assert due is not None

    def shown() -> tuple[str, list[int], list[int], list[int]]:
        client.force_login(health_reviewer)
        page = client.get(reverse("filing-list"), {"group": "late"})
        home = {group.slug: [row.filing.pk for row in group.rows] for group in groups(health_reviewer, reviews=True)}
        listed = [row.filing.pk for row in page.context["rows"]]
        return page.content.decode(), listed, home["filing-late"], home["filing-hand-ins"]

    assert shown()[1:] == ([], [], [filing.pk]), "there is time yet"
    with time_machine.travel(timezone.now() + (due - factories.today()) + timedelta(days=1)):
        page, *found = shown()
        assert found == [[filing.pk], [filing.pk], []], "it stands under one heading"
        assert "补报待查收，超期 1 天" in page
        assert "查收补报" in page
        late = dict(zip((name for group in COLUMNS for name, _ in group), next(rows(_clocked(filing))), strict=True))
        assert late["逾期"] == "查收补报已超期"
        handing_in.note(handed_in, by=health_reviewer)
        assert shown()[1] == []


def _clocked(filing: Filing) -> FilingQuerySet:
    return Filing.objects.filter(pk=filing.pk).with_parties().with_clock(factories.today())


def test_a_corrected_scan_of_an_accepted_filing_is_taken_note_of(
    accepted: Filing, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    before = Filing.objects.values().get(pk=accepted.pk)
    agreement = Agreement.objects.values().get(pk=accepted.agreement_id)
    old = accepted.agreement.scans.get()
    logged = len(events_of(accepted.agreement))
    rescans.ask(accepted, by=elder_care_clerk, reason="第二页缺角")
    new = scanned_again(accepted.agreement, elder_care_clerk, medical_clerk)
    row = accepted.hand_ins.get()
    assert (row.state, row.scans) == (HandInState.DUE, [])
    row = handing_in.hand_in(row, by=medical_clerk, remark="已换第二页")
    assert row.scans == [old.sha256, new.sha256], "the old first page stands beside the new second"
    row = handing_in.note(row, by=health_reviewer)
    assert (row.state, row.decided_by) == (HandInState.NOTED, health_reviewer)
    assert Filing.objects.values().get(pk=accepted.pk) == before, "number and days are as they were"
    assert Agreement.objects.values().get(pk=accepted.agreement_id) == agreement
    assert certified_scans(Filing.objects.with_parties().get(pk=accepted.pk)) == [old], "as it was filed then"
    assert RescanCall.objects.get().state == RescanCall.State.DONE
    assert [code for code in events_of(accepted.agreement)[logged:] if code.startswith("filing.")] == [
        "filing.rescan_asked",
        "filing.rescan_done",
        "filing.hand_in_opened",
        "filing.handed_in",
        "filing.hand_in_noted",
    ]


def test_every_authority_that_has_the_old_scan_gets_the_new_one(
    filings: dict[str, Filing], in_state: InState, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    """One returned it, one has accepted it: the return is answered as ever, the other gets a hand-in."""
    accepted = in_state(State.ACCEPTED)
    other = lifecycle.submit(filings[Authority.Kind.CIVIL_AFFAIRS], by=elder_care_clerk)
    rescans.ask(other, by=medical_clerk, reason="第二页缺角")
    scanned_again(accepted.agreement, elder_care_clerk, medical_clerk)
    assert {row.filing for row in HandIn.objects.all()} == {accepted, other}


def test_what_is_due_takes_the_new_scan_along(filing: Filing, elder_care_clerk: User, medical_clerk: User) -> None:
    rescans.ask(filing, by=elder_care_clerk, reason="第二页缺角")
    new = scanned_again(filing.agreement, elder_care_clerk, medical_clerk)
    assert not HandIn.objects.exists()
    assert new in certified_scans(lifecycle.submit(filing, by=elder_care_clerk))


def test_an_authority_asks_for_it(
    accepted: Filing, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    call = rescans.ask(accepted, by=health_reviewer, reason="印章看不清")
    assert call.authority == accepted.authority
    told = Notice.objects.filter(kind="filing_rescan_asked")
    assert {notice.recipient for notice in told} == {elder_care_clerk, medical_clerk}
    assert "越城区卫生健康局要求重新扫描（印章看不清）" in rescans.wanted(accepted.agreement)
    with pytest.raises(NotAllowed):
        rescans.drop(call, by=elder_care_clerk)
    scanned_again(accepted.agreement, elder_care_clerk, medical_clerk)
    assert accepted.hand_ins.get().state == HandInState.DUE


def test_a_call_is_dropped_only_before_a_new_file_is_there(
    accepted: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = accepted.agreement
    call = rescans.ask(accepted, by=elder_care_clerk, reason="第二页缺角")
    scan = attach_scan(row, by=elder_care_clerk, content=scan_pdf(1), name="第二页.pdf")
    with pytest.raises(WrongState, match="已经有人按这个要求上传"):
        rescans.drop(call, by=medical_clerk)
    agreements.take_back_scan(row, by=elder_care_clerk, scan=scan.pk)
    assert rescans.drop(call, by=medical_clerk).state == RescanCall.State.DROPPED
    assert rescans.wanted(row) == ""
    with pytest.raises(WrongState, match="重新扫描的要求现在是"):
        rescans.drop(call, by=medical_clerk)
    assert rescans.ask(accepted, by=medical_clerk, reason="还是看不清").pk != call.pk


@pytest.mark.parametrize("state", [State.RETURNED, State.CLOSED])
def test_nobody_asks_where_there_is_another_way(state: State, in_state: InState, elder_care_clerk: User) -> None:
    with pytest.raises(WrongState):
        rescans.ask(in_state(state), by=elder_care_clerk, reason="第二页缺角")


@pytest.mark.parametrize("state", [State.SUBMITTED, State.UNDER_REVIEW])
def test_a_reviewer_returns_what_is_not_accepted_yet(state: State, in_state: InState, health_reviewer: User) -> None:
    with pytest.raises(WrongState, match="退回补正"):
        rescans.ask(in_state(state), by=health_reviewer, reason="印章看不清")


def test_asking_says_why_and_is_said_once(accepted: Filing, elder_care_clerk: User, medical_clerk: User) -> None:
    with pytest.raises(Unacceptable):
        rescans.ask(accepted, by=elder_care_clerk, reason=" ")
    rescans.ask(accepted, by=elder_care_clerk, reason="第二页缺角")
    with pytest.raises(WrongState, match="不必再提"):
        rescans.ask(accepted, by=medical_clerk, reason="我也看不清")


def test_what_is_sent_back_is_due_again_and_may_be_scanned_again(
    handed_in: HandIn, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    row = handing_in.send_back(handed_in, by=health_reviewer, reasons="还是看不清")
    filing = row.filing
    again = filing.hand_ins.get(state=HandInState.DUE)
    assert (row.state, again.previous, again.round) == (HandInState.RETURNED, row, 2)
    assert "退回补报（还是看不清），可以重新上传扫描件" in rescans.wanted(filing.agreement)
    new = scanned_again(filing.agreement, medical_clerk, elder_care_clerk, pages=2)
    assert filing.hand_ins.get(state=HandInState.DUE) == again, "it is the same one that is due"
    again = handing_in.hand_in(again, by=medical_clerk, remark="又换了第二页")
    assert new.sha256 in again.scans
    assert handing_in.note(again, by=health_reviewer).state == HandInState.NOTED
    assert Filing.objects.get(pk=filing.pk).state == State.ACCEPTED


def test_a_later_hand_in_replaces_one_that_waits(
    handed_in: HandIn, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    filing = handed_in.filing
    rescans.ask(filing, by=medical_clerk, reason="第二页还是缺角")
    scanned_again(filing.agreement, medical_clerk, elder_care_clerk, pages=2)
    later = handing_in.hand_in(filing.hand_ins.get(state=HandInState.DUE), by=medical_clerk, remark="再换")
    handed_in.refresh_from_db()
    assert (handed_in.state, later.previous) == (HandInState.REPLACED, handed_in)
    with pytest.raises(WrongState):
        handing_in.note(handed_in, by=health_reviewer)


@pytest.fixture
def reviewed(in_state: InState, elder_care_clerk: User, medical_clerk: User) -> HandIn:
    """A corrected scan has been handed in while the copy is under review."""
    filing = in_state(State.UNDER_REVIEW)
    rescans.ask(filing, by=elder_care_clerk, reason="第二页缺角")
    scanned_again(filing.agreement, elder_care_clerk, medical_clerk)
    return handing_in.hand_in(filing.hand_ins.get(), by=medical_clerk, remark="已换第二页")


def test_accepting_what_is_under_review_notes_the_corrected_scan_too(reviewed: HandIn, health_reviewer: User) -> None:
    with pytest.raises(WrongState, match="直接受理备案"):
        handing_in.note(reviewed, by=health_reviewer)
    with pytest.raises(WrongState, match="补报了新的扫描件"):
        lifecycle.accept(reviewed.filing, by=health_reviewer, hand_in_seen=0)
    lifecycle.accept(reviewed.filing, by=health_reviewer, hand_in_seen=reviewed.pk)
    reviewed.refresh_from_db()
    assert reviewed.state == HandInState.NOTED


def test_a_batch_leaves_what_came_later_to_a_person(reviewed: HandIn) -> None:
    found = objections([reviewed.filing])[reviewed.filing_id]
    assert "补报的扫描件" in [check.subject for check in found]


def test_a_return_makes_an_earlier_hand_in_needless(
    reviewed: HandIn, elder_care_clerk: User, health_reviewer: User
) -> None:
    returned = lifecycle.return_(reviewed.filing, by=health_reviewer, reasons="机构名称不一致")
    reviewed.refresh_from_db()
    assert reviewed.state == HandInState.REPLACED
    again = lifecycle.resubmit(returned, by=elder_care_clerk, remark="已核对")
    assert reviewed.scans == [scan.sha256 for scan in certified_scans(again)], "the newest goes along"


def test_withdrawing_makes_an_earlier_hand_in_needless(
    in_state: InState, elder_care_clerk: User, medical_clerk: User
) -> None:
    filing = in_state(State.SUBMITTED)
    rescans.ask(filing, by=elder_care_clerk, reason="第二页缺角")
    scanned_again(filing.agreement, elder_care_clerk, medical_clerk)
    lifecycle.withdraw(filing, by=elder_care_clerk)
    assert filing.hand_ins.get().state == HandInState.REPLACED


def test_nothing_is_handed_in_while_a_scan_waits_for_its_second_person(
    due: HandIn, elder_care_clerk: User, medical_clerk: User
) -> None:
    rescans.ask(due.filing, by=elder_care_clerk, reason="还有第一页")
    attach_scan(due.filing.agreement, by=elder_care_clerk, content=scan_pdf(2), name="再扫.pdf")
    with pytest.raises(WrongState, match="还没有核验"):
        handing_in.hand_in(due, by=medical_clerk, remark="已换")


def test_words_are_wanted(due: HandIn, medical_clerk: User, health_reviewer: User) -> None:
    with pytest.raises(Unacceptable):
        handing_in.hand_in(due, by=medical_clerk, remark=" ")
    row = handing_in.hand_in(due, by=medical_clerk, remark="已换")
    with pytest.raises(Unacceptable):
        handing_in.send_back(row, by=health_reviewer, reasons=" ")


def test_it_stands_in_the_lists_of_those_whose_turn_it_is(
    due: HandIn, medical_clerk: User, health_reviewer: User, supervisor: User
) -> None:
    def waits(user: User, *, reviews: bool) -> tuple[list[str], int]:
        rows = [row.next_act.word for group in groups(user, reviews=reviews) for row in group.rows]
        return rows, how_many_wait(user, reviews=reviews)

    assert waits(medical_clerk, reviews=False)[0].count("补报") == 1
    mine = how_many_wait(medical_clerk, reviews=False)
    assert waits(health_reviewer, reviews=True) == ([], 0)
    row = handing_in.hand_in(due, by=medical_clerk, remark="已换第二页")
    assert "补报" not in waits(medical_clerk, reviews=False)[0]
    assert how_many_wait(medical_clerk, reviews=False) == mine - 1
    assert waits(health_reviewer, reviews=True) == (["查收补报"], 1)
    handing_in.note(row, by=health_reviewer)
    assert waits(health_reviewer, reviews=True) == ([], 0)


def test_each_step_is_told_to_those_who_wait(
    due: HandIn, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    def told(kind: str) -> set[User]:
        return {notice.recipient for notice in Notice.objects.filter(kind=kind)}

    assert told("filing_hand_in_due") == {elder_care_clerk}, "the other one has certified it"
    row = handing_in.hand_in(due, by=medical_clerk, remark="已换第二页")
    assert told("filing_handed_in") == {health_reviewer}
    handing_in.send_back(row, by=health_reviewer, reasons="还是看不清")
    assert told("filing_hand_in_returned") == {elder_care_clerk, medical_clerk}
    again = handing_in.hand_in(due.filing.hand_ins.get(state="due"), by=medical_clerk, remark="纸面可以看清")
    handing_in.note(again, by=health_reviewer)
    assert told("filing_hand_in_noted") == {elder_care_clerk, medical_clerk}


def test_the_ledger_says_when_it_came(client: Client, handed_in: HandIn, health_reviewer: User) -> None:
    client.force_login(health_reviewer)
    sheet = workbook(client, "filings").active
    assert sheet is not None
    heads = [name for group in COLUMNS for name, _ in group]
    at = heads.index("补报状态") + 1
    cells = [(row[at - 1].value, row[at].value) for row in sheet.iter_rows() if row[at - 1].value]
    assert "已补报，待查收" in {str(state) for state, _ in cells}
    assert any(on is not None and str(state) == "已补报，待查收" for state, on in cells)


def test_the_clerk_is_led_from_the_filing_to_the_hand_in(
    client: Client, accepted: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    where = reverse("filing-detail", args=[accepted.pk])
    ask = reverse("filing-rescan", args=[accepted.pk])
    client.force_login(elder_care_clerk)
    assert ask in client.get(where).content.decode()
    assert "哪里有问题" in client.get(ask).content.decode()
    assert client.post(ask, {"reason": ""}).status_code == 422
    response = client.post(ask, {"reason": "第二页缺角"})
    signing = reverse("agreement-signing", args=[accepted.agreement.number])
    assert response["Location"] == signing + "#scans"
    page = client.get(signing).content.decode()
    assert "协议一方要求重新扫描（第二页缺角）" in page
    assert reverse("scan-attach", args=[accepted.agreement.number]) in page
    assert client.get(ask).status_code == 409
    scanned_again(accepted.agreement, elder_care_clerk, medical_clerk)
    page = client.get(where).content.decode()
    hand_in = reverse("filing-hand-in", args=[accepted.pk])
    assert hand_in in page
    assert "待补报" in page
    page = client.get(hand_in).content.decode()
    assert accepted.number in page
    assert "第 1 份正本第 2 页" in page
    assert client.post(hand_in, {"remark": ""}).status_code == 422
    assert client.post(hand_in, {"remark": "已换第二页"}).status_code == 302
    assert "待查收" in client.get(where).content.decode()
    assert client.get(hand_in).status_code == 409


def test_the_official_sees_which_version_came_when(client: Client, handed_in: HandIn, health_reviewer: User) -> None:
    filing = handed_in.filing
    old, new = filing.agreement.scans.order_by("pk")
    client.force_login(health_reviewer)
    where = reverse("filing-detail", args=[filing.pk])
    shown = client.get(where)
    page = shown.content.decode()
    assert shown.context["hand_in_shown"].row == handed_in, "what waits is shown first"
    assert [scan.pk for scan in shown.context["hand_in_shown"].scans] == [old.pk, new.pk]
    assert "第 1 次补报（" in page
    assert "报送）" in page
    assert [scan.pk for scan in client.get(where, {"paper": "scan"}).context["scans"]] == [old.pk]
    note, back = (
        reverse(name, args=[filing.pk, handed_in.pk]) for name in ("filing-hand-in-note", "filing-hand-in-return")
    )
    assert note in page
    assert back in page
    replaced, anew = (reverse("upload-picture", args=[scan.upload_id, number]) for scan, number in ((old, 2), (new, 1)))
    for there in (where, note, back):
        page = client.get(there).content.decode()
        assert anew in page, "the new page in the place of the old"
        assert replaced not in page
        assert page.count("重新扫描的页") == 1
    assert client.post(back, {"reasons": ""}).status_code == 422
    assert "备案日期" in client.get(note).content.decode()
    assert client.post(note).status_code == 302
    assert client.post(note).status_code == 409
    shown = client.get(where)
    page = shown.content.decode()
    assert "已查收" in page
    assert shown.context["hand_in_shown"].row == handed_in, "what it took note of stands, and is shown first"
    assert (anew in page, replaced in page) == (True, False)
    assert reverse("filing-rescan", args=[filing.pk]) in page, "the authority may ask for another"


def test_while_a_new_scan_waits_the_page_of_handing_in_offers_nothing_that_would_be_refused(
    client: Client, due: HandIn, elder_care_clerk: User
) -> None:
    row = due.filing.agreement
    rescans.ask(due.filing, by=elder_care_clerk, reason="第一页也缺角")
    attach_scan(row, by=elder_care_clerk, content=scan_pdf(4), name="重扫.pdf")
    client.force_login(elder_care_clerk)
    where = reverse("filing-hand-in", args=[due.filing_id])
    page = client.get(where).content.decode()
    assert "还没有核验" in page
    assert reverse("agreement-signing", args=[row.number]) + "#scans" in page
    assert 'name="remark"' not in page
    assert client.post(where, {"remark": "已换"}).status_code == 409


def test_the_call_is_dropped_on_its_page(client: Client, accepted: Filing, elder_care_clerk: User) -> None:
    drop = reverse("filing-rescan-drop", args=[accepted.pk])
    client.force_login(elder_care_clerk)
    assert client.get(drop).status_code == 409
    rescans.ask(accepted, by=elder_care_clerk, reason="第二页缺角")
    assert drop in client.get(reverse("filing-detail", args=[accepted.pk])).content.decode()
    assert "第二页缺角" in client.get(drop).content.decode()
    assert client.post(drop).status_code == 302
    assert RescanCall.objects.get().state == RescanCall.State.DROPPED
