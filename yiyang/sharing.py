"""What processes share that come from one parent: loaded by it, and kept out of the collector's reach."""

import gc

from django.apps import apps
from django.urls import get_resolver


def load() -> None:
    """Load every page's code here, once: each process would at its first page, in memory of its own."""
    if apps.ready:  # gunicorn also serves what is no Django, as a bench or a test of its settings does
        _ = get_resolver().url_patterns
    gc.collect()
    keep()


def keep() -> None:
    """Let no collection in a child write to what is here: the pages that it writes to are its own from then on."""
    gc.freeze()
