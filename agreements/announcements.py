"""What people are told at once, called by the verbs in their last beat and inside their transaction.

The moment distinguishes repetitions, e.g. a text sent again after its return: each act happens once, under a lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import notices
from agreements.leaders import barred_from
from agreements.models import Agreement, Approval, FrozenText
from agreements.models.ways import Way
from chinese.dates import cn_day
from institutions.models import Role
from institutions.reaching import approvers_of, clerks_by_institution
from notifications import ledger


def sent(agreement: Agreement, *, by: User) -> None:
    """Tell the partner that a text waits for its answer."""
    title = f"收到合作协议，等待您确认：{notices.pair(agreement)}"
    _tell(agreement, "agreement_sent", [agreement.answering_role], by, title, "请核对文本，确认或者退回修改。")


def returned(agreement: Agreement, *, by: User) -> None:
    """Tell the drafting side that the text came back, and why."""
    title = f"协议被退回修改：{notices.pair(agreement)}"
    reason = f"退回原因：{agreement.return_reason}"
    _tell(agreement, "agreement_returned", [agreement.drafting_role], by, title, reason, "请修改后再送对方确认。")


def agreed(agreement: Agreement, *, by: User) -> None:
    """Tell the drafting side that the text is final."""
    title = f"对方已确认，文本定稿：{notices.pair(agreement)}"
    _tell(
        agreement,
        "agreement_agreed",
        [agreement.drafting_role],
        by,
        title,
        _to_sign(agreement, agreement.drafting_role, "请打印正本，由双方签章。"),
    )


def _to_sign(agreement: Agreement, side: Role, on_paper: str) -> str:
    """Say what a side has to do with a text that both have agreed on; `on_paper`: where both sign so."""
    ways = agreement.frozen.ways if agreement.frozen is not None else {}
    if Way.ELECTRONIC not in ways.values():
        return on_paper
    if Way.PAPER not in ways.values():
        return "双方都以电子签章签署，请授权签约人打开协议，阅读以后电子签署。"
    if ways[side] is Way.PAPER:
        return "本方在纸上签章，请打印正本、签章，再登记签章日期；对方以电子签章签署，不在纸上盖章。"
    return "本方以电子签章签署，请授权签约人打开协议，阅读以后电子签署；对方在纸上签章。"


def approval_asked(approval: Approval) -> None:
    """Tell the leaders of the own institution that a text waits for their approval."""
    agreement = approval.agreement
    title = f"协议文本待您审批：{notices.pair(agreement)}"
    words = f"申请说明：{approval.words}" if approval.words else ""
    leaders = [pk for pk in approvers_of(approval.institution_id) if pk not in barred_from(approval)]
    page = reverse("approval-answer", args=[approval.pk])
    _tell_own("approval_asked", approval, leaders, page, title, f"申请人：{approval.asked_by}", words)


def approval_answered(approval: Approval) -> None:
    """Tell the own clerks what the leader answered, and why."""
    is_approved = approval.state == Approval.State.APPROVED
    title = f"负责人审批{'同意' if is_approved else '未同意'}：{notices.pair(approval.agreement)}"
    words = f"{'意见' if is_approved else '原因'}：{approval.answer}" if approval.answer else ""
    next_ = "请打开协议，继续办理。" if is_approved else "请按意见办理；改好以后可以再次申请审批。"
    clerks = clerks_by_institution([approval.institution_id])[approval.institution_id]
    who = f"审批人：{approval.answered_by}"
    _tell_own("approval_answered", approval, clerks, notices.page(approval.agreement), title, who, words, next_)


def approval_is_off(approval: Approval, why: str) -> None:
    """Tell the leaders who were asked that there is nothing left to answer, and why."""
    title = f"不再需要您审批：{notices.pair(approval.agreement)}"
    leaders = approvers_of(approval.institution_id)
    _tell_own("approval_is_off", approval, leaders, notices.page(approval.agreement), title, why)


def _tell_own(kind: str, approval: Approval, people: list[int], page: str, title: str, *lines: str) -> None:
    doer = approval.answered_by_id or approval.asked_by_id
    ledger.tell(
        kind,
        subject=approval.agreement,
        recipients=[person for person in people if person != doer],
        period=f"{approval.pk}/{timezone.now().isoformat()}",
        title=title,
        body=notices.facts(approval.agreement, *lines),
        url=page,
    )


def withdrawn(agreement: Agreement, *, by: User, reason: str, voided: FrozenText | None) -> None:
    """Tell the other side that the text goes back to draft; of a frozen one, everybody that what was signed is void."""
    title = f"协议已撤回修改：{notices.pair(agreement)}"
    why = [f"撤回原因：{reason}"] if reason else []
    void = [f"原来定稿的文本已作废，{voided.void_in_words}"] if voided else []
    drafter, answerer = agreement.drafting_role, agreement.answering_role
    next_ = "改好以后会再送来，到时再请您确认。"
    _tell(agreement, "agreement_withdrawn", [answerer], by, title, *why, *void, next_)
    if voided:
        mend = "协议已退回起草，编号不变，请修改后再送对方确认。"
        _tell(agreement, "agreement_withdrawn", [drafter], by, title, *why, *void, mend)


def discarded(agreement: Agreement, *, by: User) -> None:
    """Tell whoever was shown a text that the draft is given up for good."""
    title = f"协议已作废：{notices.pair(agreement)}"
    words = "对方没有再送来，已作废这份协议，不再需要您处理。"
    _tell(agreement, "agreement_discarded", [agreement.answering_role], by, title, words)


def given_up(agreement: Agreement, *, by: User | None, was_sent: bool, voided: FrozenText | None) -> None:
    """Tell who knows of a supplement that it went with its main agreement, before it was ever in force."""
    title = f"补充协议随原协议作废：{notices.pair(agreement)}"
    void = voided.void_in_words if voided else ""
    sides = Role if was_sent else [agreement.drafting_role]
    _tell(agreement, "agreement_given_up", sides, by, title, agreement.end_reason, void, "不再需要您处理。")


def signed(agreement: Agreement, *, by: User, role: Role) -> None:
    """Tell whose turn it is after one side's day: the other side, or once both have signed whoever scans."""
    if agreement.both_signed:
        _both_signed(agreement, by=by)
    else:
        _tell_the_other(agreement, f"对方已签章，等待您签章：{notices.pair(agreement)}", by=by, role=role)


