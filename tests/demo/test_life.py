"""The demo's life: agreements and filings in every state, dated back so that terms, deadlines and coverage follow."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone

from agreements.documents.returned import picture_of
from agreements.lifecycle.finding import LEAST_INK
from agreements.lifecycle.pages import copies_made
from agreements.models import Agreement, Rendition, Scan, ScanPage
from agreements.models.agreement import AgreementKind
from agreements.models.states import HAS_BEEN_IN_FORCE
from audit.models import Entry
from auditing.lines import lines_of
from coverage.overview import overview
from demo import filings
from filing.models import Filing, HandIn
from filing.papers import certified_scans
from filing.states import HandInState
from institutions.models import Duty, Role, institutions_of
from notifications.models import Notice
from regions.models import Region
from tests.demo.test_load_demo import COUNTIES
from tests.filing.reckoning import assert_as_reckoned

S = Agreement.State
F_ = Filing.State
IN_EVERY_COUNTY = {S.DRAFT, S.NEGOTIATING, S.AGREED, S.SIGNING, S.IN_FORCE}
CHINESE, CODE = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"(?<!\.)\b[a-z]{2,}(?:[-_][a-z0-9]+)*\b")
DAYS_BACK = (0, 20, 60, 120, 200, 400)


def test_every_state_is_there_and_the_usual_ones_in_every_county(demo: None) -> None:
    rows = Agreement.objects.filter(is_demo=True)
    of_states = Counter(rows.values_list("state", flat=True))
    assert set(of_states) == set(S.values)
    assert of_states[S.IN_FORCE] >= 18
    for code in COUNTIES - {"430103", "430121", "410105"}:
        assert set(rows.filter(region__code=code).values_list("state", flat=True)) >= IN_EVERY_COUNTY, code
    for prefix in ("43", "33", "64", "36", "41"):
        ended = rows.filter(region__code__startswith=prefix, state__in=[S.EXPIRED, S.TERMINATED, S.SUPERSEDED])
        assert ended.exists(), prefix


def test_signing_stands_at_every_step(demo: None) -> None:
    signing = Agreement.objects.filter(state=S.SIGNING)
    both = signing.filter(medical_signed_on__isnull=False, elder_care_signed_on__isnull=False)

    assert signing.difference(both).count() == 2
    assert both.filter(scans=None).exists()
    assert both.filter(scans__state=Scan.State.REJECTED).exists()
    assert both.filter(scans__state=Scan.State.UPLOADED).count() == 2


def test_whatever_was_scanned_has_its_copies_and_as_many_pages(demo: None) -> None:
    scanned = Scan.objects.select_related("agreement")
    assert {scan.state for scan in scanned} == {Scan.State.UPLOADED, Scan.State.CERTIFIED, Scan.State.REJECTED}
    for scan in scanned:
        copies = scan.agreement.renditions.final().get()
        first = scan.agreement.scans.earliest("pk")
        assert (copies.state, copies.page_count) == (Rendition.State.READY, first.page_count)
        assert scan in {first} or scan.page_count == 1, "a page that was scanned again"
        assert copies.print_file.size > 0


def test_every_page_is_known_by_its_code_and_whoever_signs_is_seen(demo: None) -> None:
    """The demo's scans look like scans to the very cell that reads those that people send."""
    pages = list(ScanPage.objects.select_related("picture"))
    assert {(page.finding, page.is_by_hand) for page in pages} == {(ScanPage.Finding.FOUND, False)}
    signed = [page.picture.seen["compared"]["ink"] for page in pages if page.picture.seen["compared"]["ink"]]
    assert len(signed) >= Scan.objects.filter(page_count__gt=1).count()
    assert min(share for ink in signed for share in ink.values()) > 3 * LEAST_INK


def test_what_waits_to_be_certified_has_its_copies_as_pictures(demo: None) -> None:
    for scan in Scan.objects.filter(state=Scan.State.UPLOADED):
        [copy, *_] = copies_made(scan.agreement)
        assert default_storage.exists(picture_of(copy, copy.page_count))


@pytest.mark.parametrize("days", [30, 60, 90])
def test_some_end_soon(demo: None, days: int) -> None:
    today = timezone.localdate()
    ending = Agreement.objects.filter(state=S.IN_FORCE, expires_on__lte=today + timedelta(days=days))
    assert ending.filter(expires_on__gt=today + timedelta(days=days - 30)).exists()


def test_successors_are_linked(demo: None) -> None:
    following = Agreement.objects.exclude(predecessor=None)

    assert following.filter(kind=AgreementKind.RENEWAL, state=S.IN_FORCE, predecessor__state=S.SUPERSEDED).exists()
    assert following.filter(kind=AgreementKind.RENEWAL, state=S.DRAFT, predecessor__state=S.IN_FORCE).exists()
    assert following.filter(kind=AgreementKind.SUPPLEMENT, state=S.IN_FORCE).count() == 2


