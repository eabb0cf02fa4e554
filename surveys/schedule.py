"""Jobs that the clock starts."""

from celery import shared_task

from jobs import rounds
from surveys import announcements


@shared_task(name="surveys.schedule.remind")  # type: ignore[untyped-decorator]  # Celery has no types
def remind() -> None:
    rounds.in_slices(remind.name, announcements.sweep)