def signed_electronically(agreement: Agreement, *, by: User, role: Role) -> None:
    """Tell the other side that it is its turn: its signatories where it signs on screen, its clerks in any case. Once
    both have signed, whoever scans the paper of the one."""
    if agreement.both_signed:
        _both_signed(agreement, by=by)
    else:
        _tell_the_other(agreement, f"对方已电子签署，等待您签章：{notices.pair(agreement)}", by=by, role=role)


def _both_signed(agreement: Agreement, *, by: User) -> None:
    title = f"双方都已签章，等待上传扫描件：{notices.pair(agreement)}"
    words = "请上传签章后的扫描件，再由没有上传的另一位经办人核验。"
    _tell(agreement, "agreement_both_signed", Role, by, title, words)


def nobody_waits_to_sign(agreement: Agreement, *sides: Role) -> None:
    """Take from the unread of the sides' signatories what asks them to sign: they have, or the text is given up."""
    people = notices.signatories([agreement], lambda _: sides)(agreement)
    ledger.settle("agreement_to_be_signed", "agreement_signed", subject=agreement, recipients=people)


def _tell_the_other(agreement: Agreement, title: str, *, by: User, role: Role) -> None:
    on_paper = agreement.frozen is None or agreement.frozen.ways[role.other] is Way.PAPER
    words = "请在打印的正本上签章，再登记签章日期。" if on_paper else "请授权签约人打开协议，阅读以后签署。"
    _tell(agreement, "agreement_signed", [role.other], by, title, words, signatories=not on_paper)


