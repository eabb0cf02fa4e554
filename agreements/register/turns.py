"""Whose turn it is with an agreement under way, as one person is told it: what they do, or for whom they wait."""

from __future__ import annotations

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from accounts.models import User
from agreements import lifecycle
from agreements.leaders import to_answer_as_leader
from agreements.lifecycle.paper import SIGNED_ON
from agreements.lifecycle.rescanning import where_wanted
from agreements.models import Agreement, Approval, Rendition, Scan, ScanPage
from agreements.models.agreement import AgreementQuerySet
from agreements.models.approval import ApprovalQuerySet
from agreements.models.states import HAS_BEEN_IN_FORCE
from institutions.models import Role

State = Agreement.State


def with_scans(found: AgreementQuerySet, user: User) -> AgreementQuerySet:
    """Add `scan_waits` (a scan that nobody has decided on and somebody wants), `scan_since` (when the first of them was
    uploaded, or null), `scan_is_own` (the person uploaded one of them), and `scan_is_short`: fewer pages are known than
    a copy has, or of one nobody knows which it is, so that none can be certified."""
    waiting = Scan.objects.filter(agreement=OuterRef("pk"), state=Scan.State.UPLOADED)
    sheets = ScanPage.objects.waiting().filter(scan__agreement=OuterRef("pk"))
    known = sheets.filter(finding=ScanPage.Finding.FOUND).order_by().values("scan__agreement")
    pages = known.annotate(in_all=Count("pk")).values("in_all")
    copies = Rendition.objects.filter(
        agreement=OuterRef("pk"), frozen=OuterRef("frozen"), state=Rendition.State.READY
    ).values("page_count")
    unplaced = Exists(sheets.exclude(finding__in=ScanPage.CAN_STAND))
    return found.annotate(
        scan_waits=ExpressionWrapper(
            Q(Exists(waiting)) & (~Q(state__in=HAS_BEEN_IN_FORCE) | where_wanted()), output_field=BooleanField()
        ),
        scan_since=Subquery(waiting.order_by("uploaded_at").values("uploaded_at")[:1]),
        scan_is_own=Exists(waiting.filter(uploaded_by=user)),
        scan_is_short=unplaced | LessThan(Coalesce(Subquery(pages), 0), Subquery(copies[:1])),
    )


def own_approvals(user: User) -> ApprovalQuerySet:
    """Return the requests of the person's own side, the newest first."""
    return Approval.objects.visible_to(user).order_by("-pk")


def last_answer(user: User, fact: str) -> Subquery:
    """Return a fact of the newest request of the person's own side, about the words as they were last saved.

    What was asked before they were last sent is done with: the other side has had them since.
    """
    since = Coalesce(OuterRef("sent_at"), OuterRef("created_at"))
    asked = own_approvals(user).filter(agreement=OuterRef("pk"), revision=OuterRef("revision"), asked_at__gte=since)
    return Subquery(asked.values(fact)[:1])


def with_approvals(found: AgreementQuerySet, user: User) -> AgreementQuerySet:
    """Add how it stands with the approval of the person's own side.

    `approval_to_answer`: the key of one that the person answers. `approval_waits`, `approval_since`: one waits, and
    since when.
    `approval_state` and `approval_answer`: what became of the last one, of the words as they were last saved.
    """
    waiting = own_approvals(user).waiting().filter(agreement=OuterRef("pk"))
    mine = to_answer_as_leader(user).filter(agreement=OuterRef("pk"))
    return found.annotate(
        approval_to_answer=Subquery(mine.order_by("pk").values("pk")[:1]),
        approval_waits=Exists(waiting),
        approval_since=Subquery(waiting.values("asked_at")[:1]),
        approval_state=last_answer(user, "state"),
        approval_answer=last_answer(user, "answer"),
    )


