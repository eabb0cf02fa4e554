"""Jobs that others enqueue: doorbells with an id."""

from celery import shared_task

from exports import making

# For a million rows on a slow machine.
SOFT_SECONDS, SECONDS = 1_500, 1_530


# The bell is taken off the broker before the work, which may last longer than the broker waits: of a worker that dies
# the row tells, and the clock rings again.
@shared_task(name=making.TASK, acks_late=False, soft_time_limit=SOFT_SECONDS, time_limit=SECONDS)  # type: ignore[untyped-decorator]  # Celery has no types
def make_export(export_id: int) -> None:
    making.make_in_turn(export_id)
