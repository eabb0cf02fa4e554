"""Jobs that others enqueue: doorbells with an id."""

from celery import shared_task

from filing import receipts


@shared_task(name=receipts.RECEIPT_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def make_receipt(filing_id: int) -> None:
    receipts.make(filing_id)
