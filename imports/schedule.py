"""Jobs that the clock starts."""

from celery import shared_task

from imports import sweeping
from jobs import rounds


@shared_task(name="imports.schedule.sweep_imports")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_imports() -> None:
    sweeping.sweep()


@shared_task(name="imports.schedule.drop_import_rows")  # type: ignore[untyped-decorator]  # Celery has no types
def drop_import_rows() -> None:
    rounds.in_slices(drop_import_rows.name, sweeping.drop_old_rows)
