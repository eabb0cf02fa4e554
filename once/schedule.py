"""What the clock does about forms that were sent."""

from celery import shared_task

from once import sending


@shared_task(name="once.schedule.forget_sent_forms")  # type: ignore[untyped-decorator]  # Celery has no types
def forget_sent_forms() -> int:
    """Delete what is kept of forms that nobody can send any more."""
    return sending.forget()
