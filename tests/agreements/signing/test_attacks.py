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


def test_a_page_that_no_machine_compared_is_none_before_somebody_says_so_and_another_confirms_it(
    row: Agreement, last: ScanPage, elder_care_clerk: User, medical_clerk: User
) -> None:
    assert last.finding == ScanPage.Finding.UNREADABLE
    with pytest.raises(Unacceptable, match="不能核对通过"):
        lifecycle.tick_page(row, by=medical_clerk, page=last.pk, seen=last.place, confirmed=True)
    lifecycle.place_pages(row, by=elder_care_clerk, places={last.pk: (1, 3)}, reason="拍得太斜")
    with pytest.raises(Unacceptable, match="这一页是什么，由上传的人标明"):
        lifecycle.tick_page(row, by=medical_clerk, page=last.pk, seen="1-3")
    lifecycle.tick_page(row, by=medical_clerk, page=last.pk, seen="1-3", confirmed=True)
    assert PageTick.objects.get().page == last


def test_a_page_whose_code_could_be_read_is_not_said_to_be_another(
    client: Client, row: Agreement, last: ScanPage, elder_care_clerk: User
) -> None:
    """Nobody swaps two photographs by hand, nor by what the form proposes."""
    with pytest.raises(Unacceptable, match="上的二维码是第 1 份正本第 3 页，不能标明为别的页"):
        lifecycle.place_pages(row, by=elder_care_clerk, places={last.pk: (1, 2)}, reason="拍得太斜")
    client.force_login(elder_care_clerk)
    form = client.get(reverse("agreement-signing", args=[row.number])).context["placing"]
    field = form.fields[f"page_{last.pk}"]
    assert (field.initial, [value for value, _ in field.choices]) == ("1-3", ["", "1-3", "0"])
    lifecycle.place_pages(row, by=elder_care_clerk, places={last.pk: None}, reason="拍得太斜")
    last.refresh_from_db()
    assert last.finding == ScanPage.Finding.NO_PAGE


def test_three_pages_of_one_copy_and_seven_of_another_are_no_copy(
    row: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    mixed = [*read_from(row)[:1], *read_from(row, 2)[1:]]
    attach_read(row, by=elder_care_clerk, content=scan_pdf(3), seen=mixed, name="扫描件.pdf")
    with pytest.raises(Unacceptable, match="第 2 份正本共 3 页，还缺第 1 页"):
        lifecycle.certify(row, by=medical_clerk, seen=seen_of(row))
