"""Dates, scans and the second person: what the verbs accept and what they refuse."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, Scan
from boundary.uploads import UploadRefused
from institutions.models import Role
from tests.agreements.making import agreed, certified, printed, rejected, scan_pdf
from verbs.errors import Unacceptable, WrongState

DAY = timedelta(days=1)


@pytest.fixture
def dated(final: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Both dates are entered, nothing is uploaded."""
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        lifecycle.record_signing(final, by=clerk, role=role, on=timezone.localdate())
    return final


@pytest.mark.parametrize(("days", "words"), [(1, "不能晚于今天"), (-1, "不能早于文本定稿")])
def test_a_day_that_cannot_be_is_refused(final: Agreement, elder_care_clerk: User, days: int, words: str) -> None:
    on = timezone.localdate() + days * DAY
    with pytest.raises(Unacceptable, match=words):
        lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=on)
    final.refresh_from_db()
    assert (final.state, final.elder_care_signed_on) == (Agreement.State.AGREED, None)


def test_the_same_file_twice_is_kept_once(dated: Agreement, elder_care_clerk: User) -> None:
    first, second = (
        lifecycle.attach_scan(dated, by=elder_care_clerk, content=scan_pdf(), name=name) for name in ("a.pdf", "b.pdf")
    )
    assert first == second
    assert dated.scans.count() == 1


def test_no_scan_before_anybody_signed(final: Agreement, elder_care_clerk: User) -> None:
    with pytest.raises(WrongState):
        lifecycle.attach_scan(final, by=elder_care_clerk, content=scan_pdf(), name="a.pdf")
    assert not Scan.objects.exists()


def test_a_refused_file_leaves_nothing_behind(dated: Agreement, elder_care_clerk: User) -> None:
    with pytest.raises(UploadRefused):
        lifecycle.attach_scan(dated, by=elder_care_clerk, content=b"MZ", name="a.pdf")
    assert not dated.scans.exists()


def test_missing_pages_are_counted_over_all_scans(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    dated = printed(agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk), pages=4)
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        lifecycle.record_signing(dated, by=clerk, role=role, on=timezone.localdate())
    lifecycle.attach_scan(dated, by=elder_care_clerk, content=scan_pdf(3), name="a.pdf")
    with pytest.raises(Unacceptable, match="有 4 页，扫描件只有 3 页"):
        certified(dated, by=medical_clerk)
    lifecycle.attach_scan(dated, by=elder_care_clerk, content=scan_pdf(1), name="b.pdf")
    assert certified(dated, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_the_uploader_does_not_certify(scanned: Agreement, elder_care_clerk: User, colleague: User) -> None:
    with pytest.raises(Unacceptable, match="不能自己核验"):
        certified(scanned, by=elder_care_clerk)
    assert certified(scanned, by=colleague).state == Agreement.State.IN_FORCE


def test_one_date_is_not_enough(final: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    lifecycle.attach_scan(final, by=elder_care_clerk, content=scan_pdf(), name="a.pdf")
    with pytest.raises(Unacceptable, match="双方都登记"):
        certified(final, by=medical_clerk)


def test_a_rejected_scan_stays_with_its_reason_and_is_not_taken_again(
    scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    rejected(scanned, by=medical_clerk, reason="第二页不清")
    scan = scanned.scans.get()
    assert (scan.state, scan.reason, scan.checked_by) == (Scan.State.REJECTED, "第二页不清", medical_clerk)
    with pytest.raises(UploadRefused, match="没有通过"):
        lifecycle.attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(), name="又一次.pdf")
    with pytest.raises(Unacceptable, match="还没有待核验"):
        certified(scanned, by=medical_clerk)
    lifecycle.attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(5), name="重新扫描.pdf")
    assert certified(scanned, by=medical_clerk).state == Agreement.State.IN_FORCE
