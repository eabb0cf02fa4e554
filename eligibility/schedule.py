"""Jobs that the clock starts."""

from celery import shared_task

from eligibility import announcements, reviewing


@shared_task(name="eligibility.schedule.expire_due")  # type: ignore[untyped-decorator]  # Celery has no types
def expire_due() -> None:
    reviewing.expire_due()


@shared_task(name="eligibility.schedule.remind")  # type: ignore[untyped-decorator]  # Celery has no types
def remind() -> None:
    announcements.sweep()
