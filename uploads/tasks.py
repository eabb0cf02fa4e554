"""Jobs that others enqueue: a doorbell without a number."""

from celery import shared_task

from uploads import background, judging

# A file of two hundred pages may take 210 s in its cell; these end a little before the limit of every task.
SOFT_SECONDS, SECONDS = 225, 235


@shared_task(name=background.TASK, soft_time_limit=SOFT_SECONDS, time_limit=SECONDS)  # type: ignore[untyped-decorator]  # Celery has no types
def judge_next() -> None:
    judging.judge_next()
