"""What is read on a page: its codes, how the sheet lies, and how it compares with the paper of ours that it shows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

from boundary.cell import bounds
from boundary.cell.inside import codes
from boundary.cell.inside.beside import shows_more
from boundary.cell.inside.codes import Code
from boundary.cell.inside.comparing import Compared, compared
from boundary.cell.inside.drawing import is_white
from boundary.cell.inside.papers import Papers

HALVES = tuple(f"是左右两页扫在一张上的{side}半张，系统分开读了。请看清没有裁掉内容。" for side in "左右")
# Two pages side by side: how much wider than high the sheet is, within what part of its width it is cut, and by what
# part of its height the two codes may stand apart.
WIDE, CUT, LEVEL = 1.15, (0.4, 0.6), 0.15
PASTED = "白得没有纸色，也没有一点歪斜，像是贴在电子文件上的印章、签字，不像扫描的纸张。请核对纸质原件。"
BESIDE = "旁边还有别的内容，系统没有核对。请看清那是什么；如果是另一页，请把两页分开扫描。"
TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


@dataclass(frozen=True)
class Read:
    """What was read, and by how many degrees clockwise the sheet lies turned. The codes are in dots of the page."""

    codes: list[Code] = field(default_factory=list)
    turned: int = 0
    compared: Compared | None = None
    is_white: bool = False  # nothing but light paper
    half: str = ""  # which half of a sheet it is, in words
    is_beside: bool = False  # something stands beside the page of ours that was compared

    @property
    def doubt(self) -> str:
        """What is doubtful about the page beside what is told, "" for nothing."""
        is_drawn = self.compared is not None and self.compared.is_drawn
        return self.half + (PASTED if is_drawn else "") + (BESIDE if self.is_beside else "")

    def told(self, scale: float, size: tuple[int, int]) -> dict[str, Any]:
        """Return it as plain data, with the corners as they lie on the upright picture that is kept.

        `size` is of the page as it was read, `scale` what that picture is of it.
        """
        found = [
            [code.text, [_upright(corner, self.turned, size, scale) for corner in code.corners]] for code in self.codes
        ]
        told: dict[str, Any] = {"codes": found, "turned": self.turned, "white": self.is_white}
        if self.compared is not None:
            compared = self.compared
            told["compared"] = {"code": compared.code, "same": compared.same, "ink": compared.ink}
            told["compared"] |= {"differing": list(compared.differing), "bent": compared.is_bent}
        return told


def read(page: Image.Image, papers: Papers, number: int) -> Read:
    """Read the page that comes as number so many of its file.

    It is looked at again, or compared, only while there is time for the pages to come: what one file may take is
    bounded, and a page that was not read is for a person.
    """
    found = codes.read(page, wanted=papers.texts, again=_has_time(number))
    if not found:
        return Read(is_white=is_white(page))
    turned = codes.upright(found, papers.texts)
    ours = [code for code in found if code.text in papers.texts]
    if len(ours) != 1 or not _has_time(number):  # of two of our pages on one sheet, nobody knows which it is
        return Read(found, turned)
    own = papers.print_of(ours[0].text)
    laid = None if own is None else compared(page, ours[0], own)
    return Read(found, turned, laid, is_beside=laid is not None and shows_more(page, laid.edges))


def pages_on(sheet: Image.Image, papers: Papers, number: int, *, may_be_two: bool) -> list[tuple[Image.Image, Read]]:
    """Return the pages of a sheet that comes as number so many of its file, each with what was read of it: one, or the
    two of ours that lie side by side, as copiers scan an open sheet of A3."""
    whole = read(sheet, papers, number)
    at = _fold(sheet, whole, papers) if may_be_two else None
    if at is None:
        return [(sheet, whole)]
    lies = upright(sheet, whole)
    halves = [lies.crop((0, 0, at, lies.height)), lies.crop((at, 0, lies.width, lies.height))]
    return [(half, replace(read(half, papers, number), half=which)) for half, which in zip(halves, HALVES, strict=True)]


def _fold(sheet: Image.Image, whole: Read, papers: Papers) -> int | None:
    """Return at which column of the upright sheet two pages of ours meet, None where there are not two such pages.

    That is in the middle between their codes, which stand in the middle of each.
    """
    ours = [code for code in whole.codes if code.text in papers.texts]
    if len(ours) != 2 or len({code.turned for code in ours}) != 1:
        return None
    wide, high = sheet.size if whole.turned in (0, 180) else (sheet.height, sheet.width)
    (left, up), (right, down) = (_middle(code, sheet, whole) for code in ours)
    at = (left + right) / 2
    is_level = abs(up - down) <= LEVEL * high and abs(left - right) >= wide / 3
    return round(at) if wide >= WIDE * high and is_level and CUT[0] * wide <= at <= CUT[1] * wide else None


def _middle(code: Code, sheet: Image.Image, whole: Read) -> codes.Point:
    """Return where the middle of a code lies on the upright sheet."""
    corners = [_upright(corner, whole.turned, sheet.size, 1) for corner in code.corners]
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4


def upright(page: Image.Image, read: Read) -> Image.Image:
    """Return the page as it is read by people."""
    return page.transpose(TURNS[read.turned]) if read.turned else page


def _has_time(number: int) -> bool:
    return time.process_time() <= bounds.READING_AT_FIRST + bounds.READING_EACH * number


def _upright(corner: codes.Point, turned: int, size: tuple[int, int], scale: float) -> list[float]:
    x, y = corner
    wide, high = size
    x, y = {0: (x, y), 90: (y, wide - x), 180: (wide - x, high - y), 270: (high - y, x)}[turned]
    return [round(x * scale, 1), round(y * scale, 1)]
