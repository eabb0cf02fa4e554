"""Static files: which are published, and publishing them only when one changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage


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


class PublishedFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise is untyped
    """Keeps the list of all files beside the published folder: what lies in that folder is everybody's to fetch."""

    def __init__(self) -> None:
        super().__init__(manifest_storage=FileSystemStorage(location=_beside()))


def publish() -> None:
    """Collect, hash and compress the static files unless the last run did so for the same ones."""
    note = _beside() / "published.sha256"
    now = _digest()
    if note.exists() and note.read_text(encoding="ascii") == now and Path(settings.STATIC_ROOT).is_dir():
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(now, encoding="ascii")


def _beside() -> Path:
    published = Path(settings.STATIC_ROOT)
    return published.with_name(f"{published.name}-list")


def _digest() -> str:
    """Return a digest of every file's name, size and time."""
    known = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(PublishedFilesConfig.ignore_patterns):
            found = Path(storage.path(path)).stat()
            known.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return known.hexdigest()