def to_be_signed(agreement: Agreement, *, by: User) -> None:
    """Tell the signatories of those sides that sign on screen that a text waits for them; of two that sign one after
    the other only the first."""
    if agreement.frozen is None or agreement.frozen.window_or_none is None:
        return
    first = agreement.chosen_version.parsed.first_to_sign
    sides = [role for role, way in agreement.frozen.ways.items() if way is Way.ELECTRONIC and first in {"", role}]
    title = f"协议文本已定，等待您电子签署：{notices.pair(agreement)}"
    until = f"请在{cn_day(agreement.frozen.window_or_none.closes_on)}以前阅读并签署。"
    people = notices.signatories([agreement], lambda _: sides)(agreement)
    _tell_people(agreement, "agreement_to_be_signed", people, by, title, until)


def window_extended(agreement: Agreement, *, by: User, until: date) -> None:
    """Tell both sides until when the text can be signed now."""
    title = f"签署期限延长至{cn_day(until)}：{notices.pair(agreement)}"
    _tell(agreement, "agreement_window_extended", Role, by, title, signatories=True)


def signing_declined(agreement: Agreement, *, by: User, role: Role, reason: str, voided: FrozenText) -> None:
    """Tell both sides whose signatory will not sign, and that the text goes back to draft."""
    title = f"{agreement.party_name(role)}的签约人拒绝签署，协议退回修改：{notices.pair(agreement)}"
    void = f"定稿的文本已作废，{voided.void_in_words}协商的内容都保留，修改后可以再送对方确认。"
    _tell(agreement, "agreement_signing_declined", Role, by, title, f"原因：{reason}", void, signatories=True)


def signing_lapsed(agreement: Agreement, *, reason: str, voided: FrozenText) -> None:
    """Tell both sides that the time to sign is over, who had signed, and what to do."""
    title = f"签署期限已过，协议退回起草：{notices.pair(agreement)}"
    void = f"定稿的文本已作废，{voided.void_in_words}"
    next_ = "内容都保留，需要继续的，请起草方核对后再送对方确认。"
    _tell(agreement, "agreement_signing_lapsed", Role, None, title, reason, void, next_, signatories=True)


def scanned(agreement: Agreement, *, by: User) -> None:
    """Tell everybody but the uploader that all pages are there and wait for a second person."""
    title = f"扫描件已齐，等待核验：{notices.pair(agreement)}"
    words = "请由没有上传的另一位经办人逐页核验，核验通过后协议生效。"
    _tell(agreement, "agreement_scanned", Role, by, title, words)


def in_force(agreement: Agreement, *, by: User | None) -> None:
    """Tell both sides that the agreement is in force, since when and until when; who signed it on screen, too."""
    title = f"协议已生效：{notices.pair(agreement)}"
    term = f"生效日期：{cn_day(agreement.effective_on)}，期限至{cn_day(agreement.expires_on)}"
    ways = agreement.frozen.ways if agreement.frozen is not None else {}
    on_screen = [role for role, way in ways.items() if way is Way.ELECTRONIC]
    signatories = notices.signatories([agreement], lambda _: on_screen)(agreement)
    people = list(dict.fromkeys([*clerks_of(agreement, *Role), *signatories]))
    filing = "请在期限内向主管部门报送备案。"
    _tell_people(agreement, "agreement_in_force", people, by, title, term, filing)


def terminated(agreement: Agreement, *, by: User) -> None:
    """Tell both sides that the agreement ends early, when and why."""
    title = f"协议提前终止：{notices.pair(agreement)}"
    end = f"最后一天：{cn_day(agreement.ended_on)}"
    _tell(agreement, "agreement_terminated", Role, by, title, end, f"终止原因：{agreement.end_reason}")


def rescission_asked(agreement: Agreement, *, by: User) -> None:
    """Tell the other side that it is asked to dissolve what both have signed."""
    title = f"对方提出合意解除，等待您答复：{notices.pair(agreement)}"
    sides = [Role(agreement.rescission_side).other]
    reason = f"原因：{agreement.rescission_reason}"
    _tell(agreement, "agreement_rescission_asked", sides, by, title, reason, "请打开协议，同意解除或者继续办理。")


