"""How much a page of a PDF makes a reader draw, counted before anything is drawn.

Forms within forms are counted as often as they are drawn: each once, and then multiplied.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pikepdf

from boundary.cell import bounds
from boundary.cell.inside import jpegs
from boundary.cell.inside.objects import called, dictionary, entries, entry, name, number, several
from boundary.cell.inside.pages import inherited
from boundary.cell.inside.streams import picture_method, unpacked
from boundary.refused import MOST_PIXELS, TOO_COMPLEX, TOO_MANY_PIXELS, UploadRefused

BLANK = rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*)"
NAME = rb"/(?P<name>[^\x00\t\n\x0c\r ()<>\[\]{}/%]*)" + BLANK + rb"+"
# What marks the page, or calls what does. Words in texts and remarks, and dots of small pictures, may look like it:
# rarely, and then a little too much is counted.
MARK = re.compile(
    rb"(?:" + NAME + rb")?(?<![^\x00\t\n\x0c\r ()<>\[\]{}%])"
    rb"(?P<mark>f\*?|F|B\*?|b\*?|S|s|sh|Do|Tj|TJ|'|\"|EI|scn|SCN|gs)(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|\Z)"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# From which of the resources a call takes what it names.
CALLS = {b"Do": "/XObject", b"scn": "/Pattern", b"SCN": "/Pattern", b"gs": "/ExtGState"}
UNNAMED = ""  # the call of a reader that takes even a text for a name
Key = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Cost:
    """What is drawn: marks, dots of pictures, and how many forms lie within each other."""

    marks: int = 0
    dots: int = 0
    depth: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.marks + other.marks, self.dots + other.dots, max(self.depth, other.depth))

    def times(self, count: int) -> Cost:
        return Cost(self.marks * count, self.dots * count, self.depth)


@dataclass(frozen=True)
class Scope:
    """The resources in which names are looked up, and whose they are: a form without its own has its caller's."""

    owner: tuple[int, int]
    resources: Any


@dataclass(frozen=True)
class Content:
    """What one stream draws itself, and what it calls how often: kind of resource and name."""

    marks: int
    calls: dict[tuple[str, str], int]


