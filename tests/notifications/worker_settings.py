"""Settings of the worker and the clock that tests start: every job each second, in a queue of this database alone."""

from tests.settings import *  # noqa: F403  -- overriding a settings module is what star imports are for
from tests.settings import CELERY_BEAT_SCHEDULE as ALL_JOBS
from tests.settings import DATABASES as SAME_DATABASES

CELERY_TASK_DEFAULT_QUEUE = f"celery-{SAME_DATABASES['default']['NAME']}"
CELERY_BEAT_SCHEDULE = {
    name: {**job, "schedule": 1.0, "options": {"expires": 30}}
    for name, job in ALL_JOBS.items()
    if "sweep-outbox" in name or "remind" in name
}
