"""Files that a command of the console sends and waits for, as the demo's: judged by the very same job."""

from __future__ import annotations

import io
import time

from django.conf import settings
from django.core.files import File

import jobs
from boundary.refused import UploadRefused
from uploads.background import JUDGE
from uploads.judging import judge, picture_papers
from uploads.models import Upload

LOOKS_EVERY, LONGEST = 0.1, 60.0  # seconds
WIDTHS = (1000, 500)  # dots: made-up pages are looked at by nobody closely, and a first start is waited for


def as_file(content: bytes, name: str) -> File[bytes]:
    """Return what a form would have brought."""
    return File(io.BytesIO(content), name)


def judged(upload: Upload, *, pictures: bool = False) -> Upload:
    """Have a waiting file judged here and now, and papers of ours drawn to be seen beside it if so asked.

    Raises UploadRefused with whatever reason it was refused for.
    """
    _try_to_judge(upload)
    until = time.monotonic() + LONGEST
    while upload.is_waiting and time.monotonic() < until:  # a worker heard the bell, or no cell was to be had
        time.sleep(LOOKS_EVERY)
        _try_to_judge(upload)
    if upload.state == Upload.State.REFUSED:
        raise UploadRefused(upload.reason)
    if pictures:
        picture_papers(upload)
    return upload


def _try_to_judge(upload: Upload) -> None:
    """Judge the file unless somebody is at it, and note how it stands."""
    jobs.run(JUDGE, upload.pk, lambda row: judge(row, widths=min(WIDTHS, settings.PAGE_WIDTHS)))
    upload.refresh_from_db()
