"""What the database refuses in the apps below agreements and filing, which list theirs: a failing write for each rule.

The last test misses no rule.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import ExternalIdentity, RecoveryCode, User
from audit.models import Anchor, AnchorLeaf, Entry, Work
from duties.models import AdministratorRequest, Introduction, Invitation
from eligibility.models import EligibilityAnswer, EligibilityCase, EligibilityEvidence
from imports.models import ImportRow, InstitutionImport, RememberedColumns
from institutions.models import Authority, FormerName, Institution, Membership
from institutions.models.validity import Lapse, ValidityPeriod
from regions.models import Region
from surveys.models import Survey, SurveyRound
from tests import factories
from tests.constraints.rows import (
    BASES,
    FIRST,
    LAST,
    NOW,
    World,
    clerk,
    once,
    reviewer,
    rewritten,
    same_code,
    second_profile,
    twice,
)

SUBMITTED: dict[str, Any] = {"state": "submitted", "submitted_at": NOW, "submitted_by": clerk}
DECIDED: dict[str, Any] = {**SUBMITTED, "decided_at": NOW, "decided_by": clerk}
CONFIRMED: dict[str, Any] = {**DECIDED, "state": "confirmed", "valid_from": FIRST, "valid_to": LAST}
WITHDRAWN = {**CONFIRMED, "state": "withdrawn", "reason": "不合格", "withdrawn_on": LAST, "withdrawn_by": clerk}
RETURNED: dict[str, Any] = {**DECIDED, "state": "returned", "reason": "看不清"}
SAVED: dict[str, Any] = {"state": "saved", "edition": 1, "surveyed_on": FIRST, "saved_at": NOW, "saved_by": clerk}
BANDS = {"residents_under_60": 1, "residents_60_to_64": 2, "residents_65_to_79": 3, "residents_80_up": 4}
SETTLED: dict[str, Any] = {"state": "accepted", "accepted_by": clerk, "settled_at": NOW}
REFUSED: dict[str, Any] = {"state": "refused", "decided_by": clerk, "decided_at": NOW, "reason": "不清楚"}
DONE: dict[str, Any] = {"state": "done", "done_at": NOW, "confirmed_by": clerk}
CLOSED: dict[str, Any] = {"state": "closed", "closed_at": NOW, "closed_by": clerk}
SEEN: dict[str, Any] = {"state": "effective", "confirmed_at": NOW, "seen": "居民身份证"}
SCAN: dict[str, Any] = {
    "scan": "a.pdf",
    "scan_sha256": "b" * 64,
    "scan_content_type": "application/pdf",
    "upload": lambda w: factories.KeptUploadFactory.create(),
}

WELCOME: list[Callable[[World], object]] = [
    *(once(model) for model in BASES),
    *(once(EligibilityCase, **facts) for facts in (SUBMITTED, CONFIRMED, WITHDRAWN, RETURNED)),
    once(Survey, **SAVED, residents=10, **BANDS, beds=5, nursing_beds=5),
    once(Invitation, **SETTLED),
    once(Invitation, state="cancelled", settled_at=NOW),
    once(AdministratorRequest, **REFUSED),
    once(InstitutionImport, **DONE),
    once(InstitutionImport, state="refused", file="", failure="why"),
    once(Membership, **SEEN, confirmed_by=reviewer),
    once(SurveyRound, **CLOSED),
    once(ValidityPeriod, **SCAN, valid_from=FIRST, valid_to=FIRST),
    once(Work, state="running", claimed_at=NOW),
    rewritten("home", status="closed", closed_on=LAST),
    rewritten("home.profile", has_own_clinic=False, own_clinic_since=FIRST, own_clinic_until=FIRST),
]


def _next_door() -> Authority:
    return factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"))


RULES: list[tuple[str, Callable[[World], object]]] = [
    ("one_account_a_mobile", lambda w: User.objects.update(mobile="13800000001")),
    ("accounts_user_username_key", lambda w: User.objects.update(username="clerk")),
    ("one_recovery_code_once", twice(RecoveryCode)),
    ("one_account_an_identity", lambda w: (w.add(ExternalIdentity), w.add(ExternalIdentity, user=w.reviewer))),
    ("one_identity_an_account", lambda w: (w.add(ExternalIdentity), w.add(ExternalIdentity, subject="2"))),
    ("one_entry_for_each_link", twice(Entry)),
    ("one_entry_for_each_place", lambda w: (w.add(Entry), w.add(Entry, subject_id=2))),
    ("links_are_counted_from_one", once(Entry, sequence=0)),
    ("links_are_counted_from_one", once(Entry, place=0)),
    ("anchored_once", lambda w: (w.add(AnchorLeaf), w.add(AnchorLeaf, position=1))),
    ("audit_anchor_made_at_key", lambda w: (w.add(Anchor), w.add(Anchor, number=2))),
    ("a_leaf_holds_entries", once(AnchorLeaf, first=3)),
    ("one_verification_at_a_time", twice(Work, kind="verification")),
    ("work_claimed_exactly_while_running", once(Work, state="running")),
    ("work_claimed_exactly_while_running", once(Work, claimed_at=NOW)),
    ("duties_invitation_digest_key", lambda w: [w.add(Invitation, digest="e", full_name=name) for name in "甲乙"]),
    ("invitation_place_fits_duty", once(Invitation, duty="reviewer")),
    ("invitation_place_fits_duty", once(Invitation, institution=None)),
    ("invitation_place_fits_duty", once(Invitation, authority=lambda w: w.bureau)),
    ("invitation_place_fits_duty", once(Invitation, duty="auditor")),
    ("invitation_knows_who_accepted", once(Invitation, **{**SETTLED, "accepted_by": None})),
    ("invitation_knows_who_accepted", once(Invitation, **{**SETTLED, "state": "cancelled"})),
    ("invitation_settled_exactly_when_decided", once(Invitation, **{**SETTLED, "settled_at": None})),
    ("invitation_settled_exactly_when_decided", once(Invitation, settled_at=NOW)),
    ("one_open_invitation_per_person_and_duty", twice(Invitation)),
    ("one_waiting_request_per_person_and_browser", twice(AdministratorRequest)),
    ("duties_introduction_digest_key", lambda w: [w.add(Introduction, digest="e") for _ in range(2)]),
    (
        "one_waiting_request_per_introduction",
        lambda w: [w.add(AdministratorRequest, introduction=w.one(Introduction), full_name=n) for n in "甲乙"],
    ),
    (
        "duties_administratorrequest_number_key",
        lambda w: [w.add(AdministratorRequest, number="1", full_name=name) for name in "甲乙"],
    ),
    (
        "duties_administratorrequest_invitation_id_key",
        lambda w: [w.add(AdministratorRequest, invitation=w.one(Invitation), full_name=name) for name in "甲乙"],
    ),
    ("administrator_request_decided_with_who_and_when", once(AdministratorRequest, decided_at=NOW)),
    (
        "administrator_request_decided_with_who_and_when",
        once(AdministratorRequest, **{**REFUSED, "decided_by": None}),
    ),
    ("administrator_request_reason_when_refused", once(AdministratorRequest, **{**REFUSED, "reason": ""})),
    ("administrator_request_reason_when_refused", once(AdministratorRequest, reason="不清楚")),
    ("eligibility_round", lambda w: (once(EligibilityCase, **RETURNED)(w), w.add(EligibilityCase, round=1))),
    ("one_open_eligibility_case", twice(EligibilityCase)),
    ("eligibility_submitted_exactly_after_draft", once(EligibilityCase, **{**SUBMITTED, "submitted_by": None})),
    ("eligibility_submitted_exactly_after_draft", once(EligibilityCase, submitted_at=NOW)),
    ("eligibility_decided_exactly_after_submission", once(EligibilityCase, **{**RETURNED, "decided_by": None})),
    ("eligibility_decided_exactly_after_submission", once(EligibilityCase, **{**DECIDED, "state": "submitted"})),
    ("eligibility_valid_exactly_when_confirmed", once(EligibilityCase, **{**CONFIRMED, "valid_to": None})),
    (
        "eligibility_valid_exactly_when_confirmed",
        once(EligibilityCase, **{**CONFIRMED, "valid_from": date(2027, 1, 1)}),
    ),
    ("eligibility_valid_exactly_when_confirmed", once(EligibilityCase, **RETURNED, valid_from=FIRST, valid_to=LAST)),
    ("eligibility_reason_exactly_when_refused", once(EligibilityCase, **{**RETURNED, "reason": ""})),
    ("eligibility_reason_exactly_when_refused", once(EligibilityCase, **CONFIRMED, reason="看不清")),
    ("eligibility_withdrawn_by_somebody_on_a_day", once(EligibilityCase, **{**WITHDRAWN, "withdrawn_on": None})),
    ("eligibility_withdrawn_by_somebody_on_a_day", once(EligibilityCase, **{**CONFIRMED, "withdrawn_by": clerk})),
    ("one_answer_per_item", twice(EligibilityAnswer)),
    ("same_evidence_once_per_item", twice(EligibilityEvidence)),
    ("evidence_has_pages", once(EligibilityEvidence, page_count=0)),
    ("import_done_at_exactly_when_done", once(InstitutionImport, **{**DONE, "done_at": None})),
    ("import_done_at_exactly_when_done", once(InstitutionImport, done_at=NOW)),
    ("import_keeps_its_file_unless_refused", once(InstitutionImport, state="refused", failure="why")),
    ("import_keeps_its_file_unless_refused", once(InstitutionImport, file="")),
    ("import_says_why_it_did_not_go_on", once(InstitutionImport, state="refused", file="")),
    ("import_says_why_it_did_not_go_on", once(InstitutionImport, state="unread")),
    ("import_says_why_it_did_not_go_on", once(InstitutionImport, state="failed")),
    ("import_is_confirmed_by_somebody", once(InstitutionImport, **{**DONE, "confirmed_by": None})),
    ("import_is_confirmed_by_somebody", once(InstitutionImport, state="ordered")),
    ("import_row_once", twice(ImportRow)),
    ("columns_remembered_once", twice(RememberedColumns)),
    (
        "one_authority_of_a_kind_per_region",
        lambda w: Authority.objects.create(name="另一局", region=w.bureau.region, kind=w.bureau.kind),
    ),
    (
        "only_a_closed_authority_is_followed",
        lambda w: Authority.objects.filter(pk=w.bureau.pk).update(successor=_next_door()),
    ),
    (
        "closing_is_asked_with_who_and_why",
        lambda w: Authority.objects.filter(pk=w.bureau.pk).update(closing_reason="机构改革"),
    ),
    (
        "no_authority_follows_itself",
        lambda w: Authority.objects.filter(pk=w.bureau.pk).update(successor=w.bureau, closed_on=LAST),
    ),
    (
        "numbers_are_told_apart",
        lambda w: [
            Authority.objects.filter(pk=each).update(number_key="越卫备YYYYN")
            for each in (w.bureau.pk, _next_door().pk)
        ],
    ),
    ("institution_uscc_per_role", same_code),
    ("institution_closed_on", rewritten("home", closed_on=LAST)),
    ("institution_suspended_on", rewritten("home", suspended_on=LAST)),
    ("institution_uscc_characters", rewritten("home", uscc="91330602MB330602I5")),
    ("institutions_eldercareprofile_institution_id_key", second_profile("home")),
    ("institutions_medicalprofile_institution_id_key", second_profile("medical")),
    ("former_name_ends_after_start", once(FormerName, used_from=date(2026, 7, 1))),
    ("older_residents_are_among_the_younger", rewritten("home.profile", residents_80=71)),
    ("older_residents_are_among_the_younger", rewritten("home.profile", residents_60=81)),
    ("older_residents_are_among_the_younger", rewritten("home.profile", residents_65=79)),
    ("own_clinic_until_only_after_it_closed", rewritten("home.profile", has_own_clinic=True, own_clinic_until=LAST)),
    (
        "own_clinic_until_only_after_it_closed",
        rewritten("home.profile", has_own_clinic=False, own_clinic_since=LAST, own_clinic_until=FIRST),
    ),
    ("filing_ends_after_start", rewritten("home.profile", filed_on=LAST, filing_valid_to=FIRST)),
    (
        "licence_ends_after_start",
        rewritten("medical.profile", licence_valid_from=FIRST, licence_valid_to=FIRST),
    ),
    ("one_lapse_per_last_day", twice(Lapse)),
    ("one_membership_per_duty", lambda w: Membership.objects.create(user=w.clerk, institution=w.home)),
    ("membership_place_fits_duty", lambda w: Membership.objects.create(user=w.reviewer, authority=w.bureau)),
    ("membership_place_fits_duty", lambda w: Membership.objects.create(user=w.clerk)),
    ("membership_is_granted_by_another", once(Membership, granted_by=clerk)),
    ("membership_is_confirmed_by_a_third", once(Membership, **SEEN, confirmed_by=clerk)),
    ("membership_is_confirmed_by_a_third", once(Membership, **SEEN, granted_by=reviewer, confirmed_by=reviewer)),
    ("membership_confirmed_with_who_when_and_what", once(Membership, confirmed_by=reviewer)),
    ("membership_confirmed_with_who_when_and_what", once(Membership, **{**SEEN, "seen": ""})),
    ("membership_confirmed_with_who_when_and_what", once(Membership, **{**SEEN, "state": "waiting"})),
    ("validity_ends_after_start", once(ValidityPeriod, valid_from=LAST, valid_to=FIRST)),
    ("validity_scan_is_whole", once(ValidityPeriod, scan="a.pdf")),
    ("validity_scan_is_whole", once(ValidityPeriod, **{**SCAN, "scan": ""})),
    (
        "region_ends_after_start",
        lambda w: Region.objects.filter(pk=w.home.region.pk).update(valid_from=FIRST, valid_to=FIRST),
    ),
    ("region_only_nation_has_no_parent", lambda w: Region.objects.filter(pk=w.home.region.pk).update(parent=None)),
    ("region_only_nation_has_no_parent", lambda w: Region.objects.filter(pk=w.home.region.pk).update(level=0)),
    ("one_survey_draft", twice(Survey)),
    ("survey_edition", lambda w: (once(Survey, **SAVED)(w), once(Survey, **SAVED)(w))),
    *(
        ("survey_dated_and_numbered_exactly_when_saved", once(Survey, **{**SAVED, name: None}))
        for name in ("edition", "surveyed_on", "saved_at", "saved_by")
    ),
    ("survey_dated_and_numbered_exactly_when_saved", once(Survey, **{**SAVED, "edition": 0})),
    ("survey_dated_and_numbered_exactly_when_saved", once(Survey, edition=1)),
    ("survey_residents_are_the_sum_of_their_age_bands", once(Survey, **SAVED, residents=11, **BANDS)),
    ("survey_residents_are_the_sum_of_their_age_bands", once(Survey, **SAVED, residents=10)),
    ("survey_nursing_beds_are_among_the_beds", once(Survey, **SAVED, beds=5, nursing_beds=6)),
    ("one_open_round_of_a_title", twice(SurveyRound)),
    ("survey_round_closed_by_somebody", once(SurveyRound, **{**CLOSED, "closed_by": None})),
    ("survey_round_closed_by_somebody", once(SurveyRound, closed_at=NOW)),
]


@pytest.fixture
def world(
    medical_institution: Institution, elder_care_institution: Institution, elder_care_clerk: User, health_reviewer: User
) -> World:
    bureau = Authority.objects.get(kind=Authority.Kind.HEALTH)
    return World(medical_institution, elder_care_institution, bureau, elder_care_clerk, health_reviewer)


@pytest.mark.parametrize("write", WELCOME, ids=map(str, range(len(WELCOME))))
def test_the_rows_that_the_refused_ones_differ_from_are_welcome(write: Callable[[World], object], world: World) -> None:
    assert write(world)


@pytest.mark.parametrize(("name", "write"), RULES, ids=[f"{name}-{at}" for at, (name, _) in enumerate(RULES)])
def test_refused(name: str, write: Callable[[World], object], world: World) -> None:
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        write(world)


@pytest.mark.parametrize("facts", [SUBMITTED, RETURNED, CONFIRMED])
def test_a_case_that_was_handed_in_is_never_deleted(facts: dict[str, Any], world: World) -> None:
    """Past Django, which would begin with its answers, which are kept by a guard of their own."""
    case: Any = once(EligibilityCase, **facts)(world)
    with pytest.raises(IntegrityError, match="stays as it was"), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DELETE FROM eligibility_eligibilitycase WHERE id = %s", [case.pk])


@pytest.mark.parametrize(
    ("model", "facts", "changes"),
    [
        (Invitation, SETTLED, {"state": "open", "accepted_by": None, "settled_at": None}),
        (Invitation, SETTLED, {"accepted_by": reviewer}),
        (Invitation, {"state": "cancelled", "settled_at": NOW}, {"state": "open", "settled_at": None}),
        (Invitation, {}, {"full_name": "别人"}),
        (Invitation, {}, {"duty": "administrator"}),
        (Invitation, {}, {"invited_by": reviewer}),
        (Membership, {"state": "waiting"}, {"state": "effective"}),
        (Membership, {"state": "waiting", "granted_by": reviewer}, {**SEEN, "granted_by": None}),
        (Membership, {"state": "waiting"}, {"user": reviewer}),
        (Membership, {"state": "waiting"}, {"duty": "administrator"}),
        (Membership, SEEN, {"confirmed_by": reviewer}),
        (Membership, SEEN, {"seen": "护照"}),
        (Membership, {}, {"granted_by": reviewer}),
    ],
)
def test_what_was_granted_and_settled_is_not_written_over(
    model: type[Invitation | Membership], facts: dict[str, Any], changes: dict[str, Any], world: World
) -> None:
    row: Any = once(model, **facts)(world)
    new = {name: value(world) if callable(value) else value for name, value in changes.items()}
    with pytest.raises(IntegrityError, match=r"written once|comes to count"), transaction.atomic():
        model._base_manager.filter(pk=row.pk).update(**new)


def test_what_verbs_write_of_invitations_and_duties_is_let_through(world: World) -> None:
    held: Any = once(Membership, state="waiting", granted_by=reviewer)(world)
    sent: Any = once(Invitation, **SETTLED)(world)
    assert Membership._base_manager.filter(pk=held.pk).update(**SEEN) == 1
    undone = {"state": "waiting", "granted_by": None, "confirmed_at": None, "seen": ""}
    assert Membership._base_manager.filter(pk=held.pk).update(**undone) == 1
    assert Invitation._base_manager.filter(pk=sent.pk).update(mail="failed") == 1


def test_the_application_deletes_no_invitation(world: World) -> None:
    sent: Any = once(Invitation)(world)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        connection.cursor() as cursor,
        transaction.atomic(),
    ):
        cursor.execute("DELETE FROM duties_invitation WHERE id = %s", [sent.pk])


@pytest.mark.usefixtures("owner")
def test_nobody_deletes_an_invitation(world: World) -> None:
    sent: Any = once(Invitation)(world)
    with pytest.raises(IntegrityError, match="written once"), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DELETE FROM duties_invitation WHERE id = %s", [sent.pk])


def test_every_rule_is_listed() -> None:
    """Those of agreements, filing and notifications are listed by their own tests."""
    ours = {model._meta.app_label for model in BASES} | {Region._meta.app_label}
    declared = {
        rule.name for model in apps.get_models() if model._meta.app_label in ours for rule in model._meta.constraints
    }
    assert declared - {name for name, _ in RULES} == set()
