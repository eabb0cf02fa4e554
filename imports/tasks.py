"""Jobs that others enqueue: doorbells with an id."""

from celery import shared_task

from imports import background, check_run, write_run


@shared_task(name=background.CHECK_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def check_import(run_id: int) -> None:
    check_run.check(run_id)


@shared_task(name=background.WRITE_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def write_import(run_id: int) -> None:
    write_run.write(run_id)
