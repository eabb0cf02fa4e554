"""The register of issued files: a copy with one more signature or timestamp is checked, stored, and known from then on.

Whoever signs (the ceremony, the job that renews timestamps) comes through `keep`, in its own transaction.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from agreements.models import Counterpart, IssuedFile, Signature
from agreements.models.states import BEING_SIGNED
from audit import timestamping
from audit.timestamping import NotStamped
from boundary.revisions import NotOurs, added
from jobs import rounds
from sealing.evidence import evidence
from sealing.pades.revision import Unreadable
from sealing.pades.signing import Signed
from sealing.pades.timestamps import (
    TOO_EARLY,
    Evidence,
    could_prove,
    fields_left,
    good_until,
    stamp_later,
    upgrade,
)

logger = logging.getLogger(__name__)
Level = IssuedFile.Level
RENEWED_BEFORE = timedelta(days=60)  # the end of the newest timestamp's certificate


class NotAsWritten(Exception):
    """A signed file is not what our own hand writes, so it is not issued. The message is for the operator."""


def newest(counterpart: Counterpart) -> tuple[bytes, IssuedFile | None]:
    """Return a copy's bytes with all that was added to it, and its last row; the frozen copy while there is none."""
    last = counterpart.issued.order_by("order").last()
    with (counterpart.file if last is None else last.file).open("rb") as file:
        return file.read(), last


def keep(counterpart: Counterpart, signed: Signed, *, signature: Signature | None = None) -> IssuedFile:
    """Check, store and register a copy after one more revision. `signature` is the row of who signed.

    Call it within a transaction that holds the agreement. Raises NotAsWritten, when the file is not the newest one with
    exactly such a revision as we write.
    """
    before, last = newest(counterpart)
    if not signed.content.startswith(before):
        raise NotAsWritten("it does not continue the newest file")
    try:
        found = added(signed.content, len(before))
    except (NotOurs, ValueError, LookupError, TypeError, AttributeError) as fault:
        raise NotAsWritten(str(fault)) from fault
    if (found.sha256, found.filled, dict(found.looks)) != (signed.sha256, signed.field, signed.looks):
        raise NotAsWritten("it shows something else than was signed")
    order = 1 if last is None else last.order + 1
    row = IssuedFile(
        counterpart=counterpart,
        order=order,
        previous=last,
        signature=signature,
        field=signed.field,
        sha256=signed.sha256,
        size=len(signed.content),
        looks=signed.looks,
        level=signed.level,
        no_time=signed.no_time[:500],
        proved_until=None if signature is not None else good_until(signed.content),
    )
    path = _path(counterpart, order, signed.sha256)
    row.file.name = default_storage.save(path, ContentFile(signed.content))
    row.save(force_insert=True)
    return row


def prove(counterpart: Counterpart, proof: Evidence) -> IssuedFile:
    """Add evidence and a timestamp over all to a signed copy. Raises NotStamped, Unreadable when no field is left."""
    content, _ = newest(counterpart)
    proved = upgrade(content, proof, stamp=stamp_later)
    with transaction.atomic():
        held = Counterpart.objects.select_for_update(no_key=True).get(pk=counterpart.pk)
        return keep(held, proved)


def due_for_renewal(*, now: datetime | None = None) -> list[IssuedFile]:
    """Return the newest files whose last timestamp is soon proved no more, and that have room for another."""
    until = (now or timezone.now()) + RENEWED_BEFORE
    due = IssuedFile.objects.newest().filter(proved_until__lte=until).select_related("counterpart")
    return [row for row in due if fields_left(_content(row))]


def not_proved() -> list[IssuedFile]:
    """Return the newest files that want a first timestamp over all of them, and the evidence with it.

    At once those in which no trusted time stands, whose authority was away when they were signed; the others when
    nobody is to sign them any more: a copy has room for few.
    """
    by_hand = IssuedFile.objects.newest().filter(signature__isnull=False).select_related("counterpart")
    is_waiting = Q(counterpart__rendition__agreement__state__in=BEING_SIGNED)
    return list(by_hand.filter(Q(level=Level.B) | ~is_waiting))


def proved_too_early(proof: Evidence, *, now: datetime | None = None) -> list[IssuedFile]:
    """Return the newest files whose evidence was older than a signature, where there is newer evidence now.

    One field is always left for renewal: what is proved no more by its age counts for more than a level.
    """
    early = IssuedFile.objects.newest().filter(signature__isnull=True, no_time=TOO_EARLY).exclude(level=Level.LTA)
    settled = early.exclude(counterpart__rendition__agreement__state__in=BEING_SIGNED).select_related("counterpart")
    contents = ((row, _content(row)) for row in settled)
    moment = now or timezone.now()
    return [row for row, file in contents if fields_left(file) > 1 and could_prove(file, proof, moment)]


def sweep(*, within: rounds.Slice | None = None) -> int:
    """Give trusted time to what was signed while no authority answered, and renew what ends. Return how many.

    Nothing is tried while no authority is named. What failed is tried again by the next sweep, as is what a slice has
    no time for: what is done is not found again.
    """
    if not timestamping.is_set():
        return 0
    done, faults = renew_due(evidence(told_from=_last_signed()), within=within)
    for fault in faults:
        logger.warning("not proved: %s", fault)
    return done


def renew_due(
    proof: Evidence, *, now: datetime | None = None, within: rounds.Slice | None = None
) -> tuple[int, list[str]]:
    """Renew and upgrade what is due, and prove again what was proved too early. Return how many, and why others failed:
    the next sweep tries again."""
    done, faults = 0, []
    due = [*due_for_renewal(now=now), *not_proved(), *proved_too_early(proof, now=now)]
    for row in (within or rounds.Whole()).of(list(dict.fromkeys(due))):
        try:
            prove(row.counterpart, proof)
        except (NotStamped, NotAsWritten, Unreadable) as fault:  # the second: somebody signed it meanwhile
            faults.append(f"{row}：{fault}")
        else:
            done += 1
    return done, faults


def _last_signed() -> datetime | None:
    """Return when the last signature was made in whose copy not everything is proved; None where there is none."""
    wanting = IssuedFile.objects.newest().exclude(level=Level.LTA).values("counterpart")
    signed = IssuedFile.objects.filter(counterpart__in=wanting).aggregate(last=Max("signature__entered_at"))
    last: datetime | None = signed["last"]
    return last


def _content(row: IssuedFile) -> bytes:
    with row.file.open("rb") as file:
        content: bytes = file.read()
    return content


def _path(counterpart: Counterpart, order: int, sha256: str) -> str:
    secret = salted_hmac("agreements.issued", f"{counterpart.pk}-{order}-{sha256}", algorithm="sha256").hexdigest()[:32]
    return f"agreements/{counterpart.rendition.agreement_id}/{secret}/copy{counterpart.number}-{order}.pdf"
