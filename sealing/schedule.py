"""Jobs that the clock starts."""

from celery import shared_task

from sealing import watching
from sealing.authority import issuing


@shared_task(name="sealing.schedule.publish_list")  # type: ignore[untyped-decorator]  # Celery has no types
def publish_list() -> None:
    issuing.publish_due()


@shared_task(name="sealing.schedule.watch_certificates")  # type: ignore[untyped-decorator]  # Celery has no types
def watch_certificates() -> None:
    watching.watch()
