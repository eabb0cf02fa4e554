"""The clock's own Celery app: it knows when to ring and for what, and loads nothing of what is then done.

    celery -A yiyang.clock beat

With every app of ours loaded it held 115 MB to send a few names a minute.
"""

import os

from celery import Celery

from jobs import signs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")

# Without what Celery adds where it finds Django's settings: setting up all apps.
app = Celery("yiyang", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
signs.watch()
