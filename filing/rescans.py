"""A paper whose scan is bad is scanned again and looked at again: who wants that, and who may say so.

An authority returned the copy or a supplementary hand-in, or there is a call: of a clerk of either side, or of an
authority that has accepted the copy and finds later that its scan will not do. Of an agreement that is filed nowhere
(no authority for it is registered yet, none gets a copy, or all were let be) the sides alone call.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from agreements.lifecycle import SCAN, has_paper
from agreements.models import Agreement, Scan
from agreements.models.states import HAS_BEEN_IN_FORCE
from agreements.models.ways import Way
from agreements.permissions import can_act, can_sign_for
from audit.log import append
from chinese.sentences import bare
from filing import announcements, events
from filing.models import Filing, HandIn, RescanCall
from filing.own import refuse_their_own
from filing.permissions import can_call, can_drop_call, can_submit
from filing.states import MAY_BE_RESCANNED, State
from institutions.models import Role
from uploads.shown import waits
from verbs.errors import NotAllowed, Unacceptable, WrongState
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

CERTIFIED_SINCE = "新的扫描件已经上传、核验，"
NO_PAPER = "双方都以电子签章签署，没有纸面签章，也就没有可以重新扫描的扫描件；签署后的电子文件就是原件。"
WHY = "请写明扫描件哪里有问题，协议双方和备案部门都会看到。"
CallState = RescanCall.State


def files_wait(agreement: Agreement) -> bool:
    """Whether new scans were sent that nobody has decided."""
    return waits(SCAN, agreement.pk) or agreement.scans.filter(state=Scan.State.UPLOADED).exists()


def no_files_wait(call: RescanCall) -> str:
    """Say why a call cannot be dropped now: scans came in because of it. "" otherwise."""
    if files_wait(call.agreement):
        return "已经有人按这个要求上传了扫描件。请先核验；不用的，请由上传的人取回。"
    return ""


DONE = Transition[CallState, User, RescanCall](
    "done", "办结", frozenset({CallState.OPEN}), CallState.DONE, events.RescanDone, None
)
DROP = Transition[CallState, User, RescanCall](
    "drop",
    "撤销重新扫描的要求",
    frozenset({CallState.OPEN}),
    CallState.DROPPED,
    events.RescanDropped,
    can_drop_call,
    not_while=no_files_wait,
)
RULES = """\
- **Ask.** While nobody has returned the copy: a clerk of either side, or a reviewer of the authority that has accepted
  it, with the reason. One open call for an agreement: what is scanned again goes to every authority that has the old.
  Never of what both sides signed on screen.
  Of what is filed nowhere, or was let be everywhere, a clerk of either side asks from the agreement's own page.
- **Done.** When a second person has certified new scans, whoever asked for them.
- **Drop.** What a side asked for, by a clerk of either; what an authority asked for, by a reviewer of it; before any
  new file is there. Both sides are told.
