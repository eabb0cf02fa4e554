"""The demo's survey round, answered by some, and an eligibility case that waits to be checked. By the verbs."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from demo.loading import DemoDataError
from demo.people import clerk_of
from demo.scans import marked
from eligibility import answering
from eligibility.answering import Answer
from eligibility.checklist import Checklist
from eligibility.models import EligibilityCase
from institutions.models import Authority, Duty, ElderCareProfile, Institution, Membership, Role
from surveys import rounds, saving
from surveys.checking import Values
from surveys.models import SurveyRound
from uploads.at_once import as_file, judged

ASKING = ("430103", Authority.Kind.HEALTH)  # in the province whose notice asks for it
TITLE = "2026年下半年医养签约摸底"
DAYS_TO_ANSWER = timedelta(days=12)
ANSWERED_BY = ("tx-a", "tx-1", "tx-2", "tx-c")
BEGUN_BY = "tx-b"
CHECKED = "js-3"  # private, in the city whose annex asks for it
WANTED = ["basic_public_health", "treatment", "rehabilitation", "hospice", "two_way_referral", "infection_control"]
OFFERED = ["basic_public_health", "treatment", "tcm", "home_sickbed", "two_way_referral", "training"]


def load_surveys(institutions: dict[str, Institution]) -> int:
    """Open the round and answer it for some, if that has not been done; return how many rounds are new."""
    region, kind = ASKING
    authority = Authority.objects.get(region__code=region, kind=kind)
    if SurveyRound.objects.filter(authority=authority, title=TITLE).exists():
        return 0
    reviewer = Membership.objects.filter(authority=authority, duty=Duty.REVIEWER).select_related("user").first()
    if reviewer is None:
        raise DemoDataError(f"{authority}没有演示审核员。")
    due = timezone.localdate() + DAYS_TO_ANSWER
    rounds.ask(authority, by=reviewer.user, title=TITLE, due_on=due, remark="请按月末实有数填写。")
    for key in ANSWERED_BY:
        place = institutions[key]
        saving.hand_in(place, by=clerk_of(place), revision=0, values=_values(place), are_confirmed=True)
    begun = institutions[BEGUN_BY]
    saving.save_draft(begun, by=clerk_of(begun), revision=0, values=_values(begun) | {"services": []})
    return 1


def _values(place: Institution) -> dict[str, object]:
    values: Values = _elder_care(place) if place.role == Role.ELDER_CARE else _medical()
    return {"surveyed_on": timezone.localdate(), "remark": "", **values}


def _elder_care(place: Institution) -> Values:
    """Return answers with the numbers that the profile has: the demo's figures stay as they are."""
    profile = place.profile
    if not isinstance(profile, ElderCareProfile):
        raise DemoDataError(f"{place}没有养老机构信息。")
    return {
        "beds": profile.beds,
        "nursing_beds": profile.beds // 3,
        "residents": profile.residents,
        "residents_under_60": profile.residents - profile.residents_60,
        "residents_60_to_64": profile.residents_60 - profile.residents_65,
        "residents_65_to_79": profile.residents_65 - profile.residents_80,
        "residents_80_up": profile.residents_80,
        "residents_disabled": profile.residents // 4,
        "residents_partly_disabled": profile.residents // 5,
        "residents_destitute": profile.residents // 20,
        "clinic_rooms": 1,
        "visiting_rooms": 2,
        "has_coordinator": True,
        "services": WANTED,
    }


def _medical() -> Values:
    return {
        "beds": 40,
        "nursing_beds": 12,
        "physicians": 18,
        "general_practitioners": 6,
        "nurses": 24,
        "teams": 4,
        "team_members": 16,
        "partners_possible": 3,
        "has_fast_track": True,
        "services": OFFERED,
    }


def load_eligibility(institutions: dict[str, Institution]) -> int:
    """Submit one checklist, if that has not been done; return how many cases are new."""
    place = institutions[CHECKED]
    if EligibilityCase.objects.filter(institution=place).exists():
        return 0
    clerk = clerk_of(place)
    case = answering.begin(place, by=clerk)
    items = Checklist.from_json(case.checklist).items
    until = timezone.localdate() + timedelta(days=400)
    given = {"yes": Answer(yes=True), "number": Answer(number=2), "day": Answer(day=until)}
    answers = {item.id: given[item.answer] for item in items}
    case = answering.answer(case, by=clerk, revision=case.revision, answers=answers)
    for number, item in enumerate(items, 1):
        if item.evidence:
            file = as_file(marked(f"DEMO-{number:02d}"), f"{item.label}.pdf")
            judged(answering.send(case, item, file=file, by=clerk))
    answering.submit(case, by=clerk, revision=case.revision)
    return 1
