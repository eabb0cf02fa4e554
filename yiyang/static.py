"""Static files: which are published, and publishing them only when one changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


class PublishedFilesConfig(StaticFilesConfig):
    """Leaves out the variants of Bootstrap and ECharts that no page uses: compressing them took nearly all the time."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.rtl.*",
        "*-grid.*",
        "*-reboot.*",
        "*-utilities.*",
        "*.esm.*",
        "bootstrap.css*",
        "bootstrap.js*",
        "bootstrap.min.js*",
        "bootstrap.bundle.js*",
        "echarts.js*",
        "echarts.min.js",
        "echarts.simple.*",
        "echarts.common.js*",
        "extension",
        "package.json",
    ]


def publish() -> None:
    """Collect, hash and compress the static files unless the last run did so for the same ones."""
    note = Path(settings.STATIC_ROOT) / "published.sha256"
    now = _digest()
    if note.exists() and note.read_text(encoding="ascii") == now:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    note.write_text(now, encoding="ascii")


def _digest() -> str:
    """Return a digest of every file's name, size and time."""
    known = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(PublishedFilesConfig.ignore_patterns):
            found = Path(storage.path(path)).stat()
            known.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return known.hexdigest()
