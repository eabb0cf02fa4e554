"""What people are told of a survey round: at once when it is opened, and by the clock as its day comes near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone

from chinese.dates import cn_day
from institutions.models import InstitutionQuerySet, Membership
from institutions.models.duty import KEEPERS
from jobs import rounds
from notifications import ladders, ledger
from notifications.ladders import Ladder, Reminder, Words
from surveys.models import SurveyRound, SurveyRoundQuerySet

DUE = Ladder("survey_due", (-7, -1, 1, 7), stale_after=30)


def asked(opened: SurveyRound) -> None:
    """Tell the people of every institution asked. What the ladder has reached already is told by this very notice."""
    people = _people_of(opened.asked())
    page = reverse("survey-home")
    title = f"{opened.authority.name}请您填报：{opened.title}"
    ledger.tell(
        "survey_asked", subject=opened, recipients=people, period="", title=title, body=_facts(opened), url=page
    )
    reached = [DUE.period(opened.due_on, rung) for rung in DUE.reached(opened.due_on, timezone.localdate())]
    ledger.pass_over(DUE.kind, subject=opened, recipients=people, periods=reached, title=title, url=page)


def _open() -> SurveyRoundQuerySet:
    return SurveyRound.objects.open().select_related("authority__region")


def _unanswered(rounds: Sequence[SurveyRound]) -> Callable[[SurveyRound], list[int]]:
    return lambda each: _people_of(each.unanswered())


def _words(row: SurveyRound, days: int) -> Words:
    left = f"还有 {-days} 天" if days else "今天是最后一天"
    title = f"摸底填报已逾期 {days} 天：{row.title}" if days > 0 else f"摸底填报{left}：{row.title}"
    return Words(title, _facts(row), reverse("survey-home"))


# Everybody in a region is asked by one round of a survey, so each round is a batch of its own.
REMINDER = Reminder(DUE, rows=_open, day="due_on", people=_unanswered, words=_words, batch=1)

ROUND = rounds.declare("surveys.remind", "摸底的提醒")


def sweep(*, on: date | None = None, within: rounds.Slice | None = None) -> int:
    """Tell everybody who has not answered and was not told; return how many notices are new."""
    return ladders.sweep(ROUND, [REMINDER], on=on, within=within)


def _people_of(institutions: InstitutionQuerySet) -> list[int]:
    held = Membership.objects.effective().filter(institution__in=institutions, duty__in=KEEPERS, user__is_active=True)
    return list(held.order_by("user").values_list("user", flat=True).distinct())


def _facts(row: SurveyRound) -> str:
    lines = f"发起部门：{row.authority.name}", f"截止日期：{cn_day(row.due_on)}", row.remark
    return "\n".join(line for line in (*lines, "请打开“摸底”页面填报；只填数量，不填老年人的姓名和病情。") if line)
