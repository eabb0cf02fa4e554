"""The verbs of a survey round: an authority asks by a day, and ends the asking."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.log import append
from institutions.models import Authority, Role, reviews_for
from surveys import announcements, events
from surveys.lifecycle import CLOSE, LIFE
from surveys.models import SurveyRound
from verbs.errors import NotAllowed, WrongState


def ask(
    authority: Authority, *, by: User, title: str, due_on: date, role: Role | str = "", remark: str = ""
) -> SurveyRound:
    """Ask every open institution of the authority's area (of one side, or of both) and tell its people.

    Raises NotAllowed to all but the authority's reviewers, and WrongState while a round of that title is open.
    """
    with transaction.atomic():
        # Held: whoever closes it meanwhile sees the round, or this sees that it is closed.
        row = Authority.objects.select_for_update(no_key=True, of=("self",)).get(pk=authority.pk)
        if not reviews_for(by, authority):
            raise NotAllowed(f"只有{authority}的审核员才能以它的名义发起摸底。")
        if row.closed_on is not None:
            raise WrongState(f"{row}已经撤销，不能再发起摸底。")
        opened = SurveyRound(authority=authority, title=title, role=role, remark=remark, due_on=due_on, asked_by=by)
        try:
            with transaction.atomic():
                opened.save(force_insert=True)
        except IntegrityError:
            raise WrongState(f"名为“{title}”的摸底已经发起，还没有结束，不必重复发起。") from None
        event = events.Asked(round=opened.pk, title=title, due_on=due_on, asked=opened.asked().count())
        append(event, by=by, subject=authority)
        announcements.asked(opened)
    return opened


def close(opened: SurveyRound, *, by: User) -> SurveyRound:
    """End the asking; who has not answered by now has not answered this round.

    Raises WrongState once it is closed, NotAllowed to all but the reviewers of the authority that asked.
    """
    with transaction.atomic():
        row = LIFE.begin(opened, CLOSE, by=by)
        row.closed_at = timezone.now()  # an edition that comes later is no answer, nor counted as one
        answered, asked = row.answered().count(), row.asked().count()
        event = events.Closed(round=row.pk, title=row.title, answered=answered, asked=asked)
        return LIFE.finish(row, CLOSE, event, by=by, writes={"closed_at": row.closed_at, "closed_by": by})


def resting(authority: Authority) -> list[str]:
    """Return in words how many rounds an authority has opened. Fills `institutions.sockets.RESTS_WITH`."""
    opened = SurveyRound.objects.filter(Q(authority=authority) | Q(authority__successor=authority)).count()
    return [f"摸底 {opened} 次"] if opened else []
