"""What the database itself refuses: for every constraint and trigger of the agreements one write that fails.

Rows are written here past the verbs, because a verb would refuse first. The last test prints the list and misses none.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from agreements.lifecycle.rescinding import NOT_ASKED
from agreements.models import Agreement, Approval, PageTick, Round, Scan, ScanPage, Template, TemplateVersion
from institutions.models import Institution
from tests import factories
from tests.agreements import frozen_and_signed
from tests.agreements.making import signed_on
from tests.agreements.world import ASKED, NOW, SIGNED, World, delete_row, rewrite
from uploads.models import Upload

MADE: dict[str, Any] = {"state": "ready", "page_count": 3, "print_sha256": "b" * 64}


@pytest.fixture
def world(elder_care_institution: Institution, medical_institution: Institution, db: None) -> World:
    template = Template.objects.create(slug="made-up", region=medical_institution.region)
    version = TemplateVersion.objects.create(
        template=template, number=1, title="协议", is_official=False, body={}, digest="c" * 64
    )
    people = factories.UserFactory.create(), factories.UserFactory.create()
    return World(medical_institution, elder_care_institution, version, *people)


def twice(make: Callable[[], Any]) -> None:
    make()
    make()


def second_successor(world: World) -> None:
    old = world.agreement("in_force")
    world.agreement("draft", kind="renewal", predecessor=old)
    world.agreement("draft", kind="replacement", predecessor=old)


def asked(world: World, state: str, **facts: Any) -> Agreement:
    """One that both have signed, and that one side asked to dissolve."""
    return world.agreement(state, **{**SIGNED, **ASKED, "rescission_asked_by": world.clerk, **facts})


def same_scan(world: World) -> None:
    agreement = world.agreement("signing")
    twice(lambda: world.scan(agreement=agreement))


def same_rendition(world: World) -> None:
    agreement = world.agreement("agreed")
    twice(lambda: world.rendition(agreement=agreement))


def printed_anew(world: World) -> None:
    agreement = world.agreement("agreed")
    for revision in (1, 2):
        world.rendition(agreement=agreement, revision=revision)


def same_preview(world: World) -> None:
    agreement = world.agreement("draft")
    twice(lambda: world.preview(agreement=agreement))


def overlapping(world: World) -> None:
    """Both end days count: the new one starts on the old one's last day."""
    world.agreement("in_force")
    day = date(2028, 3, 4)
    world.agreement("in_force", effective_on=day, starts_on=day, expires_on=date(2029, 3, 4))


CHECKED: dict[str, Any] = {"checked_at": NOW}


def checked(world: World, **facts: Any) -> Scan:
    """Decide a file of one page that the colleague compared."""
    return world.compared_scan(**{"state": "rejected", "reason": "缺页", **CHECKED, **facts})


def placed_anew(**facts: Any) -> int:
    return ScanPage.objects.update(**facts)


def twice_of(world: World, make: Callable[[Scan], Any]) -> None:
    """Make something of the same file twice."""
    scan = world.scan()
    twice(lambda: make(scan))


READ: dict[str, Any] = {"is_by_hand": False, "hand_reason": ""}


def ticked_by_hand(world: World) -> PageTick:
    return world.tick(world.sheet(is_by_hand=True, hand_reason="看页脚"))


def certify_a_strangers_page(world: World) -> None:
    """One that was sent back: the file would be handed on with it."""
    scan = world.scan(page_count=1)
    world.sheet(scan, **{**NOWHERE, **SENT_BACK}, finding="foreign", of_number="YY2026-9", sent_back_by=world.clerk)
    certify(world)


def free_again() -> int:
    return ScanPage.objects.update(sent_back_at=None, sent_back_by=None, sent_back_reason="")


def a_third() -> User:
    return factories.UserFactory.create()


def certify(world: World) -> int:
    return Scan.objects.update(state="certified", checked_at=NOW, checked_by=world.colleague)


