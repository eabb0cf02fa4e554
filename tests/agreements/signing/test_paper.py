"""Dates, scans and the second person: what the verbs accept and what they refuse."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, Scan
from boundary.uploads import UploadRefused
from institutions.models import Role
from tests.agreements.making import agreed, certified, printed, rejected, scan_pdf, scans_of, seen_of, ticked
from tests.factories import MembershipFactory
from tests.uploading import attach_scan, place
from verbs.errors import NotAllowed, Unacceptable, WrongState

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
        attach_scan(dated, by=elder_care_clerk, content=scan_pdf(), name=name) for name in ("a.pdf", "b.pdf")
    )
    assert first == second
    assert dated.scans.count() == 1


def test_no_scan_before_anybody_signed(final: Agreement, elder_care_clerk: User) -> None:
    with pytest.raises(WrongState):
        attach_scan(final, by=elder_care_clerk, content=scan_pdf(), name="a.pdf")
    assert not Scan.objects.exists()


def test_a_refused_file_leaves_nothing_behind(dated: Agreement, elder_care_clerk: User) -> None:
    with pytest.raises(UploadRefused):
        attach_scan(dated, by=elder_care_clerk, content=b"MZ", name="a.pdf")
    assert not dated.scans.exists()


def test_a_file_shorter_than_a_copy_says_which_pages_it_shows(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    dated = printed(agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk), pages=4)
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        lifecycle.record_signing(dated, by=clerk, role=role, on=timezone.localdate())
    first = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(3), name="a.pdf")
    with pytest.raises(Unacceptable, match=r"a\.pdf 第 1–3 页几乎全白"):
        certified(dated, by=medical_clerk)
    place(dated, by=elder_care_clerk, copy=2, pages={first.pk: [1, 2, 4]})
    with pytest.raises(Unacceptable, match="第 2 份正本共 4 页，还缺第 3 页。"):
        certified(dated, by=medical_clerk)
    second = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(1), name="b.pdf")
    place(dated, by=elder_care_clerk, copy=2, pages={second.pk: [3]})
    assert certified(dated, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_what_is_brought_in_later_was_checked_on_its_own_day(
    scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    then = timezone.now() - timedelta(days=20)
    lifecycle.reject_scan(scanned, by=medical_clerk, reason="缺页", seen=scans_of(scanned), at=then)
    attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(4), name="全.pdf")
    ticked(scanned, by=medical_clerk)
    row = lifecycle.certify(scanned, by=medical_clerk, seen=seen_of(scanned), at=then)
    assert row.certified_at == then
    assert set(scanned.scans.values_list("checked_at", flat=True)) == {then}


def test_the_uploader_does_not_certify(scanned: Agreement, elder_care_clerk: User, colleague: User) -> None:
    with pytest.raises(Unacceptable, match="不能自己核验"):
        certified(scanned, by=elder_care_clerk)
    assert certified(scanned, by=colleague).state == Agreement.State.IN_FORCE


def test_one_date_is_not_enough(final: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    attach_scan(final, by=elder_care_clerk, content=scan_pdf(), name="a.pdf")
    with pytest.raises(Unacceptable, match="双方都登记"):
        certified(final, by=medical_clerk)


def test_a_rejected_scan_stays_with_its_reason_and_is_not_taken_again(
    scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    rejected(scanned, by=medical_clerk, reason="第二页不清")
    scan = scanned.scans.get()
    assert (scan.state, scan.reason, scan.checked_by) == (Scan.State.REJECTED, "第二页不清", medical_clerk)
    with pytest.raises(UploadRefused, match="没有通过"):
        attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(), name="又一次.pdf")
    with pytest.raises(Unacceptable, match="还没有待核验"):
        certified(scanned, by=medical_clerk)
    attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(5), name="重新扫描.pdf")
    assert certified(scanned, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_a_day_entered_wrongly_is_corrected_by_its_own_side(
    final: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        today = timezone.localdate()
        for on in (today, today - DAY):
            lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=on)
        lifecycle.record_signing(final, by=medical_clerk, role=Role.MEDICAL, on=today)
        row = Agreement.objects.get(pk=final.pk)
        assert (row.elder_care_signed_on, row.medical_signed_on) == (today - DAY, today)
        kept = row.signatures.order_by("pk")
        assert [(each.role, each.day, each.superseded_at is None) for each in kept] == [
            ("elder_care", today, False),
            ("elder_care", today - DAY, True),
            ("medical", today, True),
        ]
        last = kept[2]
        assert (last.kind, last.signatory_name, last.entered_by) == ("paper", "赵堃", medical_clerk)
        assert (last.on_behalf_of, last.frozen) == (row.medical, row.frozen)


def test_one_person_at_both_sides_enters_for_one_of_them(
    final: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    MembershipFactory.create(user=elder_care_clerk, institution=final.medical)
    today = timezone.localdate()
    lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    with pytest.raises(Unacceptable, match="同一个人不能代表双方签章"):
        lifecycle.record_signing(final, by=elder_care_clerk, role=Role.MEDICAL, on=today)
    lifecycle.record_signing(final, by=medical_clerk, role=Role.MEDICAL, on=today)


def test_nobody_enters_the_day_of_the_other_side(final: Agreement, elder_care_clerk: User) -> None:
    with pytest.raises(NotAllowed, match="由医疗卫生机构自己的经办人登记"):
        lifecycle.record_signing(final, by=elder_care_clerk, role=Role.MEDICAL, on=timezone.localdate())


def test_what_is_kept_of_a_scan_and_of_its_check(dated: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    scan = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(3), name="名" * 210 + ".pdf")
    assert (scan.page_count, scan.content_type, scan.uploaded_by) == (3, "application/pdf", elder_care_clerk)
    assert scan.original_name == "名" * 196 + ".pdf"
    assert re.fullmatch(r"uploads/[0-9a-f]{32}/original", str(scan.file))
    row = certified(dated, by=medical_clerk)
    scan.refresh_from_db()
    assert (scan.state, scan.checked_by, scan.reason) == (Scan.State.CERTIFIED, medical_clerk, "")
    assert scan.checked_at is not None
    assert {str(each.proof) for each in row.signatures.all()} == {str({"scans": [scan.sha256]})}


def test_scans_that_were_added_since_the_page_was_opened_are_looked_at_first(
    scanned: Agreement, colleague: User, medical_clerk: User
) -> None:
    seen = seen_of(scanned)
    attach_scan(scanned, by=colleague, content=scan_pdf(4), name="b.pdf")
    with pytest.raises(Unacceptable, match="换过或添过"):
        lifecycle.certify(scanned, by=medical_clerk, seen=seen)
    with pytest.raises(Unacceptable, match="换过或添过"):
        lifecycle.reject_scan(scanned, by=medical_clerk, reason="看不清", seen=seen.scans)
    assert set(scanned.scans.values_list("state", flat=True)) == {Scan.State.UPLOADED}
