"""Jobs that the clock starts."""

from celery import shared_task

from agreements import lifecycle, reminders
from agreements.documents import issued, previews, renditions


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
    reminders.sweep()


@shared_task(name="agreements.schedule.end_signing")  # type: ignore[untyped-decorator]  # Celery has no types
def end_signing() -> None:
    lifecycle.lapse_due()


@shared_task(name="agreements.schedule.expire_due")  # type: ignore[untyped-decorator]  # Celery has no types
def expire_due() -> None:
    lifecycle.expire_due()


@shared_task(name="agreements.schedule.prove_issued")  # type: ignore[untyped-decorator]  # Celery has no types
def prove_issued() -> None:
    issued.sweep()
