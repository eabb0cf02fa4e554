"""Every verb about an institution, called directly by whoever may not: it refuses, and nothing is written."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User
from institutions import acting, lifecycle
from institutions.models import ElderCareProfile, Institution, Role
from institutions.uscc import compose_uscc
from tests import factories
from tests.verbs.refusing import by_verb, refuse
from verbs.errors import NotAllowed

Verb = Callable[[Institution, User], object]
DAY = date(2026, 11, 2)
NEXT_DOOR = "330604"
PERIOD = lifecycle.Period("备00099", factories.LONG_AGO, factories.FAR_AHEAD)


def changing(**wanted: object) -> Verb:
    def change(row: Institution, by: User) -> object:
        seen = {name: getattr(row, name, getattr(row.profile, name, None)) for name in wanted}
        changes = {name: (seen[name], value) for name, value in wanted.items()}
        return lifecycle.change(row, by=by, changes=changes)

    return change


def moving(row: Institution, by: User) -> object:
    return lifecycle.change(row, by=by, changes={"region": (row.region, factories.region(NEXT_DOOR))})


def adding(*, filed: bool) -> Verb:
    def add(beside: Institution, by: User) -> object:
        new = Institution(
            role=Role.ELDER_CARE,
            name="越城区新设养老院",
            uscc=compose_uscc("12", "330602", "MB999999"),
            region=beside.region,
            address="新街 1 号",
            legal_representative="沈祎",
            ownership=Institution.Ownership.PUBLIC,
        )
        filing = {"filing_number": "备00077"} if filed else {}
        return lifecycle.add(new, ElderCareProfile(kind="residential_care", **filing), by=by)

    return add


def reopening(row: Institution, by: User) -> object:
    Institution.objects.filter(pk=row.pk).update(status="suspended")
    try:
        return lifecycle.reopen(row, by=by, on=DAY, reason="修好了")
    finally:
        Institution.objects.filter(pk=row.pk, status="suspended").update(status="open")


VERBS: dict[str, Verb] = {
    "rename": lambda row, by: lifecycle.rename(row, by=by, to="越城区晚晴养老院", on=DAY, reason="法人变更"),
    "correct_name": lambda row, by: lifecycle.correct_name(row, by=by, to="越城区福星养老公寓"),
    "change_own": changing(address="新址", beds=7),
    "change_registered": changing(ownership="private_nonprofit"),
    "change_period": changing(filing_number="备00088"),
    "move": moving,
    "add": adding(filed=False),
    "add_filed": adding(filed=True),
    "suspend": lambda row, by: lifecycle.suspend(row, by=by, on=DAY, reason="检修"),
    "close": lambda row, by: lifecycle.close(row, by=by, on=DAY, reason="歇业"),
    "reopen": reopening,
    "enter_period": lambda row, by: lifecycle.enter_period(row, PERIOD, by=by),
    "withdraw_filing": lambda row, by: lifecycle.withdraw_filing(row, by=by, last_day=DAY, reason="注销"),
}
# Whoever acts elsewhere, only reads, or looks after people keeps no register and no institution's facts.
NEVER = (
    "stranger",
    "medical_clerk",
    "signatory",
    "other_reviewer",
    "supervisor",
    "authority_administrator",
    "auditor",
    "template_editor",
    "platform_administrator",
    "nobodys_user",
)
OF_ITS_OWN_PEOPLE = ("change_own", "enter_period")
OF_THE_BUREAU_THAT_WATCHES = ("change_period", "add_filed", "enter_period", "withdraw_filing")
CASES = [
    *((verb, person) for verb in VERBS for person in NEVER),
    *((verb, "elder_care_clerk") for verb in VERBS if verb not in OF_ITS_OWN_PEOPLE),
    *((verb, "institution_administrator") for verb in VERBS if verb not in OF_ITS_OWN_PEOPLE),
    *((verb, "health_reviewer") for verb in OF_THE_BUREAU_THAT_WATCHES),
    ("move", "health_reviewer"),
    ("move", "civil_affairs_officer"),
]


@pytest.mark.parametrize(("verb", "people"), by_verb(CASES), ids=[verb for verb, _ in by_verb(CASES)])
def test_a_verb_refuses_whoever_may_not(
    verb: str, people: list[str], elder_care_institution: Institution, request: pytest.FixtureRequest
) -> None:
    factories.region(NEXT_DOOR)
    refuse(
        *(
            partial(VERBS[verb], elder_care_institution, by)
            for by in [request.getfixturevalue(person) for person in people]
        )
    )


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "move"])
def test_what_counts_is_the_place_that_the_person_acts_for(
    verb: str, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    """A reviewer of two counties does for the one what belongs to it, and only while acting for it."""
    here = civil_affairs_officer.memberships.get().authority
    there = factories.AuthorityFactory.create(region=factories.region(NEXT_DOOR), kind="civil_affairs")
    factories.MembershipFactory.create(user=civil_affairs_officer, authority=there, duty="reviewer")
    elsewhere = civil_affairs_officer.at("authority", there.pk)
    refuse(lambda: VERBS[verb](elder_care_institution, elsewhere))
    assert here is not None
    VERBS[verb](elder_care_institution, civil_affairs_officer.at("authority", here.pk))
    assert civil_affairs_officer.acting is None, "who acts at a place is a copy"


def test_a_reviewer_of_both_counties_may_move_it(elder_care_institution: Institution, health_reviewer: User) -> None:
    above = factories.AuthorityFactory.create(region=factories.region("330600"))
    factories.MembershipFactory.create(user=health_reviewer, authority=above, duty="reviewer")
    moving(elder_care_institution, health_reviewer)
    assert Institution.objects.get(pk=elder_care_institution.pk).region.code == NEXT_DOOR


def test_nobody_acts_for_a_place_at_which_they_hold_no_duty(elder_care_clerk: User, stranger: User) -> None:
    [theirs], session = acting.places_of(stranger), SessionBase()
    with pytest.raises(NotAllowed, match="没有在这个单位任职"):
        acting.switch(session, elder_care_clerk, theirs)
    assert acting.CHOSEN not in session
