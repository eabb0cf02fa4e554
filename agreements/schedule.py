"""Jobs that the clock starts."""

from celery import shared_task

import jobs
from agreements import lifecycle, reminders
from agreements.documents import issued, previews, renditions
from jobs import rounds


@shared_task(name="agreements.schedule.sweep_renditions")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_renditions() -> None:
    renditions.sweep()


@shared_task(name="agreements.schedule.sweep_previews")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_previews() -> None:
    previews.sweep()


@shared_task(name="agreements.schedule.drop_old_previews")  # type: ignore[untyped-decorator]  # Celery has no types
def drop_old_previews() -> None:
    previews.drop_old()


@shared_task(name="agreements.schedule.remind")  # type: ignore[untyped-decorator]  # Celery has no types
def remind() -> None:
    rounds.in_slices(remind.name, reminders.sweep)


@shared_task(name="agreements.schedule.end_signing")  # type: ignore[untyped-decorator]  # Celery has no types
def end_signing() -> None:
    rounds.in_slices(end_signing.name, lifecycle.lapse_due)


@shared_task(name="agreements.schedule.expire_due")  # type: ignore[untyped-decorator]  # Celery has no types
def expire_due() -> None:
    rounds.in_slices(expire_due.name, lifecycle.expire_due)


@shared_task(name="agreements.schedule.prove_issued")  # type: ignore[untyped-decorator]  # Celery has no types
def prove_issued() -> None:
    part = rounds.Slice()
    # Where nothing could be proved, the authority is away: the next turn asks again, and not at once.
    if issued.sweep(within=part) and part.is_cut:
        jobs.call_on_commit(prove_issued.name)
