"""Jobs that the clock starts."""

from celery import shared_task

from audit import anchoring, works


@shared_task(name="audit.schedule.anchor_log")  # type: ignore[untyped-decorator]  # Celery has no types
def anchor_log() -> None:
    anchoring.anchor_due()
    anchoring.stamp_missing()


@shared_task(name="audit.schedule.sweep_works")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_works() -> None:
    works.sweep()
