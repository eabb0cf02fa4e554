"""The picture of a seal as it is put into a file: cut out of its paper in a cell, once, and kept beside the upload."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from boundary.cell.asking import Patience
from boundary.cell.seals import cut_out
from boundary.storage import on_disk
from sealing.models import Seal
from sealing.pades.pictures import Picture
from uploads.models import Upload

SHORTLY = Patience(for_a_slot=5, for_the_work=15)
ROUND, NAME = 42.0, 20.0  # mm across: an institution's official seal, a person's square name seal
ACROSS = {Seal.Kind.LEGAL_REPRESENTATIVE: NAME}


def picture_of(seal: Seal) -> Picture:
    """Return what a seal looks like. Raises UploadRefused for a picture without ink, NotNow while no cell is free."""
    return _read(cut(seal.picture), ACROSS.get(Seal.Kind(seal.kind), ROUND))


def cut(upload: Upload) -> str:
    """Return where the seal without its paper lies: made by the job that judged the picture, or now if it is gone."""
    name = f"{upload.folder}/seal.png"
    if not default_storage.exists(name):
        with TemporaryDirectory(prefix="yiyang-seal-") as folder:
            into = Path(folder) / "into"
            into.mkdir()
            content = cut_out(on_disk(upload.file, Path(folder)), into=into, patience=SHORTLY)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
    return name


@lru_cache(maxsize=16)
def _read(name: str, across: float) -> Picture:
    """Read it, and keep its dots for the next of many copies: a few megabytes each."""
    with default_storage.open(name) as file:
        picture = Picture.of_png(file.read())
    longer = max(picture.width, picture.height)
    return Picture(
        picture.width,
        picture.height,
        picture.colours,
        picture.opacity,
        (across * picture.width / longer, across * picture.height / longer),
    )
