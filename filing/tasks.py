"""Jobs that others enqueue: doorbells with an id."""

from celery import shared_task

from filing import batches, receipts


@shared_task(name=receipts.RECEIPT_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def make_receipt(filing_id: int) -> None:
    receipts.make(filing_id)


@shared_task(name=batches.BATCH_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def go_through_batch(batch_id: int) -> None:
    batches.go_through(batch_id)
