"""What people are told at once, called by the verbs in their last beat and inside their transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from agreements import notices
from chinese.dates import cn_day
from filing.models import Filing, HandIn, RescanCall
from filing.notices import both_clerks, facts, page
from filing.states import OWED
from institutions.reaching import reviewers_by_authority
from notifications import ledger


def submitted(filing: Filing, *, by: User) -> None:
    """Tell the authority's reviewers that a copy has come in, for the first time or corrected."""
    again = "补正后重新报送" if filing.previous_id else "新报送"
    lines = f"报送人：{by.full_name}", f"受理期限：{cn_day(filing.review_due_on)}" if filing.review_due_on else ""
    title = f"收到{again}的备案：{notices.pair(filing.agreement)}"
    reviewers = reviewers_by_authority([filing.authority_id])[filing.authority_id]
    _tell(filing, "filing_submitted", reviewers, by, filing.submitted_at, title, *lines)


def handed_over(filing: Filing, *, by: User, before: User | None) -> None:
    """Tell whoever reviews it now and whoever did before, if they still review there; nobody of their own act."""
    pair, now = notices.pair(filing.agreement), filing.taken_up_by
    if now is not None:
        until = f"受理期限：{cn_day(filing.review_due_on)}" if filing.review_due_on else ""
        lines = f"转交人：{by.full_name}", until
        _tell(filing, "filing_handed_to", [now.pk], by, filing.taken_up_at, f"转交给您审核的备案：{pair}", *lines)
    if before is not None and before.pk in reviewers_by_authority([filing.authority_id])[filing.authority_id]:
        title = f"您审核的备案已转交{now}：{pair}"
        _tell(filing, "filing_handed_from", [before.pk], by, filing.taken_up_at, title, f"转交人：{by.full_name}")


def accepted(filing: Filing, *, by: User) -> None:
    """Tell both parties the filing's number."""
    title = f"{filing.authority.now.name}已受理备案：{notices.pair(filing.agreement)}"
    lines = f"备案号：{filing.number}", "备案回执可在备案页面下载。"
    _tell(filing, "filing_accepted", both_clerks([filing])(filing), by, filing.decided_at, title, *lines)


def returned(filing: Filing, *, by: User) -> None:
    """Tell both parties what is to be corrected, and until when."""
    title = f"{filing.authority.now.name}退回补正：{notices.pair(filing.agreement)}"
    until = f"补正期限：{cn_day(filing.correction_due_on)}" if filing.correction_due_on else ""
    lines = f"退回原因：{filing.reasons}", until, "协议效力不受影响，请补正后重新报送。"
    _tell(filing, "filing_returned", both_clerks([filing])(filing), by, filing.decided_at, title, *lines)


def closed(filing: Filing, *, by: User) -> None:
    """Tell both parties that the authority wants nothing more, and why."""
    title = f"{filing.authority.now.name}免予报送，备案结案：{notices.pair(filing.agreement)}"
    lines = f"原因：{filing.closing_reason}", "这份备案不再需要您办理。"
    _tell(filing, "filing_closed", both_clerks([filing])(filing), by, filing.closed_at, title, *lines)


def rescan_asked(call: RescanCall, *, by: User) -> None:
    """Tell both parties that the paper is to be scanned again, who wants it and why."""
    title = f"{call.authority or '协议一方'}要求重新扫描签章的正本：{notices.pair(call.agreement)}"
    unchanged = "协议和备案号都不变。" if call.filing else "协议不变。"
    lines = f"原因：{call.reason}", f"请重新上传扫描件，由没有上传的另一位经办人核验。{unchanged}"
    _tell_of_call(call, "filing_rescan_asked", by, call.asked_at, title, *lines)


def rescan_dropped(call: RescanCall, *, by: User) -> None:
    """Tell both parties that nobody wants the paper scanned again any more."""
    title = f"不再要求重新扫描：{notices.pair(call.agreement)}"
    lines = f"原来的原因：{call.reason}", f"撤销人：{by.full_name}"
    _tell_of_call(call, "filing_rescan_dropped", by, call.ended_at, title, *lines)


