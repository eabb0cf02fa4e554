"""The receipt (备案回执): ordered on acceptance, made in the worker, stored once with its SHA-256."""

from __future__ import annotations

from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.crypto import salted_hmac

import jobs
from audit.log import append
from boundary.printing import UnprintableCharacters
from filing import events
from filing.letter import letter_of, receipt_pdf
from filing.models import Filing, Receipt

State = Receipt.State
RECEIPT_TASK = "filing.tasks.make_receipt"
DIED = "生成回执时后台连续中断了几次，已停止。备案号有效，不受影响；请联系平台管理员重新生成。"


def order(filing: Filing) -> Receipt:
    """Order the receipt of a filing that has just been accepted, inside the transaction that accepts it."""
    return jobs.order(RECEIPTS, filing=filing)


def make(filing_id: int) -> None:
    """Make the receipt of an accepted filing. Returns quietly when it is gone, taken or done.

    A receipt that cannot be printed fails with the reason and is not tried again; after any other error, which is
    raised, it is.
    """
    jobs.run(RECEIPTS, filing_id, _make)


def sweep() -> int:
    """Ring again for receipts that nobody took up or whose worker died. Return for how many."""
    return len(jobs.sweep(RECEIPTS).rung)


def _make(receipt: Receipt) -> None:
    filing = Filing.objects.with_parties().get(pk=receipt.filing_id)
    _keep(receipt, filing, receipt_pdf(letter_of(filing)))


def _keep(receipt: Receipt, filing: Filing, pdf: bytes) -> None:
    """Store the file, then write the row. A worker that has lost its claim touches no file either."""
    digest = sha256(pdf).hexdigest()
    with transaction.atomic():
        jobs.hold(RECEIPTS, receipt)
        jobs.keep(RECEIPTS, receipt, file=_stored(receipt, pdf), sha256=digest)
        append(
            events.ReceiptRendered(filing=filing.pk, authority=filing.authority.name, sha256=digest),
            by=None,
            subject=filing.agreement,
        )


def _note_failure(receipt: Receipt, reason: str) -> None:
    authority = receipt.filing.authority.name
    event = events.ReceiptFailed(filing=receipt.filing_id, authority=authority, reason=reason)
    append(event, by=None, subject=receipt.filing.agreement)
    default_storage.delete(_path_of(receipt))  # what a run that was killed may have stored


def _path_of(receipt: Receipt) -> str:
    """Return where a receipt lies: nobody can guess it, and it is the same when it is made again."""
    secret = salted_hmac("filing.receipt", str(receipt.filing_id), algorithm="sha256").hexdigest()[:32]
    return f"filings/{receipt.filing_id}/{secret}/receipt.pdf"


def _stored(receipt: Receipt, pdf: bytes) -> str:
    """Write the file, over what a run that died may have left, and return its name in the storage."""
    path = _path_of(receipt)
    default_storage.delete(path)
    return default_storage.save(path, ContentFile(pdf))


RECEIPTS = jobs.Kind(
    "receipt",
    Receipt,
    RECEIPT_TASK,
    waiting=State.QUEUED,
    running=State.RENDERING,
    done=State.READY,
    failed=State.FAILED,
    ordered="ordered_at",
    claimed="claimed_at",
    ended="finished_at",
    words="生成备案回执",
    died=DIED,
    is_tried_again_by_hand=True,
    refusals=(UnprintableCharacters,),
    on_failure=_note_failure,
)