"""


CALLS: Lifecycle[CallState, User, RescanCall] = Lifecycle(
    "call for a rescan",
    "重新扫描的要求",
    CallState,
    (DONE, DROP),
    lambda: RescanCall.objects.select_related(
        "agreement__medical", "agreement__elder_care", "authority", "filing__authority", "filing__agreement"
    ),
    subject=lambda row: row.agreement,
    rules=RULES,
)


def ask(filing: Filing, *, by: User, reason: str) -> RescanCall:
    """Call for another scan of certified paper that nobody has returned, with the reason.

    Raises NotAllowed for whoever is neither a clerk of the two sides nor a reviewer of the authority that has accepted
    it, Unacceptable without a reason, WrongState where the filing's state has another way, or where it is wanted
    already.
    """
    with transaction.atomic():
        Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=filing.agreement_id)
        row = Filing.objects.with_parties().get(pk=filing.pk)
        if not can_call(by, row):
            raise NotAllowed("重新扫描由协议双方的经办人，或者已受理备案的部门的审核员提出。")
        for_authority = not can_submit(by, row)
        check_asking(row, for_authority=for_authority)
        if for_authority:
            refuse_their_own(row, by)
        authority = row.authority if for_authority else None
        call = RescanCall(agreement=row.agreement, filing=row, authority=authority, reason=reason.strip(), asked_by=by)
        return _made(call, by=by)


def ask_unfiled(agreement: Agreement, *, by: User, reason: str) -> RescanCall:
    """Call for another scan of certified paper that is filed nowhere. Raises what `ask` raises."""
    with transaction.atomic():
        Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=agreement.pk)
        row = Agreement.objects.with_parties().get(pk=agreement.pk)
        if not can_act(by, row):
            raise NotAllowed("重新扫描由协议双方的经办人提出。")
        check_asking_unfiled(row)
        return _made(RescanCall(agreement=row, reason=reason.strip(), asked_by=by), by=by)


def check_asking_unfiled(agreement: Agreement) -> None:
    """Raise WrongState where an authority is to have a copy or has one, where the agreement is not certified, and where
    it is to be scanned again already; where both sides signed on screen too."""
    if agreement.state not in HAS_BEEN_IN_FORCE:
        raise WrongState("这份协议还没有生效，扫描件请在“打印签章”里办理。")
    _refuse_without_paper(agreement)
    if agreement.filings.current().exclude(state=State.CLOSED).exists():
        raise WrongState("这份协议已经有备案，请打开它的备案，按“重新扫描”写明原因。")
    if words := wanted(agreement):
        raise WrongState(f"已经可以重新上传扫描件，不必再提。{words}")


def may_ask_unfiled(agreement: Agreement, user: User) -> bool:
    """Whether a page offers it to the person."""
    if not can_act(user, agreement):
        return False
    try:
        check_asking_unfiled(agreement)
    except WrongState:
        return False
    return True


def _made(call: RescanCall, *, by: User) -> RescanCall:
    """Write a call, log it and tell both sides. Raises Unacceptable without a reason."""
    if not call.reason:
        raise Unacceptable(WHY)
    call.save()
    whom = call.authority.name if call.authority else _whom(by, call.agreement)
    append(events.RescanAsked(filing=call.filing_id, whom=whom, reason=call.reason), by=by, subject=call.agreement)
    announcements.rescan_asked(call, by=by)
    return call


def check_asking(filing: Filing, *, for_authority: bool) -> None:
    """Raise WrongState where the filing's state has another way, where there is no paper, or where somebody wants it
    scanned again already."""
    _refuse_without_paper(filing.agreement)
    if for_authority and filing.state != State.ACCEPTED:
        raise WrongState("还没有受理的备案，扫描件不合要求的请退回补正，写明原因。")
    if filing.state not in MAY_BE_RESCANNED:
        raise WrongState(f"这份备案现在是“{filing.get_state_display()}”，不能在这里要求重新扫描。请刷新查看。")
    if words := wanted(filing.agreement):
        raise WrongState(f"已经可以重新上传扫描件，不必再提。{words}")


def _refuse_without_paper(agreement: Agreement) -> None:
    if not has_paper(agreement):
        raise WrongState(NO_PAPER)


def drop(call: RescanCall, *, by: User) -> RescanCall:
    """Take a call back before any new file is there: the scan will do after all."""
    with transaction.atomic():
        Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=call.agreement_id)
        row = CALLS.begin(call, DROP, by=by)
        writes = {"ended_at": timezone.now(), "ended_by": by}
        row = CALLS.finish(row, DROP, events.RescanDropped(filing=row.filing_id), by=by, writes=writes)
        announcements.rescan_dropped(row, by=by)
    return row


def done(agreement: Agreement, *, by: User) -> None:
    """Note that new scans were certified: nobody calls for them any more."""
    for call in RescanCall.objects.open().filter(agreement=agreement):
        row = CALLS.begin(call, DONE, by=by)
        writes = {"ended_at": timezone.now(), "ended_by": by}
        CALLS.finish(row, DONE, events.RescanDone(filing=row.filing_id), by=by, writes=writes)


def wanted(agreement: Agreement) -> str:
    """Return in words who wants the paper scanned again and why; "" for nobody, or where both signed on screen."""
    if not has_paper(agreement):
        return ""
    returned = agreement.filings.current().filter(state=Filing.State.RETURNED).select_related("authority")
    asked = [(f"{each.authority.name}退回补正{_why(each.reasons)}", each.decided_at) for each in returned]
    sent_back = _sent_back().filter(filing__agreement=agreement).select_related("filing__authority", "previous")
    asked += [
        (f"{each.filing.authority.name}退回补报{_why(before.reasons)}", before.decided_at)
        for each in sent_back
        if (before := each.previous)
    ]
    newest = _newest(agreement) if asked else None
    there = [name for name, at in asked if _is_after(newest, at)]
    names = [name for name, at in asked if not _is_after(newest, at)]
    words = [f"{'，'.join(names)}，可以重新上传扫描件。"] if names else []
    if there:
        words.append(f"{'，'.join(there)}，{CERTIFIED_SINCE}请到备案页面重新报送或者补报；还要换页的，可以再上传。")
    call = RescanCall.objects.open().filter(agreement=agreement).select_related("authority").first()
    if call is not None:
        words.append(f"{call.authority or '协议一方'}要求重新扫描{_why(call.reason)}，可以重新上传扫描件。")
    return "".join(words)


def _why(reasons: str) -> str:
    """Return what an authority wrote, as it stands inside a sentence: from it one learns which page to scan."""
    return f"（{bare(' '.join(reasons.split()))}）"


def certified_since(agreement: Agreement, moment: datetime | None) -> bool:
    """Whether new scans were certified after an authority sent back what it had: they are there to be handed in."""
    return _is_after(_newest(agreement), moment)


def _newest(agreement: Agreement) -> datetime | None:
    """Return when scans were certified last."""
    found: datetime | None = agreement.scans.filter(state=Scan.State.CERTIFIED).aggregate(at=Max("checked_at"))["at"]
    return found


def _is_after(newest: datetime | None, moment: datetime | None) -> bool:
    return newest is not None and moment is not None and newest > moment


def where_wanted() -> Q:
    """Return the same as a condition for a query of agreements. Fills `agreements.sockets.RESCANS_WHERE`."""
    here = OuterRef("pk")
    returned = Filing.objects.current().filter(agreement=here, state=Filing.State.RETURNED)
    sent_back = _sent_back().filter(filing__agreement=here)
    calls = RescanCall.objects.open().filter(agreement=here)
    on_paper = Q(frozen__medical_signs=Way.PAPER) | Q(frozen__elder_care_signs=Way.PAPER)
    return on_paper & (Q(Exists(returned)) | Q(Exists(sent_back)) | Q(Exists(calls)))


def not_certified_yet(filing: Filing) -> str:
    """Say why a corrected copy cannot be filed now: a new scan of it has not been looked at. "" otherwise.

    Nobody can certify or turn down what nobody wants scanned any more: that waits for no second person.
    """
    if files_wait(filing.agreement) and wanted(filing.agreement):
        return "重新上传的扫描件还没有核验。请由没有上传的另一位经办人核验，或者由上传的人取回，再重新报送。"
    return ""


def _whom(by: User, agreement: Agreement) -> str:
    """Return for which side the clerk asks; both names for whoever is a clerk of both."""
    return "、".join(agreement.party_name(role) for role in Role if can_sign_for(by, agreement, role))


def _sent_back() -> QuerySet[HandIn]:
    """Return the hand-ins that are due because the authority sent back the one before."""
    return HandIn.objects.filter(state=HandIn.State.DUE, previous__state=HandIn.State.RETURNED)
