"""Jobs that the clock starts."""

from celery import shared_task

from surveys import announcements


@shared_task(name="surveys.schedule.remind")  # type: ignore[untyped-decorator]  # Celery has no types
def remind() -> None:
    announcements.sweep()
