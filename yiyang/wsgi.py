"""WSGI entry point for gunicorn."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
django.setup(set_prefix=False)

from boundary.texts import Utf8Request  # noqa: E402  -- Django must be set up before


class Handler(WSGIHandler):
    """Django's own, with requests that are read as UTF-8 (boundary/texts.py)."""

    request_class = Utf8Request


application = Handler()