def hand_in_due(filing: Filing, hand_in: HandIn, *, by: User) -> None:
    """Tell both parties that the authority has the old scan and is to be given the new one."""
    title = f"请向{filing.authority.now.name}补报新的扫描件：{notices.pair(filing.agreement)}"
    lines = ("新的扫描件已经核验，这个部门收到的还是原来的。", "备案号和备案日期都不变。")
    people = both_clerks([filing])(filing)
    _tell(filing, "filing_hand_in_due", people, by, hand_in.created_at, title, *lines)


def handed_in(filing: Filing, hand_in: HandIn, *, by: User) -> None:
    """Tell the authority's reviewers that a corrected scan has come in."""
    title = f"收到补报的扫描件：{notices.pair(filing.agreement)}"
    lines = (
        f"报送人：{by.full_name}",
        f"补报说明：{hand_in.remark}",
        f"备案号：{filing.number}" if filing.number else "",
        f"查收期限：{cn_day(hand_in.review_due_on)}" if hand_in.review_due_on else "",
    )
    reviewers = reviewers_by_authority([filing.authority_id])[filing.authority_id]
    _tell(filing, "filing_handed_in", reviewers, by, hand_in.submitted_at, title, *lines)


def hand_in_noted(filing: Filing, hand_in: HandIn, *, by: User) -> None:
    """Tell both parties that the authority has the corrected scan."""
    title = f"{filing.authority.now.name}已查收补报的扫描件：{notices.pair(filing.agreement)}"
    people = both_clerks([filing])(filing)
    _tell(filing, "filing_hand_in_noted", people, by, hand_in.decided_at, title, "备案号和备案日期都不变。")


def hand_in_returned(filing: Filing, hand_in: HandIn, *, by: User) -> None:
    """Tell both parties what the authority finds wrong with the corrected scan, too."""
    title = f"{filing.authority.now.name}退回补报的扫描件：{notices.pair(filing.agreement)}"
    lines = f"退回原因：{hand_in.reasons}", "备案仍然有效。请重新扫描、核验以后再补报。"
    people = both_clerks([filing])(filing)
    _tell(filing, "filing_hand_in_returned", people, by, hand_in.decided_at, title, *lines)


def carried_on(filing: Filing, *, by: User | None) -> None:
    """Tell whose turn it is that the agreement's end does not end the filing: who owes a copy, or who has it.

    While a copy is owed its authority is told too: it alone may waive it.
    """
    title = f"协议已结束，备案仍要办理：{notices.pair(filing.agreement)}"
    people = reviewers_by_authority([filing.authority_id])[filing.authority_id]
    lines = ["审核照常进行。"]
    if filing.state in OWED:
        people = [*both_clerks([filing])(filing), *people]
        day = filing.correction_due_on or filing.due_on
        lines = [f"请在{cn_day(day)}以前报送或者补正。", "不需要再报送的，由主管部门的审核员写明原因，免予报送。"]
    _tell(filing, "filing_carried_on", dict.fromkeys(people), by, timezone.now(), title, *lines)


def _tell(
    filing: Filing, kind: str, people: Iterable[int], by: User | None, when: datetime | None, title: str, *lines: str
) -> None:
    """Tell them, except whoever did it; the moment of the act distinguishes repetitions."""
    ledger.tell(
        kind,
        subject=filing,
        recipients=[person for person in people if by is None or person != by.pk],
        period=when.isoformat() if when else "",
        title=title,
        body=facts(filing, *lines),
        url=page(filing),
    )


def _tell_of_call(call: RescanCall, kind: str, by: User, when: datetime | None, title: str, *lines: str) -> None:
    """Tell both parties' clerks of a call for another scan, about its filing or else about the agreement."""
    if call.filing is not None:
        _tell(call.filing, kind, both_clerks([call.filing])(call.filing), by, when, title, *lines)
        return
    people = notices.clerks_of_both(call.agreement)
    ledger.tell(
        kind,
        subject=call.agreement,
        recipients=[person for person in people if person != by.pk],
        period=when.isoformat() if when else "",
        title=title,
        body=notices.facts(call.agreement, *lines),
        url=notices.page(call.agreement),
    )
