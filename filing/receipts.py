"""The receipt (备案回执): ordered on acceptance, made in the worker, stored once with its SHA-256.

An accepted filing without a receipt is the order; the sweep rings again for those that nobody made.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from agreements.text.fonts import UnprintableCharacters
from audit.log import append
from filing import events
from filing.letter import letter_of, receipt_pdf
from filing.models import Filing, FilingQuerySet

RECEIPT_TASK = "filing.tasks.make_receipt"
RING_AGAIN_AFTER = timedelta(minutes=1)  # the broker lost the message, or the worker died


def ring(filing_id: int) -> None:
    """Tell the workers that a receipt waits. By name: the task imports this module."""
    current_app.send_task(RECEIPT_TASK, [filing_id])


def make(filing_id: int) -> None:
    """Make the receipt of an accepted filing. Returns quietly when it is gone or done.

    A receipt that cannot be printed is marked with the reason and not tried again.
    """
    filing = _waiting().filter(pk=filing_id).with_parties().first()
    if filing is None:
        return
    try:
        pdf = receipt_pdf(letter_of(filing))
    except UnprintableCharacters as refusal:
        _fail(filing, str(refusal))
    else:
        _keep(filing, pdf)


def sweep() -> int:
    """Ring again for receipts that nobody has made. Return for how many."""
    late = _waiting().filter(decided_at__lt=timezone.now() - RING_AGAIN_AFTER)
    ids = list(late.order_by("pk").values_list("pk", flat=True))
    for filing_id in ids:
        ring(filing_id)
    return len(ids)


def _waiting() -> FilingQuerySet:
    return Filing.objects.filter(state=Filing.State.ACCEPTED, receipt="", receipt_failure="")


def _keep(filing: Filing, pdf: bytes) -> None:
    """Store the file, then write the row. A second worker that did the same work keeps nothing."""
    digest = sha256(pdf).hexdigest()
    name = default_storage.save(_path(filing), ContentFile(pdf))
    with transaction.atomic():
        kept = _waiting().filter(pk=filing.pk).update(receipt=name, receipt_sha256=digest) == 1
        if kept:
            append(events.ReceiptRendered(filing=filing.pk, sha256=digest), by=None, subject=filing.agreement)
    if not kept:
        default_storage.delete(name)


def _fail(filing: Filing, reason: str) -> None:
    with transaction.atomic():
        if _waiting().filter(pk=filing.pk).update(receipt_failure=reason) == 1:
            append(events.ReceiptFailed(filing=filing.pk, reason=reason), by=None, subject=filing.agreement)


def _path(filing: Filing) -> str:
    """Return where a receipt lies: not to be guessed. The storage finds another name where one lies already."""
    secret = salted_hmac("filing.receipt", str(filing.pk), algorithm="sha256").hexdigest()[:32]
    return f"filings/{filing.pk}/{secret}/receipt.pdf"
