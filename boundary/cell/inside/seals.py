"""A seal cut out of its picture: its one colour, and how much of it lies on each dot; the paper is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageStat

from boundary.cell.inside import drawing
from boundary.cell.inside.kinds import kind_of

NAME = "seal.png"  # in the cell's folder
WIDE = 1500  # dots that are looked at
LARGEST = 500  # dots kept of the longer side: 300 to the inch of a round seal
PAPER = 40  # how much darker than white paper, and what a camera makes of it, may be
INK = 120  # and ink is at least
SHOWN = 0.002  # the part of the dots that has to be ink


def cut_out(path: Path) -> dict[str, Any]:
    """Write the seal of a picture's first page as a PNG. Answers {"size"}: dots across and up, or {"size": []} for a
    page on which no ink stands."""
    content = path.read_bytes()
    ((_, page),) = drawing.drawn(content, kind_of(content), [1], WIDE)
    seal = _seal(page.convert("RGB"))
    if seal is None:
        return {"size": []}
    seal.save(NAME, "PNG", optimize=True)
    return {"size": list(seal.size)}


def _seal(page: Image.Image) -> Image.Image | None:
    darkness = _darkness(page)
    inked = darkness.point(lambda shade: 255 if shade >= INK else 0)
    box = inked.getbbox()
    if box is None or inked.histogram()[255] < SHOWN * page.width * page.height:
        return None
    colour = [round(mean) for mean in ImageStat.Stat(page, inked).mean]
    full = max(255 - min(colour), 1)
    opacity = darkness.point(lambda shade: max(0, min(255, round((shade - PAPER) * 255 / max(full - PAPER, 1)))))
    seal = Image.new("RGBA", page.size, (*colour, 0))
    seal.putalpha(opacity)
    seal = seal.crop(box)
    seal.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
    return seal


def _darkness(page: Image.Image) -> Image.Image:
    """Return by how much each dot is darker than white in its darkest colour: ink of any colour is dark in one."""
    red, green, blue = page.split()
    return ImageChops.invert(ImageChops.darker(ImageChops.darker(red, green), blue))
