"""Rules of one line, asked of everybody: who may, who reads, and nobody else, whatever pages and verbs make of it."""

from collections.abc import Callable

import pytest

from accounts.models import User
from auditing.permissions import is_auditor
from duties import permissions as duties
from duties.models import AdministratorRequest, Invitation
from eligibility.models import EligibilityCase
from imports.permissions import can_import, reads_imports
from institutions import permissions as institutions
from institutions.models import (
    Authority,
    Duty,
    Institution,
    institutions_held_by,
    institutions_kept_by,
    institutions_of,
    institutions_read_by,
    is_official,
    remit_of,
)
from institutions.register.permissions import rights_of
from surveys.models import Survey, SurveyRound
from surveys.permissions import reviews
from tests import factories

CLERKS = {"elder_care_clerk", "colleague"}
KEEPERS = CLERKS | {"institution_administrator"}
READERS = {"signatory", "approver"}
MEMBERS = KEEPERS | READERS
REVIEWERS = {"health_reviewer", "civil_affairs_officer"}
REMIT = REVIEWERS | {"supervisor"}
ADMINISTRATORS = {"institution_administrator", "authority_administrator", "platform_administrator"}
EVERYBODY = (
    *sorted(MEMBERS | REMIT),
    *("medical_clerk", "stranger", "other_reviewer", "other_supervisor", "authority_administrator"),
    *("platform_administrator", "auditor", "template_editor", "nobodys_user"),
)
Rule = Callable[[User, Institution], bool]

RULES: dict[str, tuple[Rule, set[str]]] = {
    "is_of": (institutions.is_of, MEMBERS),
    "answers_for": (institutions.answers_for, REMIT),
    "keeps_register": (institutions.keeps_register, REVIEWERS),
    "is_competent": (institutions.is_competent, {"civil_affairs_officer"}),
    "can_edit": (institutions.can_edit, KEEPERS | REVIEWERS),
    "can_enter_validity": (institutions.can_enter_validity, KEEPERS | {"civil_affairs_officer"}),
    "reads_history": (institutions.reads_history, MEMBERS | REMIT),
    "can_add": (lambda user, home: institutions.can_add(user), REVIEWERS | {"other_reviewer"}),
    "page_edits": (lambda user, home: rights_of(user, home).edits, KEEPERS | REVIEWERS),
    "page_enters": (lambda user, home: rights_of(user, home).enters_validity, KEEPERS | {"civil_affairs_officer"}),
    "page_reads_history": (lambda user, home: rights_of(user, home).reads_history, MEMBERS | REMIT),
    "looks_after": (duties.looks_after, {"institution_administrator"}),
    "is_administrator": (lambda user, home: duties.is_administrator(user), ADMINISTRATORS),
    "is_platform_administrator": (
        lambda user, home: duties.is_platform_administrator(user),
        {"platform_administrator"},
    ),
    "confirms_administrators": (
        lambda user, home: duties.confirms_administrators(user),
        REVIEWERS | {"other_reviewer", "authority_administrator"},
    ),
    "is_official_over": (duties.is_official_over, REMIT | {"authority_administrator"}),
    "sees_people_of": (duties.sees_people_of, MEMBERS | REMIT | {"authority_administrator"}),
    "is_official": (lambda user, home: is_official(user), REMIT | {"other_reviewer", "other_supervisor"}),
    "surveys_reviews": (lambda user, home: reviews(user), REVIEWERS | {"other_reviewer"}),
    "is_auditor": (lambda user, home: is_auditor(user), {"auditor"}),
    "can_import": (
        lambda user, home: can_import(user),
        REVIEWERS | {"other_reviewer", "authority_administrator"},
    ),
    "reads_imports": (
        lambda user, home: reads_imports(user),
        REMIT | {"other_reviewer", "other_supervisor", "authority_administrator"},
    ),
    "institutions_of": (lambda user, home: home in institutions_of(user), CLERKS),
    "institutions_read_by": (lambda user, home: home in institutions_read_by(user), CLERKS | READERS),
    "institutions_kept_by": (lambda user, home: home in institutions_kept_by(user), KEEPERS),
    "institutions_held_by": (lambda user, home: home in institutions_held_by(user), MEMBERS),
    "remit_of": (lambda user, home: home.region in remit_of(user), REMIT),
}


@pytest.fixture
def everybody(request: pytest.FixtureRequest) -> dict[str, User]:
    return {name: request.getfixturevalue(name) for name in EVERYBODY}


def test_whoever_may_and_nobody_else(everybody: dict[str, User], elder_care_institution: Institution) -> None:
    for name, (rule, may) in RULES.items():
        found = {person for person, user in everybody.items() if rule(user, elder_care_institution)}
        assert found == may, name