NOWHERE: dict[str, Any] = {"copy": None, "page": None}
SENT_BACK: dict[str, Any] = {"sent_back_at": NOW, "sent_back_reason": "缺印章"}


def other_upload() -> Upload:
    return factories.KeptUploadFactory.create(sha256="f" * 64)


Refused = Callable[[World], Any]
LATE = datetime(2026, 3, 9, tzinfo=UTC)
LATER, EARLIER = date(2030, 1, 1), date(2020, 1, 1)


def withdrawn_with_a_signature_standing(world: World) -> None:
    rewrite(world.void(world.agreement("signing", medical_signed_on=EARLIER)), state="draft", frozen=None)


CONSTRAINTS: list[tuple[str, Refused]] = [
    ("agreements_agreement_number_", lambda w: twice(lambda: w.agreement("draft", number="YY2026-000001"))),
    ("drafting_side_signs_in_a_known_way", lambda w: rewrite(w.agreement("draft"), drafting_way="fax")),
    ("agreement_in_a_known_state", lambda w: rewrite(w.agreement("agreed"), state="lost")),
    ("two_different_parties", lambda w: w.agreement("draft", medical=w.elder_care)),
    ("beyond_draft_is_complete", lambda w: w.agreement("negotiating", medical=None)),
    ("beyond_draft_is_complete", lambda w: w.agreement("negotiating", template_version=None)),
    ("frozen_exactly_from_agreed_on", lambda w: w.agreement("agreed", frozen=False)),
    ("frozen_exactly_from_agreed_on", lambda w: w.agreement("in_force", frozen=False)),
    ("frozen_exactly_from_agreed_on", lambda w: rewrite(w.agreement("agreed"), state="negotiating")),
    ("frozen_exactly_from_agreed_on", lambda w: rewrite(w.agreement("agreed"), state="draft")),
    ("linked_exactly_when_not_original", lambda w: w.agreement("draft", kind="renewal")),
    ("linked_exactly_when_not_original", lambda w: w.agreement("draft", predecessor=w.agreement("expired"))),
    ("one_live_successor", second_successor),
    ("signed_on_only_from_signing_on", lambda w: w.agreement("agreed", medical_signed_on=NOW)),
    ("signed_on_only_from_signing_on", withdrawn_with_a_signature_standing),
    ("rescinded_only_when_asked_by_one_of_both", lambda w: asked(w, "rescinded", rescission_reason="")),
    ("rescinded_only_when_asked_by_one_of_both", lambda w: asked(w, "rescinded", rescission_asked_by=None)),
    ("rescinded_only_when_asked_by_one_of_both", lambda w: asked(w, "rescinded", medical_signed_on=None)),
    ("rescinded_only_when_asked_by_one_of_both", lambda w: asked(w, "signing", rescission_side="")),
    ("rescinded_only_when_asked_by_one_of_both", lambda w: asked(w, "in_force")),
    ("dated_exactly_from_in_force_on", lambda w: w.agreement("in_force", medical_signed_on=None)),
    ("dated_exactly_from_in_force_on", lambda w: w.agreement("in_force", certified_at=None)),
    ("dated_exactly_from_in_force_on", lambda w: w.agreement("expired", expires_on=None)),
    ("dated_exactly_from_in_force_on", lambda w: w.agreement("signing", effective_on=NOW)),
    ("round_number", lambda w: twice(lambda: w.round())),
    ("returned_by_whom_when_and_why", lambda w: w.round(returned_at=NOW, returned_by=w.clerk)),
    ("returned_by_whom_when_and_why", lambda w: w.round(is_withdrawn=True)),
    ("returned_by_whom_when_and_why", lambda w: w.round(returned_at=NOW, is_withdrawn=True)),
    ("returned_by_whom_when_and_why", lambda w: w.round(reason="缺页")),
    ("returned_by_whom_when_and_why", lambda w: w.round(remarks=[{}])),
    ("declined_by_somebody", lambda w: w.round(declined_by="medical")),
    (
        "declined_by_somebody",
        lambda w: w.round(returned_at=NOW, returned_by=w.clerk, reason="不签", declined_by="medical"),
    ),
    ("one_waiting_approval_per_side", lambda w: twice(lambda: w.approval())),
    ("approval_answered_by_whom_and_when", lambda w: w.approval("lost")),
    ("approval_answered_by_whom_and_when", lambda w: w.approval(answered_at=NOW)),
    ("approval_answered_by_whom_and_when", lambda w: w.approval(answer="同意")),
    ("approval_answered_by_whom_and_when", lambda w: w.approval("approved", answered_by=None)),
    ("approval_answered_by_whom_and_when", lambda w: w.approval("taken_back", answered_at=None)),
    ("approval_answered_by_whom_and_when", lambda w: w.approval("lapsed", answered_at=None)),
    ("approval_declined_for_a_reason", lambda w: w.approval("declined", answer="")),
    ("approval_declined_for_a_reason", lambda w: w.approval("lapsed", answer="")),
    ("approval_is_of_two_people", lambda w: w.approval("approved", answered_by=w.clerk)),
    ("approval_is_of_two_people", lambda w: w.approval("declined", answered_by=w.clerk)),
    ("ended_on_exactly_when_ended_early", lambda w: w.agreement("terminated", ended_on=None)),
    ("ended_on_exactly_when_ended_early", lambda w: w.agreement("in_force", ended_on=date(2027, 1, 1))),
    ("ended_on_within_the_term", lambda w: w.agreement("terminated", ended_on=LATER)),
    ("ended_on_within_the_term", lambda w: w.agreement("superseded", ended_on=EARLIER)),
    ("term_ends_after_it_starts", lambda w: w.agreement("in_force", expires_on=date(2026, 3, 3))),
    ("term_ends_after_it_starts", lambda w: w.agreement("in_force", starts_on=date(2026, 3, 3))),
    ("one_in_force_per_pair_and_template", overlapping),
    ("same_scan_once_per_agreement", same_scan),
    ("scan_checked_by_a_second_person", lambda w: checked(w, checked_by=w.clerk)),
    ("scan_checked_exactly_when_decided", lambda w: checked(w, checked_by=None)),
    ("scan_checked_exactly_when_decided", lambda w: checked(w, state="uploaded")),
    ("scan_reason_exactly_when_rejected", lambda w: checked(w, reason="")),
    ("scan_reason_exactly_when_rejected", lambda w: checked(w, state="certified")),
    ("scan_has_pages", lambda w: w.scan(page_count=0)),
    ("scan_page_once", lambda w: twice_of(w, lambda scan: w.sheet(scan))),
    ("scan_page_placed_exactly_when_known", lambda w: w.sheet(copy=None)),
    ("scan_page_placed_exactly_when_known", lambda w: w.sheet(page=None)),
    ("scan_page_placed_exactly_when_known", lambda w: w.sheet(page=0)),
    ("scan_page_placed_exactly_when_known", lambda w: w.sheet(finding="unsigned", copy=None, page=None)),
    ("scan_page_placed_exactly_when_known", lambda w: w.sheet(finding="unreadable")),
    ("scan_page_placed_exactly_when_known", lambda w: w.sheet(finding="lost")),
    ("scan_page_by_hand_for_a_reason", lambda w: w.sheet(is_by_hand=True)),
    ("scan_page_by_hand_for_a_reason", lambda w: w.sheet(hand_reason="看页脚")),
    ("scan_page_by_hand_for_a_reason", lambda w: w.sheet(**NOWHERE, finding="no_page")),
    ("scan_page_by_hand_for_a_reason", lambda w: w.sheet(finding="unsigned", is_by_hand=True, hand_reason="看页脚")),
    ("scan_page_says_whose_it_is", lambda w: w.sheet(**NOWHERE, finding="foreign")),
    ("scan_page_says_whose_it_is", lambda w: w.sheet(of_number="YY2026-000009")),
    ("scan_page_sent_back_by_whom_and_why", lambda w: w.sheet(sent_back_at=NOW, sent_back_by=w.colleague)),
    ("scan_page_sent_back_by_whom_and_why", lambda w: w.sheet(sent_back_at=NOW, sent_back_reason="缺印章")),
    ("scan_page_sent_back_by_whom_and_why", lambda w: w.sheet(sent_back_by=w.colleague)),
    ("page_ticked_once_by_each", lambda w: twice_of(w, lambda scan: w.tick(scan.sheets.first() or w.sheet(scan)))),
    ("one_live_rendition_per_revision", same_rendition),
    ("one_live_rendition_per_frozen_text", printed_anew),
    ("ready_rendition_has_files", lambda w: w.rendition(state="ready", areas=signed_on(3))),
    ("ready_rendition_knows_where_each_side_signs", lambda w: w.rendition(**MADE)),
    ("ready_rendition_knows_where_each_side_signs", lambda w: w.rendition(**MADE, areas=signed_on(3)[:1])),
    ("one_live_preview_per_text", same_preview),
    ("ready_preview_has_file", lambda w: w.preview(state="ready")),
    ("counterpart_number", lambda w: w.copies(1, 1)),
    ("counterpart_number_1_to_6", lambda w: w.copies(7)),
    ("agreements_template_slug_", lambda w: Template.objects.create(slug="made-up", region=w.medical.region)),
    (
        "template_version_number",
        lambda w: TemplateVersion.objects.create(
            template=w.version.template, number=1, title="协议", is_official=False, body={}, digest="d" * 64
        ),
    ),
    *frozen_and_signed.CONSTRAINTS,
]
# Triggers, with what they say.
ANSWERED = "but for being answered once"
KEPT: list[tuple[str, str, Refused]] = [
    ("published_template_is_immutable", "immutable", lambda w: TemplateVersion.objects.update(title="改")),
    ("published_template_is_immutable", "immutable", lambda w: TemplateVersion.objects.all().delete()),
    ("frozen_agreement_is_immutable", "immutable", lambda w: rewrite(w.agreement("agreed"), elder_care=w.medical)),
    ("frozen_agreement_is_immutable", "immutable", lambda w: rewrite(w.agreement("agreed"), answers={1: 2})),
    ("frozen_agreement_is_kept", "immutable", lambda w: delete_row(w.agreement("agreed"))),
    ("issued_dates_are_immutable", "dates", lambda w: rewrite(w.agreement("in_force"), expires_on=LATER)),
    ("issued_dates_are_immutable", "dates", lambda w: rewrite(w.agreement("expired"), medical_signed_on=EARLIER)),
    ("issued_dates_are_immutable", "dates", lambda w: rewrite(w.agreement("terminated"), effective_on=EARLIER)),
    ("issued_dates_are_immutable", "dates", lambda w: rewrite(w.agreement("in_force"), certified_at=LATE)),
    (
        "issued_dates_are_immutable",
        "dates",
        lambda w: rewrite(w.agreement("in_force"), state="agreed", certified_at=None),
    ),
    ("issued_dates_are_immutable", "facts", lambda w: rewrite(w.agreement("in_force"), revision=7)),
    ("issued_dates_are_immutable", "facts", lambda w: rewrite(w.agreement("terminated"), return_reason="另有原因")),
    ("issued_dates_are_immutable", "facts", lambda w: rewrite(w.agreement("in_force"), end_reason="另有原因")),
    ("drafter_is_immutable", "written once", lambda w: rewrite(w.agreement("in_force"), is_demo=True)),
    ("drafter_is_immutable", "written once", lambda w: rewrite(w.agreement("draft"), drafted_by=w.medical)),
    ("drafter_is_immutable", "written once", lambda w: rewrite(w.agreement("in_force"), created_by=w.colleague)),
    ("frozen_agreement_is_immutable", "immutable", lambda w: rewrite(w.agreement("agreed"), sent_by=w.colleague)),
    ("frozen_agreement_is_immutable", "immutable", lambda w: rewrite(w.agreement("agreed"), sent_at=LATE)),
    ("frozen_agreement_is_immutable", "immutable", lambda w: rewrite(w.agreement("in_force"), created_at=LATE)),
    ("frozen_agreement_is_immutable", "immutable", lambda w: rewrite(w.agreement("signing"), contacts={"medical": {}})),
    (
        "frozen_agreement_is_immutable",
        "immutable",
        lambda w: rewrite(w.agreement("expired"), region=factories.region("330604")),
    ),
    ("ended_is_over", "stays ended", lambda w: rewrite(w.agreement("rescinded"), **NOT_ASKED, state="signing")),
    ("ended_is_over", "stays ended", lambda w: rewrite(w.agreement("rescinded"), rescission_reason="另有原因")),
    ("ended_is_over", "stays ended", lambda w: rewrite(w.agreement("rescinded"), rescission_asked_by=w.colleague)),
    ("ended_is_over", "stays ended", lambda w: rewrite(w.agreement("discarded"), state="draft")),
    ("ended_is_over", "stays ended", lambda w: rewrite(w.agreement("terminated"), ended_on=date(2027, 1, 2))),
    ("ended_is_over", "stays ended", lambda w: rewrite(w.agreement("terminated"), end_reason="另有原因")),
    ("ended_is_over", "stays ended", lambda w: rewrite(w.agreement("superseded"), state="terminated")),
    ("ended_is_over", "stays ended", lambda w: rewrite(w.agreement("expired"), state="in_force")),
    ("stored_scan_is_immutable", "kept", lambda w: w.scan() and Scan.objects.update(file="other.pdf")),
    ("stored_scan_is_immutable", "kept", lambda w: w.scan() and Scan.objects.update(sha256="f" * 64)),
    ("stored_scan_is_immutable", "kept", lambda w: w.scan() and Scan.objects.update(upload=other_upload())),
    ("scan_page_is_kept", "pages of a decided scan", lambda w: w.compared_scan() and ScanPage.objects.update(page=2)),
    ("scan_page_is_kept", "pages of a decided scan", lambda w: w.sheet(w.compared_scan(), 2)),
    ("scan_page_is_kept", "its own file", lambda w: w.sheet(picture=w.upload(sha256="e" * 64).pages.get(number=1))),
    ("scan_page_is_kept", "sent back", lambda w: w.sheet(**SENT_BACK, sent_back_by=w.clerk) and free_again()),
    ("scan_page_is_kept", "are kept", lambda w: w.sheet() and ScanPage.objects.all()._raw_delete("default")),
    ("scan_page_is_kept", "was ticked as", lambda w: w.tick() and placed_anew(page=2)),
    ("scan_page_is_kept", "was ticked as", lambda w: w.tick() and placed_anew(finding="unsigned")),
    ("scan_page_is_kept", "was ticked as", lambda w: ticked_by_hand(w) and placed_anew(**READ)),
    ("scan_page_is_kept", "was ticked as", lambda w: ticked_by_hand(w) and placed_anew(hand_reason="另有原因")),
    ("scan_is_of_its_own_file", "sent for this agreement", lambda w: w.scan(upload=w.upload(subject=0))),
    ("scan_is_of_its_own_file", "sent for this agreement", lambda w: w.scan(sha256="f" * 64)),
    ("scan_is_of_its_own_file", "sent for this agreement", lambda w: w.scan(uploaded_by=w.colleague)),
    (
        "scan_comes_undecided",
        "comes in undecided",
        lambda w: w.scan(state="certified", **CHECKED, checked_by=a_third()),
    ),
    ("scan_comes_undecided", "comes in undecided", lambda w: w.scan(state="taken_back")),
    ("page_tick_is_kept", "kept as it was", lambda w: w.tick() and PageTick.objects.update(at=LATE)),
    ("page_tick_is_kept", "decided scan is kept", lambda w: w.compared_scan() and PageTick.objects.all().delete()),
    ("page_tick_is_kept", "decided scan is kept", lambda w: w.tick(w.compared_scan().sheets.get(), by=w.clerk)),
    ("page_tick_is_kept", "second person", lambda w: w.tick(by=w.clerk)),
    ("page_tick_is_kept", "second person", lambda w: w.tick(w.sheet(finding="unsigned"))),
    ("page_tick_is_kept", "second person", lambda w: w.tick(w.sheet(**SENT_BACK, sent_back_by=w.colleague))),
    ("scan_is_certified_page_by_page", "compared each page", lambda w: w.compared_scan(checked_by=a_third())),
    ("scan_is_certified_page_by_page", "compared each page", lambda w: w.scan() and certify(w)),
    ("scan_is_certified_page_by_page", "compared each page", certify_a_strangers_page),
    (
        "scan_is_certified_page_by_page",
        "compared each page",
        lambda w: w.sheet(w.scan(page_count=1)) and certify(w),
    ),
    ("stored_scan_is_immutable", "kept", lambda w: checked(w) and Scan.objects.update(state="uploaded")),
    ("stored_scan_is_immutable", "kept", lambda w: checked(w) and Scan.objects.update(uploaded_at=LATE)),
    ("stored_scan_is_immutable", "kept", lambda w: checked(w) and Scan.objects.update(checked_at=LATE)),
    ("sent_round_is_immutable", "as it was sent", lambda w: w.round() and Round.objects.update(body={"title": "改"})),
    ("sent_round_is_immutable", "as it was sent", lambda w: w.returned_round() and Round.objects.update(reason="另")),
    ("sent_round_is_immutable", "as it was sent", lambda w: w.returned_round() and Round.objects.update(remarks=[{}])),
    ("approval_is_immutable", ANSWERED, lambda w: w.approval("approved") and Approval.objects.update(state="waiting")),
    ("approval_is_immutable", ANSWERED, lambda w: w.approval("declined") and Approval.objects.update(answer="另")),
    ("approval_is_immutable", ANSWERED, lambda w: w.approval() and Approval.objects.update(digest="b" * 64)),
    ("approval_is_immutable", ANSWERED, lambda w: w.approval() and Approval.objects.update(asked_by=w.colleague)),
    ("approval_is_kept", ANSWERED, lambda w: w.approval() and Approval.objects.all().delete()),
    ("sent_round_is_kept", "as it was sent", lambda w: w.round() and Round.objects.all().delete()),
    ("stored_scan_is_kept", "kept", lambda w: w.scan() and Scan.objects.all().delete()),
    *frozen_and_signed.KEPT,
]


