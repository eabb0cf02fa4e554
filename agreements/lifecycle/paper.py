"""Signing on paper: each side's date, the scan, and the second person who certifies it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.files import File
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.ending import end_supplements
from agreements.lifecycle.errors import EndsEarly
from agreements.lifecycle.overlap import days_lost, in_force_between, in_words
from agreements.lifecycle.seen import NO_SCANS, Seen, pages_waiting, refuse_unseen, refuse_unseen_scans
from agreements.lifecycle.transitions import CERTIFY, LIFE, SIGN, SUPERSEDE
from agreements.models import Agreement, AgreementKind, Rendition, Scan, Signature
from agreements.permissions import can_sign_for
from agreements.sockets import ON_FORCE
from agreements.text.terms import Term, TermUnknown, term_of
from audit.log import append
from boundary.refused import UploadRefused
from chinese.dates import cn_day
from institutions.models import Role
from uploads.models import Upload
from uploads.receiving import STILL_WAITING, account, receive
from uploads.shown import waits
from verbs.errors import NotAllowed, Unacceptable, WrongState

SCAN = "agreement-scan"  # the purpose of such an upload
LOCK_CLASS = 410_002  # of our advisory locks: one for each home, held to the end of the transaction
VOIDED_TEXT = "这是已作废的文本：协议撤回修改过，原来的纸张和扫描件不能再用。请按现在的文本重新打印、签章、扫描。"
SIGNED_ON = {Role.MEDICAL: "medical_signed_on", Role.ELDER_CARE: "elder_care_signed_on"}


def record_signing(
    agreement: Agreement, *, by: User, role: Role, on: date, days_lost_seen: int | None = None
) -> Agreement:
    """Enter the day on which one side signed or sealed the final copies; entered again, it corrects the day.

    A renewal that counts from its signature, signed before the old term is over, ends that early: raises EndsEarly
    unless `days_lost_seen` says by how many days, as the person was told (None where nobody is asked). Raises
    Unacceptable for a day that cannot be, and to whoever has signed or entered it for the other side.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, SIGN, by=by)
        if not can_sign_for(by, row, role):
            raise NotAllowed(f"签章日期由{role.label}自己的经办人登记。")
        if on > timezone.localdate():
            raise Unacceptable("签章日期不能晚于今天。")
        if row.agreed_at and on < timezone.localdate(row.agreed_at):
            raise Unacceptable(f"签章日期不能早于文本定稿的日期（{cn_day(timezone.localdate(row.agreed_at))}）。")
        _refuse_both_sides(row, role, by)
        lost = days_lost(row, {role: on})
        if days_lost_seen is not None and lost and lost != days_lost_seen:
            raise EndsEarly(row, on, lost)
        row = LIFE.finish(row, SIGN, events.Signed(revision=row.revision, role=role, on=on), by=by)
        _sign_on_paper(row, role, by=by, on=on)
    return row


def send_scan(agreement: Agreement, *, by: User, file: File[Any]) -> Upload:
    """Take in a file as a scan of the signed paper; it is none before it was judged.

    Raises what `attach_scan` would then raise, as far as that is known now, and UploadRefused at once for what need not
    be opened for it.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, CERTIFY, by=by)
    return receive(SCAN, row.pk, file, by=by, sender=account(by), part=text_scanned(row))


def attach_scan(agreement: Agreement, *, by: User, upload: Upload) -> Scan:
    """Take over a file that was judged as a scan of the signed paper. The same file twice is one scan.

    Raises UploadRefused for a file that was turned down before, and for a scan of a text that is void by now.
    """
    with transaction.atomic():
        _refuse_voided(agreement, upload)  # of a draft, too, in these words
        row = LIFE.begin(agreement, CERTIFY, by=by)
        _refuse_voided(row, upload)
        existing = row.scans.filter(sha256=upload.sha256).exclude(state=Scan.State.REJECTED).first()
        if existing is not None:
            return existing
        if row.scans.filter(sha256=upload.sha256).exists():
            raise UploadRefused("这份文件核验时没有通过，请重新扫描后上传新的文件。")
        scan = row.scans.create(
            upload=upload,
            file=upload.file.name,
            original_name=upload.name,
            content_type=upload.content_type,
            sha256=upload.sha256,
            page_count=upload.page_count,
            uploaded_by=by,
        )
        event = events.ScanAttached(sha256=scan.sha256, pages=scan.page_count, name=scan.original_name)
        append(event, by=by, subject=row)
    return scan


def text_scanned(agreement: Agreement) -> str:
    """Return which text a file that is sent now is a scan of, as the part of its upload: the edition in digits."""
    return str(agreement.frozen.edition) if agreement.frozen else ""


def refuse_to_scan_voided(agreement: Agreement) -> None:
    """Raise WrongState, in words of its own, while the only texts there were are void: no paper of them counts."""
    if not agreement.is_frozen and agreement.frozen_texts.exists():
        raise WrongState(VOIDED_TEXT)


def _refuse_voided(row: Agreement, upload: Upload) -> None:
    """Refuse a scan of a voided text: sent before it was given up, or the very file that was a scan of it."""
    voided = row.frozen_texts.filter(voided_at__isnull=False, edition=int(upload.part or 0)).exists()
    if voided or row.scans.filter(sha256=upload.sha256, state=Scan.State.VOIDED).exists():
        raise UploadRefused(VOIDED_TEXT)


def reject_scan(agreement: Agreement, *, by: User, reason: str, seen: frozenset[int]) -> Agreement:
    """Turn the uploaded scans down with a reason; new ones are awaited.

    `seen`: the keys of those that were looked at. Raises Unacceptable when these are no longer those that wait, or
    to their uploader.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, CERTIFY, by=by)
        _refuse_uploader(row, by)
        _refuse_waiting(row)
        refuse_unseen_scans(row, seen)
        _decide(row, by=by, state=Scan.State.REJECTED, reason=reason)
        append(events.ScanRejected(reason=reason), by=by, subject=row)
        announcements.scan_rejected(row, by=by, reason=reason)
    return row


