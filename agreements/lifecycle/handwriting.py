"""What a signatory puts on the signature line beside name and seal, if they wish: drawn, their name, or a picture.

Strokes come from a browser as numbers and are drawn here; no picture is opened that a browser made
(docs/decisions/0038-ceremony.md). It is only what the signature shows: what counts is the signature itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from agreements.models.handwriting import Handwritten
from agreements.text.fonts import outlines, width_of
from sealing.handwriting import kept_of
from sealing.pades.pictures import Drawn, Strokes, Written
from sealing.pictures import written_in
from verbs.errors import Unacceptable

ACROSS, UP = 900, 350  # units of the field that is drawn in, as wide and high as its place in print
MOST_STROKES, MOST_POINTS, MOST_LETTERS = 200, 5000, 80_000
LEAST = 40  # units that handwriting reaches at least, across or up
NOTHING_DRAWN = "请在方框里写上您的姓名；不方便手写的，请选择姓名字样，或者不放手写签名。"
TOO_MUCH = "笔画太多，请点“清除”后重新写一次，只写姓名。"
TOO_SMALL = "写得太小，看不清楚。请点“清除”后写大一些。"
NOT_STROKES = "手写的笔画没有传完整，请点“清除”后重新写一次。"
NO_PICTURE = "您还没有上传手写签名的图片。请先上传，或者选择别的方式。"

Line = list[tuple[int, int]]


@dataclass(frozen=True)
class Handwriting:
    """Handwriting of a person, by their key, ready to be shown."""

    kind: Handwritten
    person: int
    shown: Written

    @property
    def facts(self) -> dict[str, str]:
        """What is kept with the signature: which kind, and the digest of what is shown."""
        return {"kind": self.kind.value, "sha256": self.shown.sha256}


def drawn(by: User, strokes: Strokes) -> Handwriting:
    return Handwriting(Handwritten.DRAWN, by.pk, strokes)


def typed(by: User) -> Handwriting:
    """Return the person's registered name, set in the house's serif."""
    name = by.full_name.strip()
    return Handwriting(Handwritten.TYPED, by.pk, Drawn(name, outlines(name), width_of(name)))


def pictured(by: User) -> Handwriting:
    """Return the picture that the person has uploaded. Raises Unacceptable where there is none, UploadRefused and
    NotNow as `sealing.pictures.picture_of`."""
    upload = kept_of(by)
    if upload is None:
        raise Unacceptable(NO_PICTURE)
    return Handwriting(Handwritten.PICTURE, by.pk, written_in(upload))


def handwriting_of(by: User, kind: str, strokes: Strokes | None = None) -> Handwriting | None:
    """Return what was chosen, None for a signature without any. Raises as those above, ValueError for another word."""
    if not kind:
        return None
    match Handwritten(kind):
        case Handwritten.DRAWN:
            if strokes is None:
                raise Unacceptable(NOTHING_DRAWN, "handwriting")
            return drawn(by, strokes)
        case Handwritten.TYPED:
            return typed(by)
        case Handwritten.PICTURE:
            return pictured(by)


def offered_to(user: User, *, is_batch: bool = False) -> tuple[Handwritten, ...]:
    """Return how the person can put their handwriting there: of a picture only once they have uploaded one."""
    kinds = Handwritten.lasting() if is_batch else tuple(Handwritten)
    return tuple(kind for kind in kinds if kind is not Handwritten.PICTURE or kept_of(user) is not None)


def strokes_of(words: str) -> Strokes:
    """Return what a browser says was drawn: JSON, a list of strokes, each a list of points [x, y] of whole numbers
    from the top left of a field of `ACROSS` × `UP`. Raises Unacceptable, in words for who drew it."""
    lines = _lines(words)
    if not lines:
        raise Unacceptable(NOTHING_DRAWN, "handwriting")
    across = [x for line in lines for x, _ in line]
    down = [y for line in lines for _, y in line]
    left, bottom = min(across), max(down)
    width, height = max(across) - left, bottom - min(down)
    if max(width, height) < LEAST:
        raise Unacceptable(TOO_SMALL, "handwriting")
    path = "\n".join(_path([(x - left, bottom - y) for x, y in line]) for line in lines)
    return Strokes(path, float(width), float(height))


def _path(line: Sequence[tuple[int, int]]) -> str:
    """Return a stroke as operators; a point alone is a stroke that goes nowhere, which a round pen prints as a dot."""
    first, *others = line
    return "\n".join([f"{first[0]} {first[1]} m", *(f"{x} {y} l" for x, y in others or [first])])


def _lines(words: str) -> list[Line]:
    if len(words) > MOST_LETTERS:
        raise Unacceptable(TOO_MUCH, "handwriting")
    try:
        said = json.loads(words or "[]")
    except (ValueError, RecursionError):
        raise Unacceptable(NOT_STROKES, "handwriting") from None
    if not isinstance(said, list) or not all(isinstance(line, list) and line for line in said):
        raise Unacceptable(NOT_STROKES, "handwriting")
    if len(said) > MOST_STROKES or sum(map(len, said)) > MOST_POINTS:
        raise Unacceptable(TOO_MUCH, "handwriting")
    return [[_point(point) for point in line] for line in said]


def _point(said: Any) -> tuple[int, int]:
    if isinstance(said, list) and len(said) == 2 and all(type(each) is int for each in said):
        x, y = said
        if 0 <= x <= ACROSS and 0 <= y <= UP:
            return x, y
    raise Unacceptable(NOT_STROKES, "handwriting")