# What the application has no right to try: database/rights.py
DENIED = {
    *("approval_is_kept", "frozen_text_is_kept", "issued_file_is_kept", "shown_page_is_kept", "signature_is_kept"),
    *("signing_window_is_kept", "read_template_is_kept", "read_blanks_are_kept"),
    *("signing_batch_is_kept", "signing_item_is_kept"),
}
# They refuse nothing: tests/agreements/test_visible.py.
WRITING = {
    *("agreement_notes_whom_it_concerns", "agreement_notes_whom_it_comes_to_concern"),
    *("agreement_marks_coverage", "new_agreement_marks_coverage", "lost_agreement_marks_coverage"),
}
BY_TRIGGER = [case for case in KEPT if case[0] not in DENIED]
BEHIND_THE_RIGHTS = [case for case in KEPT if case[0] in DENIED]


def ids(cases: Sequence[tuple[Any, ...]]) -> list[str]:
    return [f"{case[0].rstrip('_')}-{number}" for number, case in enumerate(cases)]


@pytest.mark.parametrize(("name", "write"), CONSTRAINTS, ids=ids(CONSTRAINTS))
def test_refused(name: str, write: Refused, world: World) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        write(world)


@pytest.mark.parametrize(("name", "says", "write"), BY_TRIGGER, ids=ids(BY_TRIGGER))
def test_kept(name: str, says: str, write: Refused, world: World) -> None:
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        write(world)


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(("name", "says", "write"), BEHIND_THE_RIGHTS, ids=ids(BEHIND_THE_RIGHTS))
def test_kept_from_the_owner_too(name: str, says: str, write: Refused, world: World) -> None:
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        write(world)


