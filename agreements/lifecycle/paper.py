"""Signing on paper: each side's date, and the second person who certifies the scans that show it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.days_apart import refuse_far_apart
from agreements.lifecycle.ending import follow_the_end
from agreements.lifecycle.errors import EndsEarly
from agreements.lifecycle.overlap import days_lost, in_force_between, in_words
from agreements.lifecycle.scans import all_pages_are_there, decide, refuse_uploader, refuse_waiting, shown_of
from agreements.lifecycle.seen import Seen, refuse_another_text, refuse_unseen, refuse_unseen_scans
from agreements.lifecycle.transitions import CERTIFY, LIFE, SIGN, SUPERSEDE
from agreements.models import Agreement, AgreementKind, Scan
from agreements.models.ways import Way
from agreements.permissions import can_sign_for
from agreements.sockets import ON_FORCE
from agreements.text.terms import Term, TermUnknown, term_of
from chinese.dates import cn_day
from institutions.models import Role
from verbs.errors import NotAllowed, Unacceptable, WrongState

LOCK_CLASS = 410_002  # of our advisory locks: one for each home, held to the end of the transaction
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
        _refuse_both_sides(row, role, by)
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
        _main_first(agreement)
        row = LIFE.begin(agreement, CERTIFY, by=by)
        _one_after_the_other(row)
        refuse_uploader(row, by)
        refuse_waiting(row)
        refuse_unseen_scans(row, seen.scans)
        all_pages_are_there(row)
        term = _term(row, main_until=_main_until(row))
        _both_signed_this_text(row)
        refuse_unseen(row, seen, by)
        decide(row, by=by, at=at, state=Scan.State.CERTIFIED)
        _prove_by_scans(row)
        _supersede_predecessor(row, term, by=by)
        _refuse_overlap(row, term)
        writes = {
            "certified_at": at,
            "template": row.chosen_version.template,
            "effective_on": term.effective_on,
            "starts_on": term.starts_on,
            "expires_on": term.expires_on,
        }
        event = events.EnteredForce(revision=row.revision, expires_on=term.expires_on)
        row = LIFE.finish(row, CERTIFY, event, by=by, writes=writes)
        announcements.in_force(row, by=by)
        for follow in ON_FORCE:
            follow(row, by=by)
    return row


def _refuse_both_sides(row: Agreement, role: Role, by: User) -> None:
    """Whatever places a person holds, the two sides of a contract are two people. The database has the last word."""
    other = row.signatures.current().filter(Q(entered_by=by) | Q(person=by), role=role.other)
    if other.exists():
        raise Unacceptable("您已经为另一方登记了签章日期。同一个人不能代表双方签章，请由本方的另一位经办人登记。")


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


def _both_signed_this_text(row: Agreement) -> None:
    """Two days are no proof that two sides signed the same words: each signature names the text that it is of."""
    if row.signatures.current().filter(frozen=row.frozen).count() != len(Role):
        raise Unacceptable("有一方登记的签章不是在现在这份文本上的，请双方按现在的文本重新签章并登记。")


def _prove_by_scans(row: Agreement) -> None:
    """Note with both signatures the scans that show them; afterwards they never change."""
    certified = row.scans.filter(state=Scan.State.CERTIFIED).order_by("pk")
    digests = list(certified.values_list("sha256", flat=True))
    row.signatures.current().filter(kind=Way.PAPER).update(proof={"scans": digests})


def what_certifying_brings(agreement: Agreement) -> str:
    """Say from when to when the agreement will run once it is certified, and what ends by it; "" before both signed.

    Read without locks, for whoever is about to certify. What would refuse the act because of the days is said instead.
    """
    if not agreement.both_signed:
        return ""
    old = agreement.predecessor
    is_supplement = agreement.kind == AgreementKind.SUPPLEMENT
    try:
        term = _term(agreement, main_until=_until_of(old) if old and is_supplement else None)
    except Unacceptable as refusal:
        return str(refusal)
    words = (
        f"核验无误后，协议以双方签章的较晚日期生效，即{cn_day(term.effective_on)}；"
        f"合作期限{cn_day(term.starts_on)}至{cn_day(term.expires_on)}（含当日）。"
    )
    takes_place = agreement.kind in AgreementKind.taking_a_place()
    if old is None or not takes_place or old.state != Agreement.State.IN_FORCE or old.expires_on is None:
        return words
    if told := _too_early(old, term):
        return told
    ends = min(old.expires_on, term.starts_on - timedelta(days=1))
    return f"{words}原协议 {old} 的最后一天是{cn_day(ends)}。"


def _term(row: Agreement, *, main_until: date | None) -> Term:
    if row.medical_signed_on is None or row.elder_care_signed_on is None:
        raise Unacceptable("双方都登记签章日期以后才能核验生效。")
    body = row.chosen_version.parsed
    signed = {"medical": row.medical_signed_on, "elder_care": row.elder_care_signed_on}
    try:
        return term_of(body, row.values(), signed, main_until=main_until)
    except TermUnknown as unknown:
        raise Unacceptable(str(unknown)) from unknown


def _main_until(row: Agreement) -> date | None:
    """Return the last day of the agreement that a supplement belongs to, None for any other."""
    if row.kind != AgreementKind.SUPPLEMENT:
        return None
    return _until_of(_locked_predecessor(row))


def _until_of(main: Agreement) -> date | None:
    if main.state != Agreement.State.IN_FORCE:
        raise Unacceptable(f"原协议 {main} 现在是“{main.state_words}”，补充协议不能再生效。")
    return main.expires_on


def _main_first(agreement: Agreement) -> None:
    """Lock a supplement's main agreement before the supplement, as what ends the main one does: else the two wait for
    each other. The home's lock comes before both, as with every certifying."""
    if agreement.kind == AgreementKind.SUPPLEMENT:
        _one_after_the_other(agreement)
        _locked_predecessor(agreement)