class Reckoner:
    """Reckons pages of one PDF. Streams are read once, however many pages and forms name them."""

    def __init__(self) -> None:
        self._contents: dict[tuple[int, int], Content] = {}
        self._forms: dict[Key, Cost] = {}
        self._pictures: dict[tuple[int, int], int] = {}
        self._read = 0

    def judge(self, page: pikepdf.Object) -> None:
        """Raises UploadRefused for a page that is too much to draw."""
        scope = Scope((0, 0), inherited(page, "/Resources"))
        self._forms.clear()
        cost = Cost()
        contents = entry(page, "/Contents")
        for stream in several(contents) if isinstance(contents, pikepdf.Array) else (contents,):
            cost = _bounded(cost + self._drawn(stream, scope, ()))
        for note in several(entry(page, "/Annots")):
            for look in _looks(note):
                cost = _bounded(cost + self._form(look, scope, ()))

    def _drawn(self, stream: Any, scope: Scope, within: tuple[Key, ...]) -> Cost:
        if not isinstance(stream, pikepdf.Stream):
            return Cost()
        content = self._content(stream)
        cost = Cost(content.marks)
        for (kind, key), times in content.calls.items():
            cost += self._called(scope, kind, key, within).times(times)
        return cost

    def _called(self, scope: Scope, kind: str, key: str, within: tuple[Key, ...]) -> Cost:
        held = entry(scope.resources, kind)
        if key != UNNAMED:
            return self._thing(called(held, key), scope, within)
        costs = [self._thing(each, scope, within) for _, each in entries(held)]
        return max(costs, key=lambda cost: (cost.marks, cost.dots), default=Cost())

    def _thing(self, thing: Any, scope: Scope, within: tuple[Key, ...]) -> Cost:
        if isinstance(thing, pikepdf.Dictionary):  # how things are drawn; what it is masked with is drawn first
            return self._form(entry(dictionary(thing, "/SMask"), "/G"), scope, within)
        if name(entry(thing, "/Subtype")) == "/Image":
            return Cost(0, self._dots(thing))
        return self._form(thing, scope, within)

    def _form(self, form: Any, scope: Scope, within: tuple[Key, ...]) -> Cost:
        if not isinstance(form, pikepdf.Stream):
            return Cost()
        own = entry(form, "/Resources")
        scope = scope if own is None else Scope(form.objgen, own)
        key = (form.objgen, scope.owner)
        if key in within or len(within) >= bounds.DEEPEST_FORMS:
            raise UploadRefused(TOO_COMPLEX)
        if key not in self._forms:
            inner = self._drawn(form, scope, (*within, key))
            self._forms[key] = Cost(inner.marks, inner.dots, inner.depth + 1)
        cost = self._forms[key]
        if len(within) + cost.depth > bounds.DEEPEST_FORMS:
            raise UploadRefused(TOO_COMPLEX)
        return cost

    def _content(self, stream: pikepdf.Stream) -> Content:
        if stream.objgen not in self._contents:
            content = unpacked(stream, bounds.LARGEST_CONTENT)
            self._read += len(content)
            if self._read > bounds.LARGEST_CONTENT * 4:
                raise UploadRefused(TOO_COMPLEX)
            self._contents[stream.objgen] = read(content)
        return self._contents[stream.objgen]

    def _dots(self, picture: pikepdf.Stream) -> int:
        if picture.objgen not in self._pictures:
            self._pictures[picture.objgen] = 0  # a mask that is masked by itself
            masks = (entry(picture, key) for key in ("/SMask", "/Mask"))
            dots = sum(self._dots(mask) for mask in masks if isinstance(mask, pikepdf.Stream))
            self._pictures[picture.objgen] = dots + dots_of(picture)
        return self._pictures[picture.objgen]


def read(content: bytes) -> Content:
    """Count what a stream marks and calls. Raises UploadRefused above the limit for one page."""
    marks = 0
    calls: Counter[tuple[str, str]] = Counter()
    for found in MARK.finditer(content):
        marks += 1
        if marks > bounds.MOST_PAINTED:
            raise UploadRefused(TOO_COMPLEX)
        kind = CALLS.get(found["mark"])
        if kind is not None and (found["name"] is not None or found["mark"] == b"Do"):
            calls[kind, _spelled(found["name"])] += 1
    return Content(marks, dict(calls))


def dots_of(picture: pikepdf.Stream) -> int:
    """Return how many dots a reader makes of a picture, each as often as it is gone over. Raises UploadRefused."""
    width, height = number(entry(picture, "/Width")), number(entry(picture, "/Height"))
    dots = max(width, 0) * max(height, 0)
    if picture_method(picture) == "/DCTDecode":
        packed = jpegs.seen(unpacked(picture, bounds.UNPACKED_BETWEEN))
        dots = max(dots, packed.dots * packed.scans)
    if max(width, 0) * max(height, 0) > MOST_PIXELS:
        raise UploadRefused(TOO_MANY_PIXELS)
    return dots


def _spelled(found: bytes | None) -> str:
    if found is None:
        return UNNAMED
    plain = ESCAPED.sub(lambda letter: bytes.fromhex(letter[1].decode()), found)
    return "/" + plain.decode("utf-8", "surrogateescape")


def _looks(note: Any) -> list[Any]:
    """Return how an annotation may look: one form, or one for each of its states."""
    normal = entry(entry(note, "/AP"), "/N")
    return [normal] if isinstance(normal, pikepdf.Stream) else [look for _, look in entries(normal)]


def _bounded(cost: Cost) -> Cost:
    if cost.marks > bounds.MOST_PAINTED:
        raise UploadRefused(TOO_COMPLEX)
    if cost.dots > bounds.MOST_DOTS:
        raise UploadRefused(TOO_COMPLEX)
    return cost
