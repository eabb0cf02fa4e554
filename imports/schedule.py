"""Jobs that the clock starts."""

from celery import shared_task

from imports import sweeping


@shared_task(name="imports.schedule.sweep_imports")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_imports() -> None:
    sweeping.sweep()


@shared_task(name="imports.schedule.drop_import_rows")  # type: ignore[untyped-decorator]  # Celery has no types
def drop_import_rows() -> None:
    sweeping.drop_old_rows()
