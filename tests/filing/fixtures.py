"""Filings of an agreement in force, in every state, made by the verbs."""

from collections.abc import Callable

import pytest

from accounts.models import User
from agreements import lifecycle as agreements
from agreements.models import Agreement, Scan
from filing import handing_in, lifecycle, opening, rescans
from filing.models import Filing, HandIn
from institutions.models import Authority, Duty
from tests import factories
from tests.agreements.making import in_force, scan_pdf, seen_of, ticked
from tests.uploading import attach_scan, place

InState = Callable[[Filing.State], Filing]


@pytest.fixture
def agreement(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """An agreement in force; its filings are open and due."""
    return in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)


@pytest.fixture
def filings(agreement: Agreement, elder_care_clerk: User) -> dict[str, Filing]:
    """The agreement's filings by kind of authority."""
    return {filing.authority.kind: filing for filing in opening.open_filings(agreement, by=elder_care_clerk)}


@pytest.fixture
def filing(filings: dict[str, Filing]) -> Filing:
    """What is due with the health bureau."""
    return filings[Authority.Kind.HEALTH]


def ended(agreement: Agreement, *, by: User) -> Agreement:
    """End it today: its copies are still owed."""
    return agreements.terminate(agreement, by=by, on=factories.today(), reason="机构迁址")


@pytest.fixture
def second_reviewer(health_authority: Authority) -> User:
    """Works in the health bureau beside the health reviewer."""
    user = factories.UserFactory.create(username="second-reviewer", full_name="韩昇祎")
    factories.MembershipFactory.create(user=user, authority=health_authority, duty=Duty.REVIEWER)
    return user


@pytest.fixture
def in_state(filing: Filing, elder_care_clerk: User, health_reviewer: User) -> InState:
    """Bring the filing with the health bureau into any state by the verbs alone."""

    def bring(state: Filing.State) -> Filing:
        row = filing
        if state == Filing.State.CLOSED:
            ended(row.agreement, by=elder_care_clerk)
            return lifecycle.waive(row, by=health_reviewer, reason="协议只履行了三天。")
        if state != Filing.State.DUE:
            row = lifecycle.submit(row, by=elder_care_clerk)
        if state not in {Filing.State.DUE, Filing.State.SUBMITTED}:
            row = lifecycle.take_up(row, by=health_reviewer)
        if state == Filing.State.ACCEPTED:
            row = lifecycle.accept(row, by=health_reviewer)
        if state == Filing.State.RETURNED:
            row = lifecycle.return_(row, by=health_reviewer, reasons="扫描件第3页不清。")
        return row

    return bring


def scanned_again(row: Agreement, uploader: User, checker: User, *, pages: int = 1) -> Scan:
    """Scan the second page again (on so many pages, the others empty) and have another person certify it."""
    scan = attach_scan(row, by=uploader, content=scan_pdf(pages), name="第二页.pdf")
    place(row, by=uploader, pages={scan.pk: [2] + [0] * (pages - 1)})
    agreements.certify_rescan(ticked(row, by=checker), by=checker, seen=seen_of(row))
    return scan


@pytest.fixture
def accepted(in_state: InState) -> Filing:
    return in_state(Filing.State.ACCEPTED)


@pytest.fixture
def due(accepted: Filing, elder_care_clerk: User, medical_clerk: User) -> HandIn:
    """The accepted copy's scan was found bad by a clerk, scanned again and certified."""
    rescans.ask(accepted, by=elder_care_clerk, reason="第二页缺角")
    scanned_again(accepted.agreement, elder_care_clerk, medical_clerk)
    return accepted.hand_ins.get()


@pytest.fixture
def handed_in(due: HandIn, medical_clerk: User) -> HandIn:
    return handing_in.hand_in(due, by=medical_clerk, remark="已换第二页")
