"""How a signed agreement enters force, whichever way each side signed: its term, what it takes the place of, and what
stands in its way.

Effective when both have signed, i.e. on the later day (民法典 490); filing never delays it (502).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.ending import follow_the_end
from agreements.lifecycle.overlap import in_force_between, in_words
from agreements.lifecycle.transitions import LIFE, SUPERSEDE, Step
from agreements.lifecycle.ways import has_paper
from agreements.models import Agreement, AgreementKind
from agreements.sockets import ON_FORCE
from agreements.text.terms import Term, TermUnknown, term_of
from chinese.dates import cn_day
from institutions.models import Role
from verbs.errors import Unacceptable, WrongState

LOCK_CLASS = 410_002  # of our advisory locks: one for each home, held to the end of the transaction


def enter_force(
    row: Agreement, step: Step, happened: type[events.EnteredForce], term: Term, *, by: User, at: datetime
) -> Agreement:
    """Write that a locked agreement is in force, by the step that leads there and its event, and what follows from it.

    A renewed agreement that is still in force is superseded in the same transaction, and what follows from being in
    force (`sockets.ON_FORCE`: the filings) happens in it too, whoever calls. Raises WrongState when another agreement
    of the pair is in force on these days, Unacceptable where no day would be left to what this one follows. Called
    after `main_first`, `one_after_the_other` and `term_agreed`.
    """
    _supersede_predecessor(row, term, by=by)
    _refuse_overlap(row, term)
    writes = {
        "certified_at": at,
        "template": row.chosen_version.template,
        "effective_on": term.effective_on,
        "starts_on": term.starts_on,
        "expires_on": term.expires_on,
    }
    row = LIFE.finish(row, step, happened(revision=row.revision, expires_on=term.expires_on), by=by, writes=writes)
    announcements.in_force(row, by=by)
    for follow in ON_FORCE:
        follow(row, by=by)
    return row


def term_agreed(row: Agreement) -> Term:
    """Return the term of an agreement that both have signed. Raises Unacceptable while a day is missing, and where the
    text gives no term by these days. What it follows is locked."""
    return _term(row, main_until=_main_until(row))


def refuse_signatures_of_another_text(row: Agreement) -> None:
    """Two days are no proof that two sides signed the same words: each signature names the text that it is of."""
    if row.signatures.current().filter(frozen=row.frozen).count() != len(Role):
        raise Unacceptable("有一方登记的签章不是在现在这份文本上的，请双方按现在的文本重新签章并登记。")


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


def what_signing_brings(agreement: Agreement, role: Role) -> str:
    """Say what follows when this side signs today: that the other is awaited, or from when to when it will run."""
    other = {Role.MEDICAL: agreement.elder_care_signed_on, Role.ELDER_CARE: agreement.medical_signed_on}[role]
    if other is None:
        return f"您签署以后，等{agreement.party_name(role.other)}签章；协议以双方签章的较晚日期生效。"
    today = timezone.localdate()
    days = {role.value: today, role.other.value: other}
    old, is_supplement = agreement.predecessor, agreement.kind == AgreementKind.SUPPLEMENT
    try:
        main_until = _until_of(old) if old and is_supplement else None
        term = term_of(agreement.chosen_version.parsed, agreement.values(), days, main_until=main_until)
    except (TermUnknown, Unacceptable) as refusal:
        return str(refusal)
    runs = f"合作期限{cn_day(term.starts_on)}至{cn_day(term.expires_on)}（含当日）。"
    if has_paper(agreement):
        return f"您是后签的一方。签署以后，还要由第二个人核验纸质正本的扫描件，协议才登记生效；{runs}"
    return f"您是后签的一方：签署后协议马上生效，不能再撤回，{runs}"


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


def main_first(agreement: Agreement) -> None:
    """Lock a supplement's main agreement before the supplement, as what ends the main one does: else the two wait for
    each other. The home's lock comes before both, as with every certifying."""
    if agreement.kind == AgreementKind.SUPPLEMENT:
        one_after_the_other(agreement)
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


def one_after_the_other(row: Agreement) -> None:
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
