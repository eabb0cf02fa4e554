"""The verbs of a survey round: an authority asks by a day, and ends the asking."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.log import append
from audit.models import Event
from institutions.models import Authority, Role
from surveys import announcements
from surveys.models import SurveyRound
from verbs.errors import WrongState


def ask(
    authority: Authority, *, by: User, title: str, due_on: date, role: Role | str = "", remark: str = ""
) -> SurveyRound:
    """Ask every open institution of the authority's area (of one side, or of both) and tell its people."""
    with transaction.atomic():
        opened = SurveyRound(authority=authority, title=title, role=role, remark=remark, due_on=due_on, asked_by=by)
        try:
            with transaction.atomic():
                opened.save(force_insert=True)
        except IntegrityError:
            raise WrongState(f"名为“{title}”的摸底已经发起，还没有结束，不必重复发起。") from None
        asked = opened.asked().count()
        due = due_on.isoformat()
        append(Event.SURVEY_ASKED, by=by, subject=authority, round=opened.pk, title=title, due_on=due, asked=asked)
        announcements.asked(opened)
    return opened


def close(opened: SurveyRound, *, by: User) -> SurveyRound:
    """End the asking; who has not answered by now has not answered this round."""
    with transaction.atomic():
        now = timezone.now()
        ended = SurveyRound.objects.open().filter(pk=opened.pk).update(closed_at=now, closed_by=by)
        if ended != 1:
            raise WrongState("这次摸底已经结束。可能刚刚有人处理过，请刷新查看。")
        row = SurveyRound.objects.select_related("authority__region").get(pk=opened.pk)
        answered, asked = row.answered().count(), row.asked().count()
        append(
            Event.SURVEY_CLOSED,
            by=by,
            subject=row.authority,
            round=row.pk,
            title=row.title,
            answered=answered,
            asked=asked,
        )
    return row
