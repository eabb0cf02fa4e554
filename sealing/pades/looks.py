"""What a signature shows: seal, handwriting and words in its field, and the slices of the seal at the edges.

All of it is drawn here from pictures and outlines, so that no font need be embedded. The picture of the seal is in the
file once; each slice is a form whose box cuts the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pikepdf import Object

from sealing.pades.edges import SEAL, Box, Slice, upright
from sealing.pades.pictures import Drawn, Picture, Written
from sealing.pades.revision import Revision

MM = 72 / 25.4  # points
LETTER, LEADING, MARGIN = 9.0, 1.35, 2.0  # points, line heights, points
HAND = (36.0, 14.0)  # mm that handwriting is given, above the words
WORDS = 2  # lines of words that it leaves room for
EM_UP, EM_DOWN = 0.88, 0.12  # ems that a drawn character reaches above and below its line
PEN = 1.3  # points, the width of a stroke in print
PRINT = 15.0  # points of a letter on a line of the text: hardly smaller than the line's own


@dataclass(frozen=True)
class Mark:
    """Something on a line, as large as its box and no larger than print: points from the bottom left of its field."""

    shown: Written
    box: Box
    is_centred: bool = False  # or else it begins at the left


@dataclass(frozen=True)
class Appearance:
    """`seal` is None for who signs without one; `words` are lines below, the last one lowest.

    `handwriting` lies between both and below the seal, which is see-through: as one seals what is signed. `lines` are
    what the text's own lines are filled with, each by what its field is called: name, day.
    """

    seal: Picture | None = None
    handwriting: Written | None = None
    words: Sequence[Drawn] = ()
    lines: Mapping[str, Sequence[Mark]] = field(default_factory=dict)


class Looks:
    """Adds what is shown to a revision, and remembers the digest of each by the name of its field."""

    def __init__(self, revision: Revision, shown: Appearance) -> None:
        self.revision, self.shown = revision, shown
        self.digests: dict[str, str] = {}
        self._pictures: dict[str, bytes] = {}

    def of_the_seal(self, field: Object) -> bytes:
        """Return the appearance of a party's signature field, as an object holds it."""
        width, height = _size(field)
        steps = self._words(width)
        pictures: dict[bytes, Picture] = {}
        if self.shown.handwriting is not None:
            if isinstance(self.shown.handwriting, Picture):
                pictures[b"/Hand"] = self.shown.handwriting
            steps.append(self._handwriting(self.shown.handwriting, width))
        if self.shown.seal is not None:
            pictures[b"/Seal"] = self.shown.seal
            across, up = (edge * MM for edge in self.shown.seal.size)
            place = across, up, (width - across) / 2, (height - up) / 2
            steps.append(b"q %.3f 0 0 %.3f %.3f %.3f cm /Seal Do Q" % place)
        return b"<</N %s>>" % self._form(field, width, height, b"\n".join(steps), pictures)

    def of_an_edge(self, field: Object, slice_: Slice) -> bytes:
        """Return how the form of one slice of the seal is referred to."""
        seal = self.shown.seal
        if seal is None:
            raise ValueError("no seal to cut")
        width, height = slice_.width * MM, SEAL * MM
        across, up = (edge * MM for edge in seal.size)
        scale = SEAL * MM / across  # a narrower seal is spread over all pages of its group
        left = -slice_.number * width
        step = b"q %.3f 0 0 %.3f %.3f %.3f cm /Seal Do Q" % (across * scale, up, left, (height - up) / 2)
        return self._form(field, width, height, step, {b"/Seal": seal})

    def of_a_line(self, line: Object, marks: Sequence[Mark]) -> bytes:
        """Return how the form is referred to that shows these marks on a line of the text."""
        pictures = [mark.shown for mark in marks if isinstance(mark.shown, Picture)]
        held = dict(zip([b"/Hand"], pictures, strict=False))  # there is one hand, and no more than one picture of it
        return self._form(line, *_size(line), b"\n".join(map(_marked, marks)), held)

    def _words(self, width: float) -> list[bytes]:
        """Return lines of words at the foot of the field, in the middle, as small as the longest one needs."""
        words = self.shown.words
        longest = max((line.width for line in words), default=1.0)
        size = min(LETTER, (width - 2 * MARGIN) / max(longest, 1.0))
        lines = []
        for number, line in enumerate(reversed(words)):
            left, bottom = (width - line.width * size) / 2, MARGIN + size * (0.2 + number * LEADING)
            place = b"%.3f 0 0 %.3f %.3f %.3f" % (size, size, left, bottom)
            lines.append(b"q 0 g %s cm %s f Q" % (place, line.path.encode()))
        return lines

    def _handwriting(self, hand: Written, width: float) -> bytes:
        """Return the step that draws it as large as its place, in the middle and just above the words."""
        across, up = _extent(hand)
        scale = min(HAND[0] * MM / max(across, 1), HAND[1] * MM / max(up, 1))
        bottom = 2 * MARGIN + LETTER * LEADING * WORDS
        return _written(hand, scale, (width - across * scale) / 2, bottom)

    def _form(
        self, field: Object, width: float, height: float, content: bytes, pictures: dict[bytes, Picture]
    ) -> bytes:
        turned = int(field.P.get("/Rotate", 0)) % 360
        matrix = b" ".join(b"%.3f" % each for each in upright(turned, width, height))
        held = b"".join(b"%s %s" % (name, self._picture(picture)) for name, picture in pictures.items())
        entries = b"/Type /XObject/Subtype /Form/BBox [0 0 %.3f %.3f]" % (width, height)
        entries += (b"/Matrix [%s]" % matrix if turned else b"") + b"/Resources <</XObject <<%s>>>>" % held
        digest = hashlib.sha256(entries.partition(b"/Resources")[0] + content)
        for name, picture in sorted(pictures.items()):
            digest.update(name + picture.sha256.encode())
        self.digests[str(field.T)] = digest.hexdigest()
        return self.revision.add_stream(entries, content)

    def _picture(self, picture: Picture) -> bytes:
        """Return how a picture is referred to, which is put into the file once."""
        found = self._pictures.get(picture.sha256)
        if found is not None:
            return found
        colours, opacity = picture.packed
        size = b"/Width %d/Height %d/BitsPerComponent 8/Filter /FlateDecode" % (picture.width, picture.height)
        kind = b"/Type /XObject/Subtype /Image/ColorSpace "
        mask = self.revision.add_stream(kind + b"/DeviceGray" + size, opacity)
        whole = self.revision.add_stream(kind + b"/DeviceRGB" + size + b"/SMask " + mask, colours)
        self._pictures[picture.sha256] = whole
        return whole


