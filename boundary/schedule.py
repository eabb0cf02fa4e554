"""Jobs that the clock starts."""

from celery import shared_task

from boundary import refusals


@shared_task(name="boundary.schedule.write_refusal_counts")  # type: ignore[untyped-decorator]  # Celery has no types
def write_refusal_counts() -> None:
    refusals.write_counts()
