"""Jobs that the clock starts."""

from celery import shared_task

from filing import batches, opening, receipts, reminders
from jobs import rounds


@shared_task(name="filing.schedule.sweep_receipts")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_receipts() -> None:
    receipts.sweep()


@shared_task(name="filing.schedule.sweep_batches")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_batches() -> None:
    batches.sweep()


@shared_task(name="filing.schedule.open_missing_filings")  # type: ignore[untyped-decorator]  # Celery has no types
def open_missing_filings() -> None:
    rounds.in_slices(open_missing_filings.name, opening.open_missing)


@shared_task(name="filing.schedule.remind")  # type: ignore[untyped-decorator]  # Celery has no types
def remind() -> None:
    rounds.in_slices(remind.name, reminders.sweep)