def _marked(mark: Mark) -> bytes:
    """Return the step that draws a mark in its box, in the middle of its height."""
    left, bottom, right, top = mark.box
    across, up = _extent(mark.shown)
    scale = min((right - left) / max(across, 1), (top - bottom) / max(up, 1))
    if isinstance(mark.shown, Drawn):
        scale = min(scale, PRINT)
    left += (right - left - across * scale) / 2 if mark.is_centred else 0
    return _written(mark.shown, scale, left, bottom + (top - bottom - up * scale) / 2)


def _extent(hand: Written) -> tuple[float, float]:
    return (hand.width, EM_UP + EM_DOWN) if isinstance(hand, Drawn) else (hand.width, hand.height)


def _written(hand: Written, scale: float, left: float, bottom: float) -> bytes:
    """Return the step that draws handwriting, or words, with its lower left corner there."""
    if isinstance(hand, Picture):
        return b"q %.3f 0 0 %.3f %.3f %.3f cm /Hand Do Q" % (hand.width * scale, hand.height * scale, left, bottom)
    if isinstance(hand, Drawn):
        place = b"%.3f 0 0 %.3f %.3f %.3f" % (scale, scale, left, bottom + EM_DOWN * scale)
        return b"q 0 g %s cm %s f Q" % (place, hand.path.encode())
    place = b"%.3f 0 0 %.3f %.3f %.3f" % (scale, scale, left, bottom)
    return b"q 0 G 1 J 1 j %.3f w %s cm %s S Q" % (PEN / scale, place, hand.path.encode())


def _size(field: Object) -> tuple[float, float]:
    left, bottom, right, top = (float(edge) for edge in field.Rect)
    return right - left, top - bottom
