"""What may become of an eligibility case, and through whom, as data. The beats are those of verbs/lifecycle.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from accounts.models import User
from audit.events import Event
from eligibility import events
from eligibility.models import EligibilityCase
from eligibility.permissions import can_answer, can_review
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

State = EligibilityCase.State
Step = Transition[State, User, EligibilityCase]

ANSWER = Step("answer", "填写", frozenset({State.DRAFT}), State.DRAFT, events.Answered, can_answer)
SUBMIT = Step("submit", "提交", frozenset({State.DRAFT}), State.SUBMITTED, events.Submitted, can_answer)
REVIEW = Step("review", "核对", frozenset({State.SUBMITTED}), State.SUBMITTED, events.Reviewed, can_review)
CONFIRM = Step("confirm", "确认", frozenset({State.SUBMITTED}), State.CONFIRMED, events.Confirmed, can_review)
RETURN = Step("return", "退回", frozenset({State.SUBMITTED}), State.RETURNED, events.Refused, can_review)
WITHDRAW = Step("withdraw", "撤销", frozenset({State.CONFIRMED}), State.WITHDRAWN, events.Withdrawn, can_review)
EXPIRE = Step("expire", "到期", frozenset({State.CONFIRMED}), State.EXPIRED, events.Expired, may=None)
TRANSITIONS = (ANSWER, SUBMIT, REVIEW, CONFIRM, RETURN, WITHDRAW, EXPIRE)
RULES = """\
- **Begin.** A clerk of the institution, when no case is being answered or reviewed. Answers and files of the round
  before are taken over.
- **Confirm.** Every item must have been found to be met; the days from which and to which it holds are the authority's.
- **Not one's own.** Whoever submitted the case, or works for the institution, decides nothing of it.
- **Withdraw.** From today on, with a reason. **Expire.** By the clock, the day after the last day.
"""


def in_words(case: EligibilityCase) -> str:
    """Return the state in words, with who decided."""
    by = f"（{case.decided_by}）" if case.decided_by else ""
    return f"{case.get_state_display()}{by}"


LIFE: Lifecycle[State, User, EligibilityCase] = Lifecycle(
    "eligibility case",
    "这份资格填报",
    State,
    TRANSITIONS,
    EligibilityCase.objects.with_places,
    in_words,
    subject=lambda case: case.institution,
    rules=RULES,
)


class StaleCase(Exception):
    """The case was saved elsewhere since this page was opened; nothing was overwritten."""


class Which(TypedDict):
    case: int
    round: int


def which(case: EligibilityCase) -> Which:
    """Return the facts by which every event names its case."""
    return {"case": case.pk, "round": case.round}


def begin_at(case: EligibilityCase, transition: Step, *, by: User, revision: int) -> EligibilityCase:
    """Lock the row as `LIFE.begin` does. Raises StaleCase when `revision` is not the newest."""
    row = LIFE.begin(case, transition, by=by)
    if row.revision != revision:
        raise StaleCase
    return row


def finish(
    row: EligibilityCase,
    transition: Step,
    event: Event,
    *,
    by: User | None,
    writes: Mapping[str, Any] | None = None,
) -> EligibilityCase:
    """Write and log as `LIFE.finish` does, and count the revision on."""
    return LIFE.finish(row, transition, event, by=by, writes={"revision": row.revision + 1, **(writes or {})})
