"""颐养签约: the project package. Importing it makes the Celery app known to `shared_task`."""

from yiyang.celery import app as celery_app

__all__ = ["celery_app"]
