"""The demo's agreements: drafted, negotiated and brought to their endings by the verbs, as people would."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from agreements import lifecycle
from agreements import reminders as agreement_reminders
from agreements.models import Agreement
from agreements.models.ways import Way
from agreements.text.answers import values_by_blank
from demo import filings, life, on_screen
from demo.drafting import DRAFTING, contact_of, drafted, fill_in_terms, remarks_of
from demo.loading import DemoDataError, Row, rows_of
from demo.past import moment, on_day, set_back_agreement
from demo.people import clerk_of
from filing import reminders as filing_reminders
from institutions.models import Institution

# What follows the agreement in force that a row of these endings begins with.
RENEWAL = {"ending": "in_force", "signed": "6 days ago", "health": "submitted", "civil_affairs": "due"}
SUPPLEMENT = {**RENEWAL, "answers": "supplement", "signed": "9 days ago"}


def load_agreements(institutions: dict[str, Institution]) -> int:
    """Make all demo agreements unless there are some already; return how many were made.

    Afterwards the clock's work of this day is done once: what has run out is expired, and everybody is reminded.
    """
    made = Agreement.objects.filter(is_demo=True)
    if made.exists():
        return 0
    for row in rows_of("agreements"):
        _load(row, institutions)
    lifecycle.expire_due()
    agreement_reminders.sweep()
    filing_reminders.sweep()
    return made.count()


def _load(row: Row, institutions: dict[str, Institution]) -> None:
    agreement = drafted(row, institutions)
    ending, by = row["ending"], clerk_of(agreement.drafted_by)
    if ending in DRAFTING:
        return
    if ending == "discarded":
        lifecycle.discard(agreement, by=by)
    elif ending in {*life.SIGNED, *life.BOUND}:
        _follow(_signed(agreement, row, by), row, by)
    elif ending == on_screen.SIGNED:
        _to_be_signed_on_screen(agreement, by)
    else:
        _negotiate(agreement, row, by)


def _negotiate(agreement: Agreement, row: Row, by: User) -> None:
    """Take a complete draft to where the two sides are still talking, have just agreed or have given up."""
    ending = row["ending"]
    agreement = lifecycle.send(agreement, by=by, revision=agreement.revision)
    if ending in {"returned", "resent"}:
        agreement = _return(agreement, row)
    if ending == "resent":
        lifecycle.send(agreement, by=by, revision=agreement.revision)
    if ending == "withdrawn":
        lifecycle.withdraw(agreement, by=by)
    if ending == "agreed":
        _agree(agreement)


def _return(agreement: Agreement, row: Row) -> Agreement:
    """Give the text back, with what the row says at its clauses."""
    said = remarks_of(row)
    return lifecycle.return_to_drafter(
        agreement,
        by=_partners_clerk(agreement),
        reason=row["remark"],
        comments=said.get("comments", {}),
        values=values_by_blank(agreement.chosen_version.parsed, said.get("values", {})),
    )


def _signed(agreement: Agreement, row: Row, by: User) -> Agreement:
    """Take a complete draft through agreement and signing, on the days that the row says."""
    on = life.signed_on(row["signed"], life.years_of(agreement))
    with on_day(on - life.AGREED):
        sent = lifecycle.send(agreement, by=by, revision=agreement.revision)
        set_back_agreement(sent, created_at=on - life.CREATED, sent_at=on - life.SENT)
        agreement = _agree(sent, at=moment(on - life.AGREED))
    return life.Signing(agreement, row, drafter=by, answerer=_partners_clerk(agreement), on=on).run()


def _follow(agreement: Agreement, row: Row, by: User) -> None:
    """End the agreement, or let a renewal or supplement follow it, where the row's ending says so."""
    match row["ending"]:
        case "terminated":
            life.terminate(agreement, by=by, reason=row["remark"])
            filings.waive(agreement, row)
        case "rescinded":
            lifecycle.ask_to_rescind(agreement, by=by, reason=row["remark"])
            lifecycle.agree_to_rescind(agreement, by=_partners_clerk(agreement))
        case "renewing":
            lifecycle.start_renewal(agreement, by=by)
        case "renewed":
            _successor(lifecycle.start_renewal(agreement, by=by), {**row, **RENEWAL}, by)
        case "supplemented":
            _successor(lifecycle.start_supplement(agreement, by=by), {**row, **SUPPLEMENT}, by)
        case on_screen.SUPPLEMENT_SIGNED | on_screen.SUPPLEMENT_WAITS:
            draft = lifecycle.start_supplement(agreement, by=by)
            _to_be_signed_on_screen(fill_in_terms(draft, {**row, **SUPPLEMENT}, by), by)


def _successor(draft: Agreement, row: Row, by: User) -> None:
    _signed(fill_in_terms(draft, row, by), row, by)


def _to_be_signed_on_screen(agreement: Agreement, by: User) -> None:
    """Freeze a text that both sides sign electronically: the worker for them, or whoever tries the demo."""
    way = on_screen.way_of_demo()
    _agree(lifecycle.send(agreement, by=by, revision=agreement.revision, way=way), way=way)


def _agree(agreement: Agreement, at: datetime | None = None, way: Way = Way.PAPER) -> Agreement:
    partner = _partner(agreement)
    return lifecycle.agree(agreement, by=clerk_of(partner), contact=contact_of(partner), at=at, way=way)


def _partner(agreement: Agreement) -> Institution:
    if agreement.partner is None:
        raise DemoDataError(f"{agreement.number} 没有合作机构。")
    return agreement.partner


def _partners_clerk(agreement: Agreement) -> User:
    return clerk_of(_partner(agreement))
