"""Jobs that the clock starts."""

from celery import shared_task

from jobs.sweeping import rescue


@shared_task(name="jobs.schedule.rescue_jobs")  # type: ignore[untyped-decorator]  # Celery has no types
def rescue_jobs() -> None:
    rescue()
