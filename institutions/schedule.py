"""Jobs that the clock starts."""

from celery import shared_task

from institutions import watch
from jobs import rounds


@shared_task(name="institutions.schedule.watch_validity")  # type: ignore[untyped-decorator]  # Celery has no types
def watch_validity() -> None:
    rounds.in_slices(watch_validity.name, watch.watch)
