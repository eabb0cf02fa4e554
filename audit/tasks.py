"""Jobs that others enqueue: doorbells with an id."""

from celery import shared_task

from audit import works

# A long log takes long: a delivery that comes again meanwhile finds the work in hands and returns.
HOUR = 3600


@shared_task(name=works.TASK, time_limit=HOUR, soft_time_limit=HOUR - 60)  # type: ignore[untyped-decorator]  # no types
def carry_out(work_id: int) -> None:
    works.carry_out(work_id)
