"""The Celery app. Tasks are doorbells: PostgreSQL holds the truth, the broker only rings."""

import os

from celery import Celery

from jobs import signs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")

app = Celery("yiyang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="schedule")
signs.watch()
