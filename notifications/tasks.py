"""Jobs that others enqueue: doorbells."""

from celery import shared_task

from notifications import outbox
from notifications.letters import DELIVER_TASK


@shared_task(name=DELIVER_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def deliver_due() -> None:
    outbox.deliver_due()
