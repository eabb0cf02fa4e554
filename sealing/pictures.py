"""The picture of a seal, or of handwriting, as it is put into a file: cut out of its paper in a cell, once, and kept
beside the upload."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from boundary.cell.asking import Patience
from boundary.cell.seals import NO_INK, cut_out
from boundary.refused import DAMAGED, UploadRefused
from boundary.storage import on_disk
from sealing.models import Seal
from sealing.pades.pictures import Picture
from uploads.models import Upload

SHORTLY = Patience(for_a_slot=5, for_the_work=15)
ROUND, NAME = 42.0, 20.0  # mm across: an institution's official seal, a person's square name seal
WRITTEN = 36.0  # mm across: handwriting
PEN = bytes((24, 32, 72))  # of all handwriting in print, so that no picture of a red seal passes for a seal
NO_WRITING = "图片上看不到签名。请用黑色或蓝色的笔签在白纸上，把签名拍满画面、拍清楚，再上传。"
ACROSS = {Seal.Kind.LEGAL_REPRESENTATIVE: NAME}


def picture_of(seal: Seal) -> Picture:
    """Return what a seal looks like. Raises UploadRefused for a picture without ink, NotNow while no cell is free."""
    return _read(cut(seal.picture), ACROSS.get(Seal.Kind(seal.kind), ROUND))


def written_in(upload: Upload) -> Picture:
    """Return what somebody's handwriting looks like in print, in one dark ink. Raises as `picture_of`."""
    picture = _read(cut(upload, NO_WRITING), WRITTEN)
    return replace(picture, colours=PEN * (picture.width * picture.height))


def png_of(upload: Upload) -> bytes:
    """Return handwriting without its paper, as a cell wrote it. Raises as `picture_of`."""
    with default_storage.open(cut(upload, NO_WRITING)) as file:
        content: bytes = file.read()
    return content


def cut(upload: Upload, no_ink: str = NO_INK) -> str:
    """Return where the ink without its paper lies: made by the job that judged the picture, or now if it is gone.

    `no_ink` says what is wrong with a picture that has none.
    """
    name = f"{upload.folder}/seal.png"
    if not default_storage.exists(name):
        with TemporaryDirectory(prefix="yiyang-seal-") as folder:
            into = Path(folder) / "into"
            into.mkdir()
            content = cut_out(on_disk(upload.file, Path(folder)), into=into, patience=SHORTLY, no_ink=no_ink)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
    return name


@lru_cache(maxsize=16)
def _read(name: str, across: float) -> Picture:
    """Read it, and keep its dots for the next of many copies: a few megabytes each."""
    with default_storage.open(name) as file:
        content = file.read()
    try:
        picture = Picture.of_png(content)
    except ValueError:
        raise UploadRefused(DAMAGED) from None
    longer = max(picture.width, picture.height)
    return Picture(
        picture.width,
        picture.height,
        picture.colours,
        picture.opacity,
        (across * picture.width / longer, across * picture.height / longer),
    )
