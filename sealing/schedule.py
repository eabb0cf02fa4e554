"""Jobs that the clock starts."""

import logging

from celery import shared_task

from sealing import watching
from sealing.authority import elsewhere, issuing

logger = logging.getLogger(__name__)


@shared_task(name="sealing.schedule.publish_list")  # type: ignore[untyped-decorator]  # Celery has no types
def publish_list() -> None:
    issuing.publish_due()


@shared_task(name="sealing.schedule.fetch_lists")  # type: ignore[untyped-decorator]  # Celery has no types
def fetch_lists() -> None:
    for fault in elsewhere.fetch():
        logger.warning("no list of revoked certificates from %s", fault)


@shared_task(name="sealing.schedule.watch_certificates")  # type: ignore[untyped-decorator]  # Celery has no types
def watch_certificates() -> None:
    watching.watch()
