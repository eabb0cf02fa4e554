"""Jobs that the clock starts."""

from celery import shared_task

from institutions import watch
from institutions.eligibility import announcements as eligibility
from institutions.eligibility import reviewing
from institutions.imports import sweeping
from institutions.survey import announcements as surveys


@shared_task(name="institutions.schedule.watch_validity")  # type: ignore[untyped-decorator]  # Celery has no types
def watch_validity() -> None:
    watch.note_lapses()
    watch.remind()


@shared_task(name="institutions.schedule.expire_eligibility")  # type: ignore[untyped-decorator]  # Celery has no types
def expire_eligibility() -> None:
    reviewing.expire_due()


@shared_task(name="institutions.schedule.remind_of_surveys_and_eligibility")  # type: ignore[untyped-decorator]  # Celery has no types
def remind_of_surveys_and_eligibility() -> None:
    surveys.sweep()
    eligibility.sweep()


@shared_task(name="institutions.schedule.sweep_imports")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_imports() -> None:
    sweeping.sweep()


@shared_task(name="institutions.schedule.drop_import_rows")  # type: ignore[untyped-decorator]  # Celery has no types
def drop_import_rows() -> None:
    sweeping.drop_old_rows()
