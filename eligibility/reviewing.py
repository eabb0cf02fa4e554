"""The authority's verbs: find item by item, confirm with validity, return with a reason, withdraw; and the clock's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from eligibility import announcements, events
from eligibility.answering import Missing
from eligibility.checklist import Checklist
from eligibility.lifecycle import CONFIRM, EXPIRE, LIFE, RETURN, REVIEW, WITHDRAW, begin_at, finish, which
from eligibility.models import EligibilityCase
from eligibility.permissions import is_their_own
from jobs import rounds
from verbs.errors import NotAllowed, Unacceptable, WrongState

THEIR_OWN = "您提交了这份资格填报，或者在这家机构任职，不能由您核对。请由本部门的另一位审核员办理。"


@dataclass(frozen=True)
class Finding:
    is_met: bool | None
    words: str = ""


def review(case: EligibilityCase, *, by: User, revision: int, findings: Mapping[str, Finding]) -> EligibilityCase:
    """Keep what was found of each item so far. Raises StaleCase when a colleague saved in between."""
    with transaction.atomic():
        row = begin_at(case, REVIEW, by=by, revision=revision)
        refuse_their_own(row, by)
        for kept in row.answers.filter(item__in=findings):
            kept.is_met, kept.finding = findings[kept.item].is_met, findings[kept.item].words
            kept.save(update_fields=["is_met", "finding"])
        event = events.Reviewed(**which(row), findings={item: each.is_met for item, each in findings.items()})
        return finish(row, REVIEW, event, by=by)


def confirm(case: EligibilityCase, *, by: User, valid_from: date, valid_to: date) -> EligibilityCase:
    """Find the institution eligible from day to day (both included); every item must have been found to be met."""
    if valid_to < valid_from:
        raise Unacceptable("有效期止不能早于有效期起。", "valid_to")
    if valid_to < timezone.localdate():
        raise Unacceptable("有效期止不能早于今天。", "valid_to")
    with transaction.atomic():
        row = LIFE.begin(case, CONFIRM, by=by)
        refuse_their_own(row, by)
        if left := unmet(row):
            raise WrongState(f"还有 {len(left)} 项没有核对为“符合”，不能确认。请逐项核对，或者退回。")
        writes = {"decided_at": timezone.now(), "decided_by": by, "valid_from": valid_from, "valid_to": valid_to}
        event = events.Confirmed(**which(row), valid_from=valid_from, valid_to=valid_to)
        row = finish(row, CONFIRM, event, by=by, writes=writes)
        announcements.confirmed(row, by=by)
    return row


def unmet(case: EligibilityCase) -> list[Missing]:
    """Return the items that were not found to be met."""
    met = set(case.answers.filter(is_met=True).values_list("item", flat=True))
    items = Checklist.from_json(case.checklist).items
    return [Missing(item, f"“{item.label}”没有核对为符合。") for item in items if item.id not in met]


def return_(case: EligibilityCase, *, by: User, reason: str) -> EligibilityCase:
    """Refuse this round with a reason; the institution may answer again. Raises ValueError without any reason."""
    reason = _needed(reason)
    with transaction.atomic():
        row = LIFE.begin(case, RETURN, by=by)
        refuse_their_own(row, by)
        writes = {"decided_at": timezone.now(), "decided_by": by, "reason": reason}
        row = finish(row, RETURN, events.Refused(**which(row), reason=reason), by=by, writes=writes)
        announcements.returned(row, by=by)
    return row


def withdraw(case: EligibilityCase, *, by: User, reason: str) -> EligibilityCase:
    """Take a confirmation back from today on, with a reason (评价不合格的停止服务, for one)."""
    reason = _needed(reason)
    with transaction.atomic():
        row = LIFE.begin(case, WITHDRAW, by=by)
        refuse_their_own(row, by)
        writes = {"withdrawn_on": timezone.localdate(), "withdrawn_by": by, "reason": reason}
        row = finish(row, WITHDRAW, events.Withdrawn(**which(row), reason=reason), by=by, writes=writes)
        announcements.withdrawn(row, by=by)
    return row


def expire_due(*, on: date | None = None, within: rounds.Slice | None = None) -> int:
    """End what ran out before a day (default: today); return how many. Missed days are caught up.

    What a slice has no time for the next one finds: what is ended is not found again.
    """
    today = on or timezone.localdate()
    due = EligibilityCase.objects.filter(state=EligibilityCase.State.CONFIRMED, valid_to__lt=today)
    keys = list(due.order_by("valid_to", "pk").values_list("pk", flat=True))
    return sum(_expire(EligibilityCase(pk=pk)) for pk in (within or rounds.Whole()).of(keys))


def _expire(case: EligibilityCase) -> bool:
    with transaction.atomic():
        try:
            row = LIFE.begin(case, EXPIRE, by=None)
        except WrongState:
            return False  # withdrawn, or ended by another worker, meanwhile
        finish(row, EXPIRE, events.Expired(**which(row), valid_to=row.valid_to), by=None)
    return True


def default_validity(case: EligibilityCase, start: date) -> tuple[date, date]:
    """Return from when to when a confirmation holds unless the authority says otherwise, both days included.

    By the months of the scheme, counted like a term (民法典 202): the day before the corresponding day.
    """
    corresponding = start + relativedelta(months=Checklist.from_json(case.checklist).valid_months)
    has_one = corresponding.day == start.day  # else it is the last of a shorter month, and itself the end
    return start, corresponding - timedelta(days=1) if has_one else corresponding


def refuse_their_own(row: EligibilityCase, by: User) -> None:
    """Raise NotAllowed to whoever submitted the case or works for the institution, whatever places they hold."""
    if is_their_own(by, row):
        raise NotAllowed(THEIR_OWN)


def _needed(reason: str) -> str:
    if not reason.strip():
        raise ValueError("a refusal needs its reason")
    return reason.strip()