def rescission_dropped(agreement: Agreement, *, by: User, asked_by: Role) -> None:
    """Tell both sides that the agreement goes on."""
    title = f"不再合意解除，继续办理：{notices.pair(agreement)}"
    _tell(agreement, "agreement_rescission_dropped", Role, by, title, f"原先由{asked_by.label}提出。")


def rescinded(agreement: Agreement, *, by: User) -> None:
    """Tell both sides that the agreement is dissolved, and why."""
    title = f"双方合意解除协议：{notices.pair(agreement)}"
    _tell(agreement, "agreement_rescinded", Role, by, title, f"原因：{agreement.end_reason}")


def scan_rejected(agreement: Agreement, *, by: User, reason: str) -> None:
    """Tell both sides that the scan does not do, and why."""
    title = f"扫描件核验未通过：{notices.pair(agreement)}"
    _tell(agreement, "agreement_scan_rejected", Role, by, title, f"原因：{reason}", "请重新上传扫描件。")


def pages_sent_back(agreement: Agreement, *, by: User, pages: str, reason: str) -> None:
    """Tell both sides which pages are to be scanned anew, and why; the others stay."""
    title = f"扫描件有几页请重新扫描：{notices.pair(agreement)}"
    what = f"请重新扫描{pages}，其余的页继续有效。"
    _tell(agreement, "agreement_scan_rejected", Role, by, title, what, f"原因：{reason}")


TURNS = {
    Agreement.State.NEGOTIATING: "请核对文本，确认或者退回修改。",
    Agreement.State.DRAFT: "请按退回的原因修改，再送对方确认。",
}


def reminded(agreement: Agreement, *, by: User, side: Role) -> None:
    """Tell the side whose turn it is that the other waits, and for what."""
    title = f"对方请您尽快办理：{notices.pair(agreement)}"
    what = f"{agreement.party_name(side.other)}在等您办理。", turn_in_words(agreement, side)
    _tell(agreement, "agreement_reminded", [side], by, title, *what)


def turn_in_words(agreement: Agreement, side: Role) -> str:
    """Return what the side whose turn it is has to do."""
    sign = _to_sign(agreement, side, "请打印、签章，再登记签章日期。")
    answer = "请答复合意解除：同意，或者继续办理。" if agreement.rescission_side else sign
    return TURNS.get(Agreement.State(agreement.state), answer)


def rescanned(agreement: Agreement, *, by: User) -> None:
    """Tell both sides that the pages scanned again are all there and wait for a second person."""
    title = f"重新上传的扫描件等待核验：{notices.pair(agreement)}"
    words = "请由没有上传的另一位经办人核验，核验以后再报送备案部门。"
    _tell(agreement, "agreement_rescanned", Role, by, title, words)


def scans_replaced(agreement: Agreement, *, by: User, pages: str) -> None:
    """Tell both sides that what was scanned again is certified, and what is left to do."""
    title = f"重新上传的扫描件已核验：{notices.pair(agreement)}"
    lines = f"{pages}已更换。", "请在备案页面报送新的扫描件。"
    _tell(agreement, "agreement_scans_replaced", Role, by, title, *lines)


def clerks_of(agreement: Agreement, *sides: Role) -> list[int]:
    """Return whom a message to those sides reaches."""
    return list(notices.clerks([agreement], lambda _: sides)(agreement))


def _tell(
    agreement: Agreement,
    kind: str,
    sides: Iterable[Role],
    by: User | None,
    title: str,
    *lines: str,
    signatories: bool = False,
) -> None:
    """Tell the clerks of those sides, their signatories too where these have to know, except whoever did it."""
    sides = list(sides)
    people = clerks_of(agreement, *sides)
    if signatories:
        people = list(dict.fromkeys([*people, *notices.signatories([agreement], lambda _: sides)(agreement)]))
    _tell_people(agreement, kind, people, by, title, *lines)


def _tell_people(agreement: Agreement, kind: str, people: list[int], by: User | None, title: str, *lines: str) -> None:
    ledger.tell(
        kind,
        subject=agreement,
        recipients=[person for person in people if by is None or person != by.pk],
        period=timezone.now().isoformat(),
        title=title,
        body=notices.facts(agreement, *lines),
        url=notices.page(agreement),
    )
