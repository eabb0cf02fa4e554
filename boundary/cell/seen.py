"""What a cell says that it has read on a page, looked at before it is used, and the papers of ours that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boundary.cell import bounds
from boundary.cell.answers import words

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]  # mm from the top left corner of the page: left, top, width, height
TURNS = frozenset({0, 90, 180, 270})


@dataclass(frozen=True)
class OurPage:
    """A page of a paper of ours, counted from 1: the text of its code, and rectangles of it by name, in which something
    may be added to the print by hand."""

    number: int
    code: str
    areas: Mapping[str, Rectangle] = field(default_factory=dict)


@dataclass(frozen=True)
class OurPaper:
    """A PDF of ours, where the cell finds it."""

    path: Path
    pages: Sequence[OurPage]

    @property
    def told(self) -> dict[str, Any]:
        """The paper as a cell is told of it."""
        pages = [
            {"number": page.number, "code": page.code, "areas": {name: list(mm) for name, mm in page.areas.items()}}
            for page in self.pages
        ]
        return {"path": str(self.path.resolve(strict=True)), "pages": pages}


@dataclass(frozen=True)
class Code:
    """A QR code: its text, and its corners in dots of the larger picture, beginning at its own top left, clockwise."""

    text: str
    corners: tuple[Point, Point, Point, Point]


@dataclass(frozen=True)
class Compared:
    """How a page compares with the one of ours that has the same code.

    `same` when it equals our own drawing with nothing added, `ink` the share of each of its areas that is inked beyond
    our print, from 0 to 1, and `differing` some words of ours in whose places another text stands, or none. `is_bent`
    when these may be ours all the same: the sheet did not lie flat.
    """

    code: str
    same: bool
    ink: Mapping[str, float]
    differing: tuple[str, ...] = ()
    is_bent: bool = False


@dataclass(frozen=True)
class Seen:
    """What was read on a page: its codes, by how many degrees clockwise the sheet lies turned in the file, and how it
    compares with ours, None where there was nothing to compare with or it could not be done. `is_white` when it shows
    no code and nothing but light paper: an empty back."""

    codes: tuple[Code, ...] = ()
    turned: int = 0
    compared: Compared | None = None
    is_white: bool = False

    @property
    def kept(self) -> dict[str, Any]:
        """What of it is kept with the page (`uploads.models.Page.seen`)."""
        kept: dict[str, Any] = {"codes": [code.text for code in self.codes], "turned": self.turned}
        if self.is_white:
            kept["white"] = True
        if self.compared is not None:
            compared = self.compared
            kept["compared"] = {"code": compared.code, "same": compared.same, "ink": dict(compared.ink)}
            if compared.differing:
                kept["compared"]["differing"] = list(compared.differing)
            if compared.is_bent:
                kept["compared"]["bent"] = True
        return kept


def seen(said: Any, areas: Mapping[str, frozenset[str]]) -> Seen:
    """Return what a cell read on a page. Raises KeyError, TypeError, ValueError for what none of ours says.

    `areas` are the names of those that were asked for, by the codes of our pages.
    """
    codes = said["codes"]
    if type(codes) is not list or len(codes) > bounds.MOST_CODES:
        raise ValueError("no codes of a cell's")
    found = tuple(_code(*code) for code in codes)
    turned = said["turned"]
    if type(turned) is not int or turned not in TURNS:
        raise ValueError("no turning of a cell's")
    is_white = said["white"]
    if type(is_white) is not bool or (is_white and found):
        raise ValueError("no empty page of a cell's")
    if "compared" not in said:
        return Seen(found, turned, is_white=is_white)
    compared = _compared(said["compared"], areas)
    if compared.code not in {code.text for code in found}:
        raise ValueError("compared with what the page does not show")
    return Seen(found, turned, compared)


def _code(text: Any, corners: Any) -> Code:
    a, b, c, d = ((_place(x), _place(y)) for x, y in corners)
    return Code(words(text, bounds.LONGEST_CODE), (a, b, c, d))


def _place(value: Any) -> float:
    """Return dots, on the picture or a little beside it."""
    return _between(value, -bounds.WIDEST, bounds.WIDEST)


def _compared(said: Any, areas: Mapping[str, frozenset[str]]) -> Compared:
    code, same, ink = words(said["code"], bounds.LONGEST_CODE), said["same"], said["ink"]
    if type(same) is not bool or type(ink) is not dict or ink.keys() != areas[code]:
        raise ValueError("no comparison of a cell's")
    differing, is_bent = said["differing"], said["bent"]
    if type(is_bent) is not bool or (is_bent and not differing):
        raise ValueError("no bend of a cell's")
    if type(differing) is not list or len(differing) > bounds.MOST_RUNS:
        raise ValueError("no words of a cell's")
    runs = tuple(words(run, bounds.LONGEST_RUN) for run in differing)
    return Compared(code, same, {name: _between(share, 0, 1) for name, share in ink.items()}, runs, is_bent)


def _between(value: Any, least: float, most: float) -> float:
    # NaN lies between nothing; a whole number of hundreds of digits is compared, but is no float.
    if type(value) not in (int, float) or not least <= value <= most:
        raise ValueError("no number of a cell's")
    return float(value)
