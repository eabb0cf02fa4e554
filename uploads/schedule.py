"""Jobs that the clock starts."""

from celery import shared_task

from uploads import sweeping


@shared_task(name="uploads.schedule.sweep_uploads")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_uploads() -> None:
    sweeping.sweep()


@shared_task(name="uploads.schedule.delete_refused_uploads")  # type: ignore[untyped-decorator]  # Celery has no types
def delete_refused_uploads() -> None:
    sweeping.delete_refused()
    sweeping.delete_orphans()
