"""Jobs that the clock starts."""

from celery import shared_task

from notifications import outbox


@shared_task(name="notifications.schedule.sweep_outbox")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_outbox() -> None:
    outbox.sweep()