def test_moments_follow_each_other(demo: None) -> None:
    for row in Agreement.objects.filter(state__in=HAS_BEEN_IN_FORCE):
        assert row.sent_at is not None
        assert row.agreed_at is not None
        assert row.certified_at is not None
        assert row.medical_signed_on is not None
        assert row.elder_care_signed_on is not None
        first = min(row.medical_signed_on, row.elder_care_signed_on)
        assert row.created_at < row.sent_at < row.agreed_at <= row.certified_at <= timezone.now()
        assert timezone.localdate(row.agreed_at) < first


def test_filings_stand_in_every_state_and_at_every_time(demo: None) -> None:
    today = timezone.localdate()
    rows = list(Filing.objects.with_clock(today))
    due = [row for row in rows if row.state == F_.DUE]
    with_authority = [row for row in rows if row.state in {F_.SUBMITTED, F_.UNDER_REVIEW}]

    assert {row.state for row in rows} == set(F_.values)
    assert any(row.is_late for row in due)
    assert any(row.due_on > today + timedelta(days=3) for row in due)
    assert any(row.is_late for row in with_authority)
    assert any(not row.is_late for row in with_authority)
    assert {row.state for row in rows if row.round == 2} >= {F_.SUBMITTED, F_.ACCEPTED}
    assert any(row.state == F_.RETURNED and not row.is_resubmitted for row in rows)
    assert assert_as_reckoned() == len(rows)


def test_acts_on_filings_follow_each_other_and_numbers_carry_their_year(demo: None) -> None:
    decided = Filing.objects.filter(state__in=[F_.ACCEPTED, F_.RETURNED])
    assert not decided.exclude(submitted_at__lte=F("taken_up_at"), taken_up_at__lte=F("decided_at")).exists()
    for filing in decided.filter(state=F_.ACCEPTED):
        assert filing.decided_at is not None
        assert f"〔{timezone.localdate(filing.decided_at).year}〕" in filing.number


@pytest.mark.parametrize(("state", "day"), [("submitted", date(2026, 12, 13)), ("accepted", date(2027, 1, 17))])
def test_in_january_only_what_gets_a_number_was_handed_in_this_year(state: str, day: date) -> None:
    """Otherwise nothing would be late with an authority in a demo that is loaded then."""
    with time_machine.travel("2027-01-04T09:00+08:00", tick=False):
        assert filings._handing_in(date(2026, 12, 10), filings.ACTS[state])[0] == day


def test_a_corrected_scan_waits_at_one_bureau_and_another_has_taken_note_of_one(demo: None) -> None:
    """After one authority had returned its copy; the other had accepted the old scan."""
    waiting, noted = HandIn.objects.with_filing().order_by("-state")
    assert (waiting.state, noted.state) == (HandInState.SUBMITTED, HandInState.NOTED)
    assert waiting.review_due_on is not None
    assert waiting.review_due_on >= timezone.localdate()
    for row in (waiting, noted):
        agreement = row.filing.agreement
        assert row.filing.state == F_.ACCEPTED
        assert agreement.filings.filter(state=F_.RETURNED).exists()
        first, again = agreement.scans.order_by("pk")
        assert row.scans == [first.sha256, again.sha256]
        corrected = agreement.filings.with_parties().exclude(pk=row.filing_id).current().get()
        assert certified_scans(corrected) == [first, again], "what was submitted again has the new one"
        assert certified_scans(row.filing) == [first]
        assert again.checked_at is not None
        assert row.submitted_at is not None
        assert again.checked_at < row.submitted_at <= timezone.now()


@pytest.mark.parametrize("code", sorted(COUNTIES))
def test_coverage_of_each_county_is_sane_and_changes_with_the_day(demo: None, code: str) -> None:
    region = Region.objects.get(code=code)
    figures = [overview(region, timezone.localdate() - timedelta(days=days)).counts for days in DAYS_BACK]

    assert 0 < figures[0].covered < figures[0].obliged
    assert len({(each.covered, each.obliged) for each in figures}) > 1
    assert figures[0].filed_both or figures[0].filed_health or figures[0].filed_civil_affairs


def test_old_news_is_read_and_unsent_and_there_is_something_new(demo: None) -> None:
    today = timezone.localdate()
    old = Notice.objects.filter(created_at__date__lt=today - timedelta(days=4))

    assert old.exists()
    assert not old.filter(read_at=None).exists()
    assert not old.filter(state=Notice.State.QUEUED).exists()
    assert Notice.objects.filter(state=Notice.State.QUEUED, read_at=None).exists()


def test_all_that_the_log_tells_is_in_words(demo: None) -> None:
    told = [fact for line in lines_of(Entry.objects.all()) for fact in line.facts]
    assert len(told) > 1000
    assert {label for label, _ in told if not CHINESE.search(label)} == set()
    assert {(label, value) for label, value in told if CODE.search(value) and label != "代号"} == set()


def test_a_second_person_can_certify_by_signing_in(demo: None) -> None:
    waiting = Agreement.objects.get(
        state=S.SIGNING,
        scans__state=Scan.State.UPLOADED,
        template_version__template__slug="shaoxing-2024-home-sickbed",
    )
    uploader = waiting.scans.get().uploaded_by
    home = waiting.party(Role.ELDER_CARE)
    assert home is not None
    others = home.memberships.filter(duty=Duty.CLERK).exclude(user=uploader)
    assert any(home in institutions_of(post.user) for post in others)
