"""Jobs that the clock starts."""

from celery import shared_task

from coverage.steps import checking, folding


@shared_task(name="coverage.schedule.fold_changed")  # type: ignore[untyped-decorator]  # Celery has no types
def fold_changed() -> None:
    folding.fold_changed()


@shared_task(name="coverage.schedule.check_sample")  # type: ignore[untyped-decorator]  # Celery has no types
def check_sample() -> None:
    checking.check_sample()
