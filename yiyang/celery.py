"""The Celery app. Tasks are doorbells: PostgreSQL holds the truth, the broker only rings."""

import os

from celery import Celery, signals

from jobs import signs
from yiyang import sharing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")

app = Celery("yiyang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="schedule")
signs.watch()


@signals.worker_init.connect  # type: ignore[untyped-decorator]  # Celery has no types
def load_pages(**_: object) -> None:
    """Before the worker's processes part: letters and notices name pages, whose code each would load for itself."""
    sharing.load()


@signals.worker_before_create_process.connect  # type: ignore[untyped-decorator]  # as above
def keep_what_is_shared(**_: object) -> None:
    sharing.keep()
