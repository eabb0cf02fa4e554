"""What surveys wait for whom, and how far the rounds have come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from frame.worklist import ROWS, Group
from institutions.models import (
    Institution,
    InstitutionQuerySet,
    institutions_held_by,
    institutions_kept_by,
    remit_read_by,
)
from surveys.models import Survey, SurveyRound, SurveyRoundQuerySet


@dataclass(frozen=True)
class OwnSurvey:
    """One's own institution: what it said last, what is begun, and who waits for an answer."""

    institution: Institution
    newest: Survey | None
    draft: Survey | None
    waiting: list[SurveyRound]


@dataclass(frozen=True)
class Figures:
    """How many of the institutions asked, in the remit of the person who looks, have answered."""

    round: SurveyRound
    asked: int
    answered: int

    @property
    def missing(self) -> int:
        return self.asked - self.answered

    @property
    def is_late(self) -> bool:
        return self.round.closed_at is None and self.missing > 0 and self.round.due_on < timezone.localdate()


@dataclass(frozen=True)
class Row:
    round: SurveyRound
    institution: Institution
    url: str
    is_late: bool


def rounds_waiting_for(institution: Institution) -> list[SurveyRound]:
    """Return the open rounds that this institution has not answered yet, the most urgent first."""
    asking = SurveyRound.objects.open().asking(institution).select_related("authority__region").order_by("due_on", "id")
    return [each for each in asking if not each.is_answered_by(institution)]


def own_surveys(user: User) -> list[OwnSurvey]:
    """Return the surveys of the institutions at which the person holds a duty."""
    found = []
    for institution in institutions_held_by(user).select_related("region").order_by("name"):
        known = list(institution.surveys.select_related("saved_by", "edited_by"))
        draft = next((each for each in known if each.state == Survey.State.DRAFT), None)
        newest = next((each for each in known if each.state == Survey.State.SAVED), None)
        found.append(OwnSurvey(institution, newest, draft, rounds_waiting_for(institution)))
    return found


def in_remit(institutions: InstitutionQuerySet, user: User) -> InstitutionQuerySet:
    return institutions.filter(region__in=remit_read_by(user))


def figures(user: User, opened: SurveyRound) -> Figures:
    """Return how far a round has come in the person's remit."""
    asked = in_remit(opened.asked(), user)
    answered = in_remit(opened.answered(), user)
    counts = asked.aggregate(asked=Count("pk"), answered=Count("pk", filter=Q(pk__in=answered.values("pk"))))
    return Figures(opened, counts["asked"], counts["answered"])


def rounds_with_figures(user: User, rounds: SurveyRoundQuerySet | Iterable[SurveyRound]) -> list[Figures]:
    return [figures(user, each) for each in rounds]


def groups_for_institution(user: User) -> Iterator[Group[Row]]:
    """Yield what the person's institutions are asked to fill in; nothing when nobody asks."""
    today = timezone.localdate()
    rows = [
        Row(each, institution, reverse("survey-edit", args=[institution.pk]), each.due_on < today)
        for institution in institutions_kept_by(user).select_related("region").order_by("name")
        for each in rounds_waiting_for(institution)
    ]
    if rows:
        yield Group("surveys", "请填报的摸底", rows[:ROWS], len(rows))
