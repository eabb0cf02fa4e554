"""Jobs that the clock starts."""

from celery import shared_task

from exports import making


@shared_task(name="exports.schedule.sweep_exports")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_exports() -> None:
    making.sweep()


@shared_task(name="exports.schedule.clear_away_exports")  # type: ignore[untyped-decorator]  # Celery has no types
def clear_away_exports() -> None:
    making.clear_away()
