"""The verbs of the survey: keep a draft, submit an edition.

The institution's row is the lock of its survey. The newest edition is what the institution says of itself, so
submitting it writes the numbers of its profile in the same transaction; what is corrected in the profile afterwards
begins the next draft.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.log import append
from institutions.models import ElderCareProfile, Institution, Role, keeps_facts_of
from surveys import events
from surveys.checking import Incomplete, Values, doubts, errors
from surveys.models import Survey
from surveys.questions import questions
from verbs.errors import NotAllowed, WrongState

State = Survey.State


class StaleSurvey(Exception):
    """The survey was saved by somebody else, or elsewhere, since this page was opened; nothing was overwritten."""

    def __init__(self, newer: Survey) -> None:
        super().__init__("stale survey")
        self.newer = newer


def fields_of(role: Role | str) -> list[str]:
    """Return every field that a survey of this role fills."""
    return ["surveyed_on", *(question.field for question in questions(role)), "services", "remark"]


def draft_of(institution: Institution) -> Survey:
    """Return the draft or, not saved yet, the one to begin with: the last edition, with today's numbers of the profile.

    Its `revision` goes on from edition to edition, so that a page knows whether anything was saved meanwhile.
    """
    known = {survey.state: survey for survey in institution.surveys.select_related("edited_by").order_by("edition")}
    if State.DRAFT in known:
        return known[State.DRAFT]
    begun = Survey(institution=institution, surveyed_on=timezone.localdate())
    if last := known.get(State.SAVED):
        begun.revision = last.revision
        for field in fields_of(institution.role)[1:]:
            setattr(begun, field, getattr(last, field))
    if isinstance(institution.profile, ElderCareProfile):
        begun.beds, begun.residents = institution.profile.beds, institution.profile.residents
    return begun


def save_draft(institution: Institution, *, by: User, revision: int, values: Values) -> Survey:
    """Keep what was filled in so far. `revision` is that of the page.

    Raises NotAllowed to all but the institution's clerks and administrators, StaleSurvey if there is a newer revision.
    """
    with transaction.atomic():
        row = _written(_draft_at(_begun(institution, by), revision), by, values)
        append(events.DraftSaved(revision=row.revision), by=by, subject=institution)
    return row


def hand_in(
    institution: Institution, *, by: User, revision: int, values: Values, are_confirmed: bool = False
) -> Survey:
    """Submit the next edition.

    Raises as `save_draft` does, and Incomplete with errors, or with doubts that nobody has confirmed.
    """
    with transaction.atomic():
        fresh = _begun(institution, by)
        _refuse_incomplete(fresh, values, are_confirmed=are_confirmed)
        row = _written(_draft_at(fresh, revision), by, values)
        last: int = institution.surveys.aggregate(last=Max("edition"))["last"] or 0
        edition = last + 1
        row.state, row.edition, row.saved_at, row.saved_by = State.SAVED, edition, timezone.now(), by
        row.save(update_fields=["state", "edition", "saved_at", "saved_by"])
        event = events.Saved(edition=edition, answers=_answers(row), profile=_feed_profile(row))
        append(event, by=by, subject=institution)
    return row


def _begun(institution: Institution, by: User) -> Institution:
    """Lock the institution, guard, and ask whether the person may."""
    fresh = Institution.objects.select_for_update(no_key=True, of=("self",)).with_profiles().get(pk=institution.pk)
    if fresh.status == Institution.Status.CLOSED:
        raise WrongState("这家机构已经关闭，不能再填报摸底信息。")
    if not keeps_facts_of(by, fresh):
        raise NotAllowed("摸底信息由本机构的经办人或管理员填报。")
    return fresh


def _refuse_incomplete(institution: Institution, values: Values, *, are_confirmed: bool) -> None:
    found = errors(institution.role, values, today=timezone.localdate())
    if not found and not are_confirmed:
        found = doubts(institution.role, values)
    if found:
        raise Incomplete(found)


def _draft_at(institution: Institution, revision: int) -> Survey:
    draft = draft_of(institution)
    if revision != draft.revision:
        newest = draft if draft.pk else institution.surveys.saved().select_related("edited_by").first()
        raise StaleSurvey(newest or draft)
    return draft


def _written(row: Survey, by: User, values: Values) -> Survey:
    blank: dict[str, Any] = {"services": [], "remark": ""}
    for field in fields_of(row.institution.role):
        setattr(row, field, values.get(field) or blank[field] if field in blank else values.get(field))
    row.revision += 1
    row.edited_by, row.edited_at = by, timezone.now()
    row.save()
    return row


def _feed_profile(row: Survey) -> dict[str, int]:
    """Write the edition's numbers into the profile of an elder-care institution, and return what was written."""
    if row.institution.role != Role.ELDER_CARE:
        return {}
    aged_60, aged_65, aged_80 = (row.residents_60_to_64 or 0, row.residents_65_to_79 or 0, row.residents_80_up or 0)
    numbers = {
        "beds": row.beds or 0,
        "residents": row.residents or 0,
        "residents_60": aged_60 + aged_65 + aged_80,
        "residents_65": aged_65 + aged_80,
        "residents_80": aged_80,
    }
    written = ElderCareProfile.objects.filter(institution=row.institution).update(**numbers)
    return numbers if written else {}


def _answers(row: Survey) -> dict[str, Any]:
    return {field: getattr(row, field) for field in fields_of(row.institution.role)}
