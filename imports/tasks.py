"""Jobs that others enqueue: doorbells with an id."""

from celery import shared_task

from imports import background, check_run, read_run, write_run

# A cell works for 210 s at most; these end a little before the limit of every task.
SOFT_SECONDS, SECONDS = 225, 235


@shared_task(name=background.READ_TASK, soft_time_limit=SOFT_SECONDS, time_limit=SECONDS)  # type: ignore[untyped-decorator]  # Celery has no types
def read_import(run_id: int) -> None:
    read_run.read(run_id)


@shared_task(name=background.CHECK_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def check_import(run_id: int) -> None:
    check_run.check(run_id)


@shared_task(name=background.WRITE_TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def write_import(run_id: int) -> None:
    write_run.write(run_id)