def turn_of(agreement: Agreement, roles: frozenset[Role], *, acts: bool, signs: frozenset[Role] = frozenset()) -> str:
    """Return the one act that is awaited, "" where nothing is; `agreement` as `with_scans` gave it.

    `roles` are the sides to which the person belongs; `acts`: for them, else they only read, and the act is their
    side's clerk's. `signs` are the sides whose signatory they are.
    """
    mine, theirs = ("待您", "等待对方") if acts else ("待本方经办人", "等待对方")

    def whose(role: Role, act: str, other: str = "") -> str:
        return f"{mine}{act}" if role in roles else f"{theirs}{other or act}"

    if getattr(agreement, "approval_to_answer", None):
        return "待您审批"
    if getattr(agreement, "approval_waits", False):
        return "等待负责人审批"
    match State(agreement.state):
        case State.DRAFT if answer := _answer(agreement, roles, agreement.drafting_role):
            return f"{answer}，{mine}{'送对方确认' if is_approved(agreement) else '修改或再次申请'}"
        case State.DRAFT:
            return whose(
                agreement.drafting_role, "修改后再送" if agreement.return_reason else "填写并送对方确认", "修改"
            )
        case State.NEGOTIATING if answer := _answer(agreement, roles, agreement.answering_role):
            return f"{answer}，{mine}{'确认文本' if is_approved(agreement) else '退回或再次申请'}"
        case State.NEGOTIATING:
            return whose(agreement.answering_role, "确认文本")
        case State.AGREED | State.SIGNING:
            return _on_screen(agreement, roles, signs) or _being_signed(agreement, roles, mine)
    is_rescanned = agreement.state in HAS_BEEN_IN_FORCE and getattr(agreement, "scan_waits", False)
    return _certifying(agreement, mine, acts=acts) if is_rescanned else ""


def is_approved(agreement: Agreement) -> bool:
    return getattr(agreement, "approval_state", None) == Approval.State.APPROVED


def is_declined(agreement: Agreement) -> bool:
    return getattr(agreement, "approval_state", None) == Approval.State.DECLINED


def _answer(agreement: Agreement, roles: frozenset[Role], side: Role) -> str:
    """Say to the people of the side whose turn it is what its leader answered about the words as last saved."""
    if side not in roles:
        return ""
    return "负责人已同意" if is_approved(agreement) else "负责人未同意" if is_declined(agreement) else ""


def _on_screen(agreement: Agreement, roles: frozenset[Role], signs: frozenset[Role]) -> str:
    """Say who is awaited to sign on screen, "" where nobody is, or where paper is awaited of the person's own side."""
    awaited = frozenset(lifecycle.awaited_on_screen(agreement))
    unsigned = {role for role, field in SIGNED_ON.items() if getattr(agreement, field) is None}
    if agreement.rescission_side or not awaited or (unsigned - awaited) & roles:
        return ""
    if awaited & roles and not frozenset(lifecycle.turn_on_screen(agreement)) & roles:
        return "等待对方先签署"
    if awaited & signs:
        return "待您签署"
    return "待本方签约人签署" if awaited & roles else "等待对方签约人签署"


def _being_signed(agreement: Agreement, roles: frozenset[Role], mine: str) -> str:
    if agreement.rescission_side:
        asked = Role(agreement.rescission_side).other
        return f"{mine}答复合意解除" if asked in roles else "等待对方答复合意解除"
    unsigned = {role for role, field in SIGNED_ON.items() if getattr(agreement, field) is None}
    if unsigned & roles:
        return f"{mine}签章并登记日期"
    if unsigned:
        return "等待对方签章并登记日期"
    if not getattr(agreement, "scan_waits", False):
        return f"{mine}上传签章扫描件，对方也可以上传"
    if getattr(agreement, "scan_is_short", False):
        is_own = mine == "待您" and getattr(agreement, "scan_is_own", False)
        return "待您补齐扫描件" if is_own else "等待上传的人补齐扫描件"
    return _certifying(agreement, mine, acts=mine == "待您")


def _certifying(agreement: Agreement, mine: str, *, acts: bool) -> str:
    """A second person certifies, of either side: never who uploaded."""
    if acts and getattr(agreement, "scan_is_own", False):
        return "等待另一位经办人核验扫描件"
    return f"{mine}核验扫描件"
