"""Every verb about an import, called directly by whoever may not: it refuses, and nothing is written."""

from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import User
from imports import runs, write_run
from imports.models import ImportRow, InstitutionImport
from institutions.models import Authority, Institution, Membership
from tests import factories
from tests.imports.making import book, checked, fresh, home, uploaded
from tests.verbs.refusing import by_verb, refuse
from verbs.errors import WrongState

State = InstitutionImport.State
VERBS: dict[str, Callable[[InstitutionImport, User], object]] = {
    "upload": lambda run, by: uploaded(book(home(9)), run.authority, by),
    "set_columns": lambda run, by: runs.set_columns(run, runs.sheets_of(run), by=by),
    "recheck": lambda run, by: runs.recheck(run, by=by),
    "decide": lambda run, by: runs.decide(run, ImportRow.Decision.SKIP, by=by, outcome="changed"),
    "confirm": lambda run, by: runs.confirm(run, by=by),
    "abandon": lambda run, by: runs.abandon(run, by=by),
}
NEVER = (
    "stranger",
    "elder_care_clerk",
    "institution_administrator",
    "civil_affairs_officer",
    "other_reviewer",
    "supervisor",
    "auditor",
    "template_editor",
    "platform_administrator",
    "nobodys_user",
)
CASES = [(verb, person) for verb in VERBS for person in NEVER]


@pytest.fixture
def run(health_authority: Authority, health_reviewer: User) -> InstitutionImport:
    """A checked sheet, of which one row differs from the register."""
    existing = factories.OpenElderCareFactory.create()
    return checked(book(home(1), home(2, uscc=existing.uscc)), health_authority, health_reviewer)


@pytest.mark.parametrize(("verb", "people"), by_verb(CASES), ids=[verb for verb, _ in by_verb(CASES)])
def test_a_verb_refuses_whoever_may_not(
    verb: str, people: list[str], run: InstitutionImport, request: pytest.FixtureRequest
) -> None:
    refuse(*(partial(VERBS[verb], run, by) for by in [request.getfixturevalue(person) for person in people]))


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "confirm"])
def test_what_counts_is_the_place_that_the_person_acts_for(
    verb: str, run: InstitutionImport, health_reviewer: User, stranger_institution: Institution
) -> None:
    factories.MembershipFactory.create(user=health_reviewer, institution=stranger_institution)
    refuse(lambda: VERBS[verb](run, health_reviewer.at("institution", stranger_institution.pk)))
    VERBS[verb](run, health_reviewer.at("authority", run.authority_id))


def test_the_clock_gives_up_only_what_nobody_waits_for(run: InstitutionImport, health_reviewer: User) -> None:
    runs.recheck(run, by=health_reviewer)
    with pytest.raises(WrongState):
        runs.give_up(run)
    assert fresh(run).state == State.WAITING


@pytest.mark.parametrize("left", ["nothing", "another place"])
def test_who_lost_the_duty_after_confirming_writes_nothing(
    left: str, run: InstitutionImport, health_reviewer: User, stranger_institution: Institution
) -> None:
    """The worker asks once more, at the place of the order: a duty elsewhere is none here."""
    runs.decide(run, ImportRow.Decision.UPDATE, by=health_reviewer, outcome="changed")
    runs.confirm(run, by=health_reviewer)
    Membership.objects.filter(user=health_reviewer).delete()
    if left == "another place":
        there = factories.AuthorityFactory.create(region=stranger_institution.region)
        factories.MembershipFactory.create(user=health_reviewer, authority=there, duty="reviewer")
    names = set(Institution.objects.values_list("name", flat=True))
    write_run.write(run.pk)
    ended = fresh(run)
    assert (ended.state, "现在不是" in ended.failure) == (State.FAILED, True)
    assert set(Institution.objects.values_list("name", flat=True)) == names