def _locked_predecessor(row: Agreement) -> Agreement:
    """Lock what a linked agreement follows, so that it does not end while this one enters force."""
    if row.predecessor_id is None:
        raise ValueError(f"{row} follows no agreement")
    return Agreement.objects.select_for_update(no_key=True).get(pk=row.predecessor_id)


def _supersede_predecessor(row: Agreement, term: Term, *, by: User) -> None:
    """End the renewed agreement the day before; one that ends before the new one starts just runs out."""
    if row.kind not in AgreementKind.taking_a_place():
        return
    old = _locked_predecessor(row)
    if old.state != Agreement.State.IN_FORCE:
        return
    if told := _too_early(old, term):
        raise Unacceptable(told)
    if old.expires_on is not None and old.expires_on < term.starts_on:
        return
    last_day = term.starts_on - timedelta(days=1)
    event = events.Superseded(revision=old.revision, on=last_day, by_renewal=row.number)
    old = LIFE.finish(old, SUPERSEDE, event, by=by, writes={"ended_on": last_day})
    follow_the_end(old, by=by)


def _too_early(old: Agreement, term: Term) -> str:
    """Say that no day is left to what is in force if this takes its place; "" where one is."""
    if old.effective_on is not None and old.effective_on < term.starts_on:
        return ""
    return f"新协议的期限不能早于原协议 {old} 的期限开始，请核对签章日期。"


def _one_after_the_other(row: Agreement) -> None:
    """Let the agreements of one home enter force one at a time: each sees those before it, and names them.

    Of two that pass `_refuse_overlap` together the constraint refuses one as a fault, or PostgreSQL ends one as a
    deadlock. Taken before anything is logged: the log has a lock of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, (row.elder_care_id or 0) & 0x7FFFFFFF])


def _refuse_overlap(row: Agreement, term: Term) -> None:
    """Say which agreement stands in the way; the exclusion constraint has the last word."""
    if row.kind == AgreementKind.SUPPLEMENT:
        return
    other = in_force_between(row, term.starts_on, term.expires_on).first()
    if other is not None:
        raise WrongState(f"{in_words(other)}请双方合意解除这一份，或者先终止 {other}。")
