"""What people do with supplementary hand-ins (补报): hand in, take note, send back. The table is in `supplementary`.

Every verb locks the agreement, then the filing, then the hand-in: certifying new scans does, and so nobody waits in a
circle.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from filing import announcements, events
from filing.deadlines import review_due
from filing.models import Filing, HandIn
from filing.own import refuse_their_own
from filing.papers import certified_scans
from filing.supplementary import HAND_IN, LIFE, NOTE, RETURN, Step, open_for, refuse_own, settle_replaced, which
from verbs.errors import Unacceptable

WHAT = "请说明补报了什么，审核的部门才知道看哪里。"
WHY = "请写明退回的原因，协议双方才知道要重新扫描什么。"


def hand_in(row: HandIn, *, by: User, remark: str, at: datetime | None = None) -> HandIn:
    """A clerk of either side hands the certified new scans in, saying what was corrected.

    `at` is when, by default now; only what brings in old records gives an earlier moment, here and below.
    Raises Unacceptable without a remark, and WrongState while a new scan waits for its second person.
    """
    with transaction.atomic():
        row = _begin(row, HAND_IN, by=by)
        if not remark.strip():
            raise Unacceptable(WHAT)
        settle_replaced(row.filing, by=by, but=row)
        at = at or timezone.now()
        scans = [scan.sha256 for scan in certified_scans(row.filing, anew=True)]
        writes = {
            "remark": remark.strip(),
            "scans": scans,
            "submitted_at": at,
            "submitted_by": by,
            "review_due_on": review_due(row.filing, timezone.localdate(at)).on,
        }
        event = events.HandedIn(**which(row), scans="、".join(scans))
        row = LIFE.finish(row, HAND_IN, event, by=by, writes=writes)
        announcements.handed_in(row.filing, row, by=by)
    return row


def note(row: HandIn, *, by: User, at: datetime | None = None) -> HandIn:
    """A reviewer takes note of a hand-in of an accepted filing. Raises NotAllowed of one's own."""
    with transaction.atomic():
        row = _begin(row, NOTE, by=by)
        _refuse_own(row, by)
        writes = {"decided_at": at or timezone.now(), "decided_by": by}
        row = LIFE.finish(row, NOTE, events.HandInNoted(**which(row)), by=by, writes=writes)
        announcements.hand_in_noted(row.filing, row, by=by)
    return row


def send_back(row: HandIn, *, by: User, reasons: str) -> HandIn:
    """A reviewer sends a hand-in back with reasons; the next is due at once. Return the one sent back.

    Raises NotAllowed of one's own, and Unacceptable without reasons.
    """
    with transaction.atomic():
        row = _begin(row, RETURN, by=by)
        _refuse_own(row, by)
        if not reasons.strip():
            raise Unacceptable(WHY)
        writes = {"decided_at": timezone.now(), "decided_by": by, "reasons": reasons.strip()}
        event = events.HandInReturned(**which(row), reason=reasons.strip())
        row = LIFE.finish(row, RETURN, event, by=by, writes=writes)
        announcements.hand_in_returned(row.filing, row, by=by)
        if not row.filing.hand_ins.filter(state=HandIn.State.DUE).exists():
            open_for(row.filing, by=by)
    return row


def _begin(row: HandIn, step: Step, *, by: User) -> HandIn:
    filing = Filing.objects.only("agreement_id").get(pk=row.filing_id)
    Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=filing.agreement_id)
    Filing.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=filing.pk)
    return LIFE.begin(row, step, by=by)


def _refuse_own(row: HandIn, by: User) -> None:
    refuse_their_own(row.filing, by)
    refuse_own(row.filing, by)