@pytest.mark.parametrize("state", list(Agreement.State))
def test_the_rows_that_the_refused_ones_differ_from_are_welcome(state: str, world: World) -> None:
    assert world.agreement(state).pk


def test_what_the_rules_leave_free_is_welcome(world: World) -> None:
    """One that starts the day after, a supplement meanwhile, another template, and a renewal after one given up."""
    first = world.agreement("in_force")
    day = date(2028, 3, 5)
    world.agreement("in_force", effective_on=day, starts_on=day, expires_on=date(2029, 3, 5))
    world.agreement("in_force", kind="supplement", predecessor=first)
    other = Template.objects.create(slug="another", region=world.medical.region)
    world.agreement("in_force", template=other)
    world.agreement("discarded", kind="renewal", predecessor=first)
    asked(world, "signing")
    asked(world, "rescinded", kind="replacement", predecessor=first)
    world.agreement("draft", kind="renewal", predecessor=first)
    world.withdrawn()
    world.frozen_again()
    world.text(voided_at=NOW, voided_by=world.clerk)  # given up without a reason, before anybody signed
    for state in Approval.State.values:
        world.approval(state)
    world.approval("lapsed", answered_by=None)  # by the clock
    connection.check_constraints()


@pytest.mark.parametrize("state", list(Agreement.State))
def test_what_has_been_in_force_has_a_last_day_and_was_in_force_between_its_days(state: str, world: World) -> None:
    row = world.agreement(state)
    ends = {"in_force": date(2028, 3, 4), "expired": date(2028, 3, 4)}
    ends |= {"terminated": date(2027, 1, 1), "superseded": date(2027, 1, 1)}
    last_day = ends.get(state)
    assert Agreement.objects.get(pk=row.pk).last_day == last_day
    days = [date(2026, 3, 3), date(2026, 3, 4), date(2027, 1, 1), date(2027, 1, 2), date(2028, 3, 4), date(2028, 3, 5)]
    found = [day for day in days if Agreement.objects.in_force(on=day).exists()]
    assert found == [day for day in days if last_day and date(2026, 3, 4) <= day <= last_day]


