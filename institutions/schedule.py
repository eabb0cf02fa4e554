"""Jobs that the clock starts."""

from celery import shared_task

from institutions import watch
from institutions.imports import sweeping


@shared_task(name="institutions.schedule.watch_validity")  # type: ignore[untyped-decorator]  # Celery has no types
def watch_validity() -> None:
    watch.note_lapses()
    watch.remind()


@shared_task(name="institutions.schedule.sweep_imports")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_imports() -> None:
    sweeping.sweep()


@shared_task(name="institutions.schedule.drop_import_rows")  # type: ignore[untyped-decorator]  # Celery has no types
def drop_import_rows() -> None:
    sweeping.drop_old_rows()