def certify(agreement: Agreement, *, by: User, seen: Seen) -> Agreement:
    """A second person confirms that the scan shows the signed text: the agreement is in force.

    Effective when both have signed, i.e. on the later day (民法典 490); filing never delays it (502). A renewed
    agreement that is still in force is superseded in the same transaction, and what follows from being in force
    (`sockets.ON_FORCE`: the filings) happens in it too, whoever calls. Raises Unacceptable when a date or the
    scan is missing, when pages are missing, when the uploader certifies, or when not all of what stands there now is
    what was `seen`, and WrongState when another agreement of the pair is in force on these days.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, CERTIFY, by=by)
        _one_after_the_other(row)
        _refuse_uploader(row, by)
        _refuse_waiting(row)
        _all_pages_are_there(row)
        term = _term(row)
        _both_signed_this_text(row)
        refuse_unseen(row, seen)
        _decide(row, by=by, state=Scan.State.CERTIFIED)
        _prove_by_scans(row)
        _supersede_predecessor(row, term, by=by)
        _refuse_overlap(row, term)
        writes = {
            "certified_at": timezone.now(),
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


def pages_expected(agreement: Agreement) -> int:
    """Return how many pages one signed copy has, or 0 while the final copies are not made: then no verb goes on."""
    final = agreement.renditions.final().filter(state=Rendition.State.READY).first()
    return final.page_count if final else 0


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
        kind=Signature.Kind.PAPER,
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
    row.signatures.current().filter(kind=Signature.Kind.PAPER).update(proof={"scans": digests})


def _refuse_uploader(row: Agreement, by: User) -> None:
    if row.scans.filter(state=Scan.State.UPLOADED, uploaded_by=by).exists():
        raise Unacceptable("上传扫描件的人不能自己核验，请由另一位同事或对方经办人核验。")


def _refuse_waiting(row: Agreement) -> None:
    """A file without a verdict may be the missing page, or the better one: nothing is decided before it is known."""
    if waits(SCAN, row.pk, text_scanned(row)):
        raise Unacceptable(STILL_WAITING)


def _decide(row: Agreement, *, by: User, state: Scan.State, reason: str = "") -> None:
    waiting = row.scans.filter(state=Scan.State.UPLOADED)
    waiting.update(state=state, checked_by=by, checked_at=timezone.now(), reason=reason)


def _all_pages_are_there(row: Agreement) -> None:
    uploaded, expected = pages_waiting(row), pages_expected(row)
    if not uploaded:
        raise Unacceptable(NO_SCANS)
    if uploaded < expected:
        raise Unacceptable(f"一份协议有 {expected} 页，扫描件只有 {uploaded} 页，请补齐缺页再核验。")


def _term(row: Agreement) -> Term:
    if row.medical_signed_on is None or row.elder_care_signed_on is None:
        raise Unacceptable("双方都登记签章日期以后才能核验生效。")
    body = row.chosen_version.parsed
    signed = {"medical": row.medical_signed_on, "elder_care": row.elder_care_signed_on}
    try:
        return term_of(body, row.values(), signed, main_until=_main_until(row))
    except TermUnknown as unknown:
        raise Unacceptable(str(unknown)) from unknown


def _main_until(row: Agreement) -> date | None:
    """Return the last day of the agreement that a supplement belongs to, None for any other."""
    if row.kind != AgreementKind.SUPPLEMENT:
        return None
    main = _locked_predecessor(row)
    if main.state != Agreement.State.IN_FORCE:
        raise Unacceptable(f"原协议 {main} 现在是“{main.get_state_display()}”，补充协议不能再生效。")
    return main.expires_on


def _locked_predecessor(row: Agreement) -> Agreement:
    """Lock what a linked agreement follows, so that it does not end while this one enters force."""
    if row.predecessor_id is None:
        raise ValueError(f"{row} follows no agreement")
    return Agreement.objects.select_for_update().get(pk=row.predecessor_id)


def _supersede_predecessor(row: Agreement, term: Term, *, by: User) -> None:
    """End the renewed agreement the day before; one that ends before the new one starts just runs out."""
    if row.kind not in AgreementKind.taking_a_place():
        return
    old = _locked_predecessor(row)
    if old.state != Agreement.State.IN_FORCE:
        return
    if old.effective_on is None or old.effective_on >= term.starts_on:
        raise Unacceptable(f"新协议的期限不能早于原协议 {old} 的期限开始，请核对签章日期。")
    if old.expires_on is not None and old.expires_on < term.starts_on:
        return
    last_day = term.starts_on - timedelta(days=1)
    event = events.Superseded(revision=old.revision, on=last_day, by_renewal=row.number)
    old = LIFE.finish(old, SUPERSEDE, event, by=by, writes={"ended_on": last_day})
    end_supplements(old, by=by)


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