def test_what_ended_before_its_term_began_was_in_force_on_no_day(world: World) -> None:
    signed, starts = date(2026, 3, 4), date(2026, 4, 1)
    world.agreement("terminated", effective_on=signed, starts_on=starts, ended_on=date(2026, 3, 20))
    for day in (signed, date(2026, 3, 20), starts):
        assert not Agreement.objects.in_force(on=day).exists()


def test_an_earlier_end_is_the_last_day_at_once(world: World) -> None:
    row = world.agreement("in_force")
    assert row.last_day == date(2028, 3, 4), "given back by the insert"
    Agreement.objects.update(state="terminated", ended_on=date(2026, 12, 31))
    assert Agreement.objects.get().last_day == date(2026, 12, 31)


@pytest.mark.django_db
def test_every_rule_is_listed_here(capsys: pytest.CaptureFixture[str]) -> None:
    models = apps.get_app_config("agreements").get_models()
    declared = {constraint.name for model in models for constraint in model._meta.constraints}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 32 = 0"  # tests/audit/test_truncating.py
            " AND tgrelid::regclass::text LIKE 'agreements_%'"
        )
        triggers = {name for (name,) in cursor.fetchall()}
    tested = {name for name, _ in CONSTRAINTS}
    with capsys.disabled():
        print("", *sorted(declared | triggers), sep="\n  ")
    assert declared - tested == set()
    assert triggers - WRITING == {name for name, _, _ in KEPT}
