"""What tells a changed page from a noisy one, and the picture that shows a person where.

A dot differs when the ink around it does: within 3 × 3 dots by much (a character, a block that moved), along a
stretch of 17 × 3 by less (a rule), within 17 × 17 by a little (the draft mark, a lighter type). Ink over an area is
the same however edges are smoothed. tests/pictures/test_comparing.py tries both sides of the limits.
"""

from dataclasses import dataclass
from functools import reduce

from PIL import Image, ImageChops, ImageDraw, ImageFilter

# Dots to both sides, dots above and below: how much the mean of the dots there may differ, of 255 greys.
LIMITS = {(1, 1): 40, (8, 1): 25, (1, 8): 25, (8, 8): 6}
FEW = 4  # dots of a page that may differ

ENLARGED = 2
GAP, CAPTION = 16, 20  # dots
MARKED = (255, 240, 180)


@dataclass(frozen=True)
class Comparison:
    """Two pictures, and white where they differ."""

    expected: Image.Image
    got: Image.Image
    differing: Image.Image

    @property
    def count(self) -> int:
        return self.differing.histogram()[255]

    @property
    def differs(self) -> bool:
        return self.expected.size != self.got.size or self.count > FEW

    @property
    def in_words(self) -> str:
        """Say how much differs: 1.24 % of the dots differ (2,989 of 241,605)."""
        dots = self.differing.width * self.differing.height
        share = f"{self.count / dots:.2%}".replace("%", " %")
        sizes = "" if self.expected.size == self.got.size else f", {self.expected.size} became {self.got.size}"
        return f"{share} of the dots differ ({self.count:,} of {dots:,}{sizes})"


def compared(expected: Image.Image, got: Image.Image) -> Comparison:
    size = max(expected.width, got.width), max(expected.height, got.height)
    pair = _on_white(expected, size), _on_white(got, size)
    differing = reduce(ImageChops.lighter, (_differing(*pair, around, limit) for around, limit in LIMITS.items()))
    return Comparison(expected, got, differing)


def _differing(expected: Image.Image, got: Image.Image, around: tuple[int, int], limit: int) -> Image.Image:
    blur = ImageFilter.BoxBlur(around)
    difference = ImageChops.difference(expected.filter(blur), got.filter(blur))
    return difference.point([255 if grey > limit else 0 for grey in range(256)])


def difference_picture(comparison: Comparison, title: str) -> Image.Image:
    """Return what was expected, what came, and both over each other: red is new, blue is gone, on yellow."""
    captions = f"expected: {title}", "got", f"difference: {comparison.in_words}; red is new, blue is gone"
    panels = [_enlarged(panel) for panel in (comparison.expected, comparison.got, _overlaid(comparison))]
    width = sum(panel.width for panel in panels) + GAP * 4
    height = max(panel.height for panel in panels) + CAPTION + GAP * 2
    sheet = Image.new("RGB", (width, height), "#888")
    draw, left = ImageDraw.Draw(sheet), GAP
    for caption, panel in zip(captions, panels, strict=True):
        draw.text((left, GAP // 2), caption, fill="white", font_size=14)
        sheet.paste(panel, (left, GAP + CAPTION))
        left += panel.width + GAP
    return sheet


def _overlaid(comparison: Comparison) -> Image.Image:
    size = comparison.differing.size
    expected, got = _on_white(comparison.expected, size), _on_white(comparison.got, size)
    both = Image.merge("RGB", (expected, ImageChops.darker(expected, got), got))
    around = comparison.differing.filter(ImageFilter.MaxFilter(9))
    wash = Image.composite(Image.new("RGB", size, MARKED), Image.new("RGB", size, "white"), around)
    return ImageChops.multiply(both, wash)


def _on_white(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    whole = Image.new("L", size, 255)
    whole.paste(picture)
    return whole


def _enlarged(picture: Image.Image) -> Image.Image:
    return picture.convert("RGB").resize((picture.width * ENLARGED, picture.height * ENLARGED))
