"""Two people at the scans of one agreement, or at its reminder, on connections of their own to a real PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.lifecycle.scans import waiting_sheets
from agreements.models import Agreement, PageTick, Scan
from audit.log import history
from filing import lifecycle as filings
from filing.models import Filing
from notifications.models import Notice
from tests.agreements.making import rejected, scan_pdf, seen_of, sent, signed, ticked
from tests.at_once import at_once, closing_its_connection, until_somebody_waits_for_us
from tests.uploading import attach_scan, place
from verbs.errors import Unacceptable, WrongState

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(results: list[Any]) -> int:
    return sum(isinstance(result, (Unacceptable, WrongState)) for result in results)


def logged(row: Agreement, event: str) -> int:
    return history(row).filter(event=event).count()


def presses(user: User, address: str, **fields: str) -> Callable[[], HttpResponseBase]:
    """Return a press of a button in a browser of its own; a fault is answered, not raised."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return lambda: client.post(address, fields)


@pytest.fixture
def scanned(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Signed by both, one scan sent by the elder-care clerk."""
    return signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def test_one_scan_is_taken_back_once_and_not_turned_down_beside(
    scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    scan = scanned.scans.get()
    twice = at_once(*[lambda: lifecycle.take_back_scan(scanned, by=elder_care_clerk, scan=scan.pk)] * 2)
    assert refusals(twice) == 1
    assert logged(scanned, events.ScanTakenBack.code) == 1
    again = attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(), name="再扫.pdf")
    results = at_once(
        lambda: lifecycle.take_back_scan(scanned, by=elder_care_clerk, scan=again.pk),
        lambda: rejected(scanned, by=medical_clerk, reason="不清楚"),
    )
    assert refusals(results) == 1
    ended = logged(scanned, events.ScanTakenBack.code) - 1 + logged(scanned, events.ScanRejected.code)
    assert ended == 1


def test_two_windows_take_back_and_place_by_the_pages_without_a_fault(
    scanned: Agreement, elder_care_clerk: User
) -> None:
    scan = scanned.scans.get()
    place = reverse("scan-place", args=[scanned.number])
    chosen = {f"page_{sheet.pk}": f"2-{sheet.page}" for sheet in scan.sheets.all()}
    placed = {**chosen, "reason": "封面写着第 2 份"}
    answers = at_once(presses(elder_care_clerk, place, **placed), presses(elder_care_clerk, place, **placed))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert logged(scanned, events.ScanPlaced.code) == 2, "once before, and said twice at once it is said once"
    scan.refresh_from_db()
    assert scan.shown == "第 2 份正本第 1–3 页"
    away = reverse("scan-take-back", args=[scanned.number, scan.pk])
    answers = at_once(presses(elder_care_clerk, away), presses(elder_care_clerk, place, **placed))
    assert all(answer.status_code < 500 for answer in answers), answers
    scan.refresh_from_db()
    assert scan.state == Scan.State.TAKEN_BACK


def test_of_two_clerks_who_remind_the_partner_at_once_one_message_goes(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    row = sent(draft, by=elder_care_clerk)
    address = reverse("agreement-remind", args=[row.number])
    answers = at_once(presses(elder_care_clerk, address), presses(colleague, address))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert logged(row, events.Reminded.code) == 1
    assert Notice.objects.filter(kind="agreement_reminded", recipient=medical_clerk).count() == 1


def test_new_scans_of_a_returned_paper_are_certified_once(
    filing: Filing, elder_care_clerk: User, colleague: User, medical_clerk: User, health_reviewer: User
) -> None:
    taken = filings.take_up(filings.submit(filing, by=elder_care_clerk), by=health_reviewer)
    row = filings.return_(taken, by=health_reviewer, reasons="扫描件第二页看不清").agreement
    content = scan_pdf(1)
    twice = at_once(*[lambda: attach_scan(row, by=elder_care_clerk, content=content, name="第二页.pdf")] * 2)
    assert not refusals(twice)
    new = row.scans.get(state=Scan.State.UPLOADED)
    place(row, by=elder_care_clerk, pages={new.pk: [2]})
    for person in (colleague, medical_clerk):
        ticked(row, by=person)
    seen = seen_of(row)
    results = at_once(
        lambda: lifecycle.certify_rescan(row, by=colleague, seen=seen),
        lambda: lifecycle.certify_rescan(row, by=medical_clerk, seen=seen),
    )
    assert refusals(results) == 1
    assert logged(row, events.ScansReplaced.code) == 1


def test_one_page_is_ticked_once_and_never_both_sent_back_and_certified(
    scanned: Agreement, colleague: User, medical_clerk: User
) -> None:
    first = waiting_sheets(scanned)[0]

    def tick() -> None:
        lifecycle.tick_page(scanned, by=medical_clerk, page=first.pk, seen=first.place, confirmed=True)

    assert not refusals(at_once(tick, tick))
    assert logged(scanned, events.PageTicked.code) == 1
    ticked(scanned, by=medical_clerk)
    seen = seen_of(scanned)
    results = at_once(
        lambda: lifecycle.certify(scanned, by=medical_clerk, seen=seen),
        lambda: lifecycle.send_back_pages(scanned, by=colleague, pages=frozenset({first.pk}), reason="看不清"),
    )
    assert refusals(results) == 1
    first.refresh_from_db()
    is_in_force = Agreement.objects.get(pk=scanned.pk).state == Agreement.State.IN_FORCE
    assert is_in_force == (first.sent_back_at is None)


def test_a_page_is_sent_back_once_by_two_people_and_not_assigned_beside(
    scanned: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    first, second, _ = waiting_sheets(scanned)
    twice = at_once(
        *[
            partial(lifecycle.send_back_pages, scanned, by=by, pages=frozenset({first.pk}), reason="看不清")
            for by in (colleague, medical_clerk)
        ]
    )
    assert refusals(twice) == 1
    assert logged(scanned, events.PagesSentBack.code) == 1
    at_once(
        partial(lifecycle.send_back_pages, scanned, by=colleague, pages=frozenset({second.pk}), reason="看不清"),
        partial(lifecycle.place_pages, scanned, by=elder_care_clerk, places={second.pk: (2, 2)}, reason="看页脚"),
    )
    second.refresh_from_db()
    assert second.sent_back_at is not None


def test_past_the_verbs_a_tick_that_is_being_taken_back_certifies_nothing(
    scanned: Agreement, medical_clerk: User
) -> None:
    """Whoever writes to the database: what certifies waits for what is being changed, and then sees it."""
    ticked(scanned, by=medical_clerk)

    def certify() -> bool:
        with pytest.raises(DatabaseError, match="compared each page"):
            scanned.scans.update(state=Scan.State.CERTIFIED, checked_by=medical_clerk, checked_at=timezone.now())
        return True

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            PageTick.objects.filter(page__scan__agreement=scanned, page__page=2).delete()
            certifying = pool.submit(closing_its_connection, certify)
            until_somebody_waits_for_us()
        assert certifying.result()


def test_past_the_verbs_no_page_is_changed_or_ticked_while_its_file_is_certified(
    scanned: Agreement, colleague: User, medical_clerk: User
) -> None:
    first = waiting_sheets(scanned)[0]
    ticked(scanned, by=medical_clerk)

    def tick() -> bool:
        with pytest.raises(DatabaseError, match="decided scan is kept"):
            PageTick.objects.create(page=first, by=colleague)
        return True

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            scanned.scans.update(state=Scan.State.CERTIFIED, checked_by=medical_clerk, checked_at=timezone.now())
            ticking = pool.submit(closing_its_connection, tick)
            until_somebody_waits_for_us()
        assert ticking.result()
