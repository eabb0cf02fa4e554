"""Jobs that the clock starts."""

from celery import shared_task

from boundary import refusals, storage


@shared_task(name="boundary.schedule.write_refusal_counts")  # type: ignore[untyped-decorator]  # Celery has no types
def write_refusal_counts() -> None:
    refusals.write_counts()


@shared_task(name="boundary.schedule.drop_parts")  # type: ignore[untyped-decorator]  # Celery has no types
def drop_parts() -> None:
    storage.drop_parts()
