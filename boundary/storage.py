"""Files on this machine's disk: whole under their name, or not there."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage

PARTS = ".parts"  # what is being written; on the same disk, so that a finished file moves at once
PARTS_ARE_KEPT = 24 * 3600  # seconds; longer than any upload takes


class WholeFilesStorage(FileSystemStorage):
    """Writes a file beside its place and moves it there when all of it stands.

    On a full disk nothing stays of it; of a process that is killed a part stays, which the clock removes.
    """

    def _save(self, name: str, content: IO[Any]) -> str:
        part = f"{PARTS}/{uuid4().hex}"
        written = Path(self.path(part))
        try:
            super()._save(part, content)  # type: ignore[misc]  # documented for storages; not in the stubs
            with written.open("rb") as file:
                os.fsync(file.fileno())
            return self._move(written, name)
        finally:
            written.unlink(missing_ok=True)

    def _move(self, written: Path, name: str) -> str:
        """Give a finished file its name, or one like it where that is taken."""
        while True:
            place = Path(self.path(name))
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(written, place)  # and not a renaming, which would replace what stands there
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name.replace("\\", "/")


def on_disk(file: File[Any], folder: Path) -> Path:
    """Return where a stored file lies, having copied it from its bucket into `folder`.

    A cell reads files, and no network.
    """
    stored: Any = file
    try:
        return Path(stored.path)
    except NotImplementedError:
        path = folder / "given"
        with stored.open("rb") as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        return path


def drop_parts() -> int:
    """Remove what processes that were killed left of their files; return how many."""
    dropped = 0
    with suppress(FileNotFoundError, NotImplementedError):  # nothing was ever stored; a bucket has no parts
        for part in Path(default_storage.path(PARTS)).iterdir():
            if part.stat().st_mtime < time.time() - PARTS_ARE_KEPT:
                part.unlink(missing_ok=True)
                dropped += 1
    return dropped
