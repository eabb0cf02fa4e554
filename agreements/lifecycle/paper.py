"""Signing on paper: each side's date, and the second person who certifies the scans that show it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.days_apart import refuse_far_apart
from agreements.lifecycle.entering import (
    enter_force,
    main_first,
    one_after_the_other,
    refuse_signatures_of_another_text,
    term_agreed,
)
from agreements.lifecycle.errors import EndsEarly
from agreements.lifecycle.overlap import days_lost
from agreements.lifecycle.scans import all_pages_are_there, decide, refuse_uploader, refuse_waiting, shown_of
from agreements.lifecycle.seen import Seen, refuse_another_text, refuse_unseen, refuse_unseen_scans
from agreements.lifecycle.transitions import CERTIFY, LIFE, SIGN
from agreements.lifecycle.ways import unsigned_on_screen
from agreements.models import Agreement, Scan
from agreements.models.ways import Way
from agreements.permissions import can_sign_for
from chinese.dates import cn_day
from institutions.models import Role
from verbs.errors import NotAllowed, Unacceptable

SIGNED_ON = {Role.MEDICAL: "medical_signed_on", Role.ELDER_CARE: "elder_care_signed_on"}


def record_signing(
    agreement: Agreement,
    *,
    by: User,
    role: Role,
    on: date,
    days_lost_seen: int | None = None,
    days_apart_seen: int | None = None,
    text_seen: str | None = None,
) -> Agreement:
    """Enter the day on which one side signed or sealed the final copies; entered again, it corrects the day.

    `text_seen` is the digest of the text that stood when the page was opened, None where nobody looks.

    A renewal that counts from its signature, signed before the old term is over, ends that early: raises EndsEarly
    unless `days_lost_seen` says by how many days, as the person was told (None where nobody is asked). Likewise
    FarApart unless `days_apart_seen` says by how many days the two sides' lie further apart than is usual. Raises
    Unacceptable for a day that cannot be, to whoever has signed or entered it for the other side, and for another text
    than was seen: what was signed meanwhile is paper of a text that is void.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, SIGN, by=by)
        corrects = getattr(row, SIGNED_ON[role]) is not None
        if not can_sign_for(by, row, role):
            raise NotAllowed(f"签章日期由{role.label}自己的经办人登记。")
        refuse_another_text(row, text_seen)
        if row.frozen is not None and row.frozen.ways[role] != Way.PAPER:
            raise Unacceptable(f"{role.label}在定稿时选择了{Way.ELECTRONIC.label}，不在这里登记纸上的签章日期。")
        if on > timezone.localdate():
            raise Unacceptable("签章日期不能晚于今天。")
        if row.agreed_at and on < timezone.localdate(row.agreed_at):
            raise Unacceptable(f"签章日期不能早于文本定稿的日期（{cn_day(timezone.localdate(row.agreed_at))}）。")
        refuse_both_sides(row, role, by)
        lost = days_lost(row, {role: on})
        if days_lost_seen is not None and lost and lost != days_lost_seen:
            raise EndsEarly(row, on, lost)
        refuse_far_apart(on, getattr(row, SIGNED_ON[role.other]), seen=days_apart_seen)
        row = LIFE.finish(row, SIGN, events.Signed(revision=row.revision, role=role, on=on), by=by)
        _sign_on_paper(row, role, by=by, on=on)
        if not corrects:  # it is nobody else's turn because a day was mended
            _tell_whose_turn(row, role, by=by)
    return row


def _tell_whose_turn(row: Agreement, role: Role, *, by: User) -> None:
    if row.both_signed and not shown_of(row).words:  # scanned before the second side's day was entered
        announcements.scanned(row, by=by)
    else:
        announcements.signed(row, by=by, role=role)


def certify(agreement: Agreement, *, by: User, seen: Seen, at: datetime | None = None) -> Agreement:
    """A second person confirms that the scan shows the signed text: the agreement is in force.

    `at` is when they did, by default now; only what brings in old records gives an earlier moment.

    Effective when both have signed, i.e. on the later day (民法典 490); filing never delays it (502). A renewed
    agreement that is still in force is superseded in the same transaction, and what follows from being in force
    (`sockets.ON_FORCE`: the filings) happens in it too, whoever calls. Raises Unacceptable when a date or the
    scan is missing, when pages are missing, when the uploader certifies, or when not all of what stands there now is
    what was `seen`, and WrongState when another agreement of the pair is in force on these days.
    """
    at = at or timezone.now()
    with transaction.atomic():
        main_first(agreement)
        row = LIFE.begin(agreement, CERTIFY, by=by)
        one_after_the_other(row)
        refuse_uploader(row, by)
        refuse_waiting(row)
        refuse_unseen_scans(row, seen.scans)
        refuse_unsigned_on_screen(row)
        all_pages_are_there(row)
        term = term_agreed(row)
        refuse_signatures_of_another_text(row)
        refuse_unseen(row, seen, by)
        decide(row, by=by, at=at, state=Scan.State.CERTIFIED)
        _prove_by_scans(row)
        return enter_force(row, CERTIFY, events.EnteredForce, term, by=by, at=at)


def refuse_both_sides(row: Agreement, role: Role, by: User) -> None:
    """Whatever places a person holds, the two sides of a contract are two people. The database has the last word."""
    other = row.signatures.current().filter(Q(entered_by=by) | Q(person=by), role=role.other)
    if other.exists():
        raise Unacceptable("您已经为另一方登记了签章日期。同一个人不能代表双方签章，请由本方的另一位经办人登记。")


def refuse_unsigned_on_screen(row: Agreement) -> None:
    """Raise Unacceptable while a side that signs electronically has not: its paper alone is no contract."""
    if words := unsigned_on_screen(row):
        raise Unacceptable(words)


def _sign_on_paper(row: Agreement, role: Role, *, by: User, on: date) -> None:
    """Write the signature in place of an earlier one; a trigger enters its day on the agreement, which must be signing.

    On paper the one whom the contacts name has signed; `by` has only entered it.
    """
    text, party = row.frozen, row.party(role)
    if text is None or party is None:
        raise ValueError(f"{row} has no frozen text to sign")  # the database allows no such row
    row.signatures.current().filter(role=role).update(superseded_at=timezone.now())
    row.signatures.create(
        frozen=text,
        role=role,
        on_behalf_of=party,
        kind=Way.PAPER,
        signatory_name=row.contact(role).get("signatory_name", ""),
        day=on,
        entered_by=by,
    )
    row.refresh_from_db(fields=[SIGNED_ON[role]])


def _prove_by_scans(row: Agreement) -> None:
    """Note with both signatures the scans that show them; afterwards they never change."""
    certified = row.scans.filter(state=Scan.State.CERTIFIED).order_by("pk")
    digests = list(certified.values_list("sha256", flat=True))
    row.signatures.current().filter(kind=Way.PAPER).update(proof={"scans": digests})
