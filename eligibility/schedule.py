"""Jobs that the clock starts."""

from celery import shared_task

from eligibility import announcements, reviewing
from jobs import rounds


@shared_task(name="eligibility.schedule.expire_due")  # type: ignore[untyped-decorator]  # Celery has no types
def expire_due() -> None:
    rounds.in_slices(expire_due.name, reviewing.expire_due)


@shared_task(name="eligibility.schedule.remind")  # type: ignore[untyped-decorator]  # Celery has no types
def remind() -> None:
    rounds.in_slices(remind.name, announcements.sweep)
