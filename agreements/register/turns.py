"""Whose turn it is with an agreement under way, as one person is told it: what they do, or for whom they wait."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from accounts.models import User
from agreements.lifecycle.paper import SIGNED_ON
from agreements.models import Agreement, Scan
from agreements.models.agreement import AgreementQuerySet
from agreements.models.states import HAS_BEEN_IN_FORCE
from institutions.models import Role

State = Agreement.State


def with_scans(found: AgreementQuerySet, user: User) -> AgreementQuerySet:
    """Add `scan_waits` (a scan that nobody has decided on) and `scan_is_own` (the person uploaded one of them)."""
    waiting = Scan.objects.filter(agreement=OuterRef("pk"), state=Scan.State.UPLOADED)
    return found.annotate(scan_waits=Exists(waiting), scan_is_own=Exists(waiting.filter(uploaded_by=user)))


def turn_of(agreement: Agreement, roles: frozenset[Role], *, acts: bool) -> str:
    """Return the one act that is awaited, "" where nothing is; `agreement` as `with_scans` gave it.

    `roles` are the sides to which the person belongs; `acts`: for them, else they only read, and the act is their
    side's clerk's.
    """
    mine, theirs = ("待您", "等待对方") if acts else ("待本方经办人", "等待对方")

    def whose(role: Role, act: str, other: str = "") -> str:
        return f"{mine}{act}" if role in roles else f"{theirs}{other or act}"

    match State(agreement.state):
        case State.DRAFT:
            return whose(
                agreement.drafting_role, "修改后再送" if agreement.return_reason else "填写并送对方确认", "修改"
            )
        case State.NEGOTIATING:
            return whose(agreement.answering_role, "确认文本")
        case State.AGREED | State.SIGNING:
            return _being_signed(agreement, roles, mine)
    is_rescanned = agreement.state in HAS_BEEN_IN_FORCE and getattr(agreement, "scan_waits", False)
    return _certifying(agreement, mine, acts=acts) if is_rescanned else ""


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
    return _certifying(agreement, mine, acts=mine == "待您")


def _certifying(agreement: Agreement, mine: str, *, acts: bool) -> str:
    """A second person certifies, of either side: never who uploaded."""
    if acts and getattr(agreement, "scan_is_own", False):
        return "等待另一位经办人核验扫描件"
    return f"{mine}核验扫描件"
