"""Pictures of papers of ours, for whoever reads them on a screen or beside a scan: drawn in a cell, as all is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from boundary.cell.door import Kind, draw
from boundary.refused import UploadRefused
from boundary.storage import on_disk

OUR_WIDTHS = (1240, 620)  # dots of a picture of a page of ours: 150 of an inch, and no second one is kept


def picture_paper(file: File[Any], pages: int, name_of: Callable[[int], str]) -> None:
    """Keep a picture of each page of a paper of ours, where none is kept yet. `name_of` says where, by page from 1.

    What cannot be drawn now is drawn when it is asked for again. The last page is stored last: where that is, all are.
    """
    if default_storage.exists(name_of(pages)):
        return
    with TemporaryDirectory(prefix="yiyang-paper-") as name, suppress(UploadRefused):
        folder = Path(name)
        into = folder / "drawn"
        into.mkdir()
        widths = min(OUR_WIDTHS, settings.PAGE_WIDTHS)
        _, drawn = draw(on_disk(file, folder), Kind.SCAN, widths=widths, into=into)
        for each in drawn:
            store(name_of(each.page), each.large)


def store(name: str, path: Path) -> None:
    """Keep a picture under this very name, over what a worker left that died over it."""
    default_storage.delete(name)
    with path.open("rb") as picture:
        stored = default_storage.save(name, File(picture))
    if stored != name:
        raise RuntimeError(f"{name} was stored as {stored}")