def test_a_closed_institution_is_shown_to_those_whom_it_concerns(
    everybody: dict[str, User], elder_care_institution: Institution
) -> None:
    Institution.objects.filter(pk=elder_care_institution.pk).update(status="closed")
    rows = Institution.objects.filter(pk=elder_care_institution.pk)
    assert {name for name, user in everybody.items() if rows.visible_to(user).exists()} == MEMBERS | REMIT


def test_a_draft_of_a_survey_is_its_institutions_and_an_edition_its_officials_too(
    everybody: dict[str, User], elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    draft = Survey.objects.create(institution=elder_care_institution, edited_by=elder_care_clerk)
    assert {name for name, user in everybody.items() if Survey.objects.visible_to(user).exists()} == MEMBERS
    facts = {"edition": 1, "surveyed_on": factories.today(), "saved_at": draft.edited_at, "saved_by": elder_care_clerk}
    Survey.objects.filter(pk=draft.pk).update(state="saved", **facts)
    assert {name for name, user in everybody.items() if Survey.objects.visible_to(user).exists()} == MEMBERS | REMIT


def test_a_round_concerns_whoever_has_a_place_in_its_area_or_it_in_theirs(everybody: dict[str, User]) -> None:
    """Whoever looks after people has no part in what is asked of the bureau."""
    city = Authority.objects.get(region__code="330600")
    county = Authority.objects.get(region__code="330602", kind=Authority.Kind.HEALTH)
    for authority, sees in (
        (city, MEMBERS | REMIT | {"medical_clerk", "stranger", "other_reviewer"}),
        (county, MEMBERS | REMIT | {"medical_clerk"}),
    ):
        asked = {"title": "摸底", "asked_by": everybody["supervisor"], "due_on": factories.today()}
        row = SurveyRound.objects.create(authority=authority, **asked)
        rows = SurveyRound.objects.filter(pk=row.pk)
        assert {name for name, user in everybody.items() if rows.visible_to(user).exists()} == sees


def test_an_invitation_is_meant_for_whom_it_names_and_not_for_whoever_sent_it(stranger: User, colleague: User) -> None:
    invitation = Invitation(full_name=stranger.full_name, invited_by=colleague)
    assert duties.is_meant_for(stranger, invitation)
    assert not duties.is_meant_for(colleague, invitation)
    assert not duties.is_meant_for(stranger, Invitation(full_name=colleague.full_name, invited_by=colleague))
    assert not duties.is_meant_for(stranger, Invitation(full_name=stranger.full_name, invited_by=stranger))


def test_a_request_is_decided_by_the_bureau_of_its_side_there_and_above(
    everybody: dict[str, User], elder_care_institution: Institution
) -> None:
    def officer(code: str, kind: Authority.Kind, duty: Duty) -> User:
        region = factories.region(code)
        authority = Authority.objects.filter(region=region, kind=kind).first()
        authority = authority or factories.AuthorityFactory.create(region=region, kind=kind)
        return factories.MembershipFactory.create(authority=authority, duty=duty).user

    side = Authority.Kind.CIVIL_AFFAIRS
    people = everybody | {
        "above": officer("330600", side, Duty.ADMINISTRATOR),
        "next_door": officer("330604", side, Duty.REVIEWER),
        "far_away": officer("430100", side, Duty.REVIEWER),
    }
    row = AdministratorRequest.objects.create(
        institution=elder_care_institution,
        full_name="王昇",
        mobile="13800000001",
        licence="a.pdf",
        original_name="证.pdf",
        content_type="application/pdf",
        sha256="b" * 64,
        page_count=1,
        size=1000,
        upload=factories.KeptUploadFactory.create(),
    )
    deciding = {name for name, user in people.items() if duties.decides(user, row)}
    assert deciding == {"civil_affairs_officer", "above"}


def test_a_case_handed_in_is_read_where_the_institution_is_and_where_it_is_reviewed(
    everybody: dict[str, User], elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    next_door = Authority.objects.get(region__code="330604")
    basis = {"institution": elder_care_institution, "authority": next_door, "checklist": {}}
    case = EligibilityCase.objects.create(**basis, created_by=elder_care_clerk)
    own = CLERKS | READERS
    cases = EligibilityCase.objects
    assert {name for name, user in everybody.items() if cases.visible_to(user).exists()} == own
    cases.filter(pk=case.pk).update(state="submitted", submitted_at=case.created_at, submitted_by=elder_care_clerk)
    assert {name for name, user in everybody.items() if cases.visible_to(user).exists()} == own | REMIT | {
        "other_reviewer"
    }
