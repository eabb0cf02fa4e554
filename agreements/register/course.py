"""The course of an agreement, as its page shows it from the left to the right: what is done, and what is promised."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from agreements.models import Agreement
from agreements.models.states import DRAFTS, HAS_BEEN_IN_FORCE
from frame.panels import Panel, Pressing, Step


@dataclass(frozen=True)
class Course:
    steps: tuple[Step, ...]
    pressing: Pressing | None  # of what the panels show: a filing that is late, a scan that is wanted

    @property
    def now(self) -> int:
        """The number of the first step, from 1, that is not done."""
        return next((i for i, step in enumerate(self.steps, 1) if not is_done(step)), len(self.steps) + 1)


def is_done(step: Step) -> bool:
    return step.is_over or step.done_on is not None


def course_of(agreement: Agreement, panels: Iterable[Panel]) -> Course:
    """Return the steps of an agreement and, after them, those of its panels."""
    shown = list(panels)
    steps = (*_own(agreement), *(step for panel in shown for step in panel.steps))
    return Course(steps, next((panel.pressing for panel in shown if panel.pressing), None))


def _own(agreement: Agreement) -> Iterator[Step]:
    sent = timezone.localdate(agreement.sent_at) if agreement.sent_at else None
    is_sent = agreement.state not in DRAFTS
    yield Step("起草", sent if is_sent else None)
    yield Step(
        "双方定稿", timezone.localdate(agreement.agreed_at) if agreement.is_frozen and agreement.agreed_at else None
    )
    yield Step("签章", _signed_on(agreement))
    yield Step("生效", agreement.effective_on, is_over=agreement.state in HAS_BEEN_IN_FORCE)


def _signed_on(agreement: Agreement) -> date | None:
    days = [day for day in (agreement.medical_signed_on, agreement.elder_care_signed_on) if day]
    return max(days) if agreement.both_signed else None
