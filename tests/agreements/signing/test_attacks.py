"""What should not get by: pages that no machine compared, new scans that show nothing new."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.scans import waiting_sheets
from agreements.models import Agreement, PageTick, Scan, ScanPage
from institutions.models import Role
from tests.agreements.making import codes_of, read_from, scan_pdf, seen_of
from tests.reading import words
from tests.uploading import attach_read
from verbs.errors import Unacceptable

Send = Callable[..., Scan]


@pytest.fixture
def row(final: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Both days are entered, nothing is scanned; a copy has three pages."""
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        final = lifecycle.record_signing(final, by=clerk, role=role, on=timezone.localdate())
    return final


def not_compared(row: Agreement) -> list[dict[str, Any]]:
    """Return what is read of a file whose last page could not be laid over our print, or came after the time."""
    first, second, _ = read_from(row)
    return [first, second, {"codes": [codes_of(row)[2]], "turned": 0}]


@pytest.fixture
def last(row: Agreement, elder_care_clerk: User) -> ScanPage:
    """The page that nothing is known of but its code."""
    attach_read(row, by=elder_care_clerk, content=scan_pdf(3), seen=not_compared(row), name="扫描件.pdf")
    return waiting_sheets(row)[-1]


def test_a_page_that_no_machine_compared_is_ticked_only_by_whoever_says_so(
    row: Agreement, last: ScanPage, medical_clerk: User
) -> None:
    with pytest.raises(Unacceptable, match="没有能与正本自动比对"):
        lifecycle.tick_page(row, by=medical_clerk, page=last.pk, seen=last.place)
    assert not PageTick.objects.exists()
    lifecycle.tick_page(row, by=medical_clerk, page=last.pk, seen=last.place, confirmed=True)
    assert PageTick.objects.get().page == last


def test_the_certifier_is_told_in_words_which_page_no_machine_compared(
    client: Client, row: Agreement, last: ScanPage, medical_clerk: User
) -> None:
    client.force_login(medical_clerk)
    page = words(client.get(reverse("agreement-certify", args=[row.number])).content.decode())
    assert "扫描件.pdf 第 3 页 ：没有能与正本自动比对" in page
    assert "未比对" in page
    at = reverse("scan-page", args=[row.number, last.pk])
    shown = client.get(at).content.decode()
    assert "没有能与正本自动比对" in shown
    assert 'name="confirmed"' in shown
    assert client.post(at, {"place": last.place}).status_code == 422
    assert client.post(at, {"place": last.place, "confirmed": "yes"}).status_code == 302
    first = waiting_sheets(row)[0]
    assert "没有能与正本自动比对" not in client.get(reverse("scan-page", args=[row.number, first.pk])).content.decode()


def test_a_page_said_to_be_none_and_back_is_still_known_as_compared(row: Agreement, elder_care_clerk: User) -> None:
    attach_read(row, by=elder_care_clerk, content=scan_pdf(3), seen=read_from(row), name="扫描件.pdf")
    sheet = waiting_sheets(row)[1]
    assert sheet.is_compared
    for place in (None, (1, 2)):
        lifecycle.place_pages(row, by=elder_care_clerk, places={sheet.pk: place}, reason="重复")
        sheet.refresh_from_db()
        assert sheet.is_compared == (place is not None)
    assert not sheet.is_by_hand


def test_three_pages_of_one_copy_and_seven_of_another_are_no_copy(
    row: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    mixed = [*read_from(row)[:1], *read_from(row, 2)[1:]]
    attach_read(row, by=elder_care_clerk, content=scan_pdf(3), seen=mixed, name="扫描件.pdf")
    with pytest.raises(Unacceptable, match="第 2 份正本共 3 页，还缺第 1 页"):
        lifecycle.certify(row, by=medical_clerk, seen=seen_of(row))
