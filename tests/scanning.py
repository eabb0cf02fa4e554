"""Scans that never lay on a glass: pages printed, sealed, written on, laid askew, lit and packed, from a seed."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from agreements.documents.places import SignatureArea

MM = 1 / 25.4  # inches
SHEET = (210.0, 297.0)  # mm
PRINTED = 220  # dpi of what is drawn on before it is scanned
RED, INK = (200, 30, 40), (25, 35, 110)
ARCHED_BY = 24  # strips, each of them flat
NAME = (45.0, 12.0)  # mm, of the room that a name by hand has
Rectangle = tuple[float, float, float, float]  # mm from the top left: left, top, width, height


@dataclass(frozen=True)
class Scanner:
    """One way of scanning. Angles in degrees, lengths in mm, light and noise in shades of 255."""

    dpi: int = 150
    skew: float = 0.0  # clockwise
    shift: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    noise: int = 12
    shade: int = 0  # how much darker the dark end is
    paper: int = 246  # the shade of white
    blur: float = 0.25  # mm/10 of what the glass loses
    quality: int = 80  # of JPEG; 0 for PNG
    turned: int = 0  # clockwise
    perspective: float = 0.0  # the part of the sheet by which its far edge is shorter
    mode: str = "RGB"  # or L, or 1
    margin: float = 0.0  # mm of the table around the sheet, as photographs have


@dataclass(frozen=True)
class Marks:
    """What was added by hand, each in a rectangle of its page."""

    seals: Sequence[Rectangle] = ()
    writing: Sequence[Rectangle] = ()
    colours: tuple[tuple[int, int, int], tuple[int, int, int]] = field(default=(RED, INK))


def marks_on(
    places: Iterable[SignatureArea], page: int, *, lacking: str = "", seals: bool = True, names: bool = True
) -> Marks:
    """Return what is added by hand to a page, counted from 1: seals and names of each side but of one that lacks."""
    own = [area for area in places if area.page == page and area.role and area.role != lacking]
    stamped = [(area.left, area.top, area.width, area.height) for area in own if area.kind == "seal"]
    written = [_name_in(area) for area in own if area.kind == "block"]
    return Marks(stamped if seals else (), written if names else ())


def _name_in(block: SignatureArea) -> Rectangle:
    """Return where a name is written: in the middle of a side's part of the block."""
    wide, high = NAME
    return block.left + (block.width - wide) / 2, block.top + (block.height - high) / 2, wide, high


def chance(seed: int) -> Random:
    """Return what decides where the hand trembles and the dust lies, the same for the same seed."""
    return Random(seed)  # noqa: S311 -- made-up scans keep no secret


def printed(pdf: bytes, page: int, dpi: int = PRINTED) -> Image.Image:
    """Return a page, counted from 1, as it is drawn."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        drawn: Image.Image = document[page - 1].render(scale=dpi / 72).to_pil().convert("RGB").copy()
        return drawn
    finally:
        document.close()


def codes_on(pdf: bytes) -> list[str]:
    """Return the text of the code on each page of a paper of ours."""
    count = len(pypdfium2.PdfDocument(pdf))
    read = [zxingcpp.read_barcodes(printed(pdf, page, 200)) for page in range(1, count + 1)]
    return [code.text for [code] in read]


def marked(page: Image.Image, marks: Marks, random: Random) -> Image.Image:
    """Return a printed page with seals and signatures on it."""
    page = page.copy()
    seal_colour, ink = marks.colours
    for place in marks.seals:
        _seal(page, _dots(page, place), seal_colour, random)
    for place in marks.writing:
        _write(page, _dots(page, place), ink, random)
    return page


def damaged(page: Image.Image, what: str, random: Random) -> Image.Image:
    """Return a printed page as desks leave it: "holes", "clip", "corner", "fold"; each takes some print away."""
    page = page.copy()
    draw, dots = ImageDraw.Draw(page), page.width / SHEET[0]
    wide, high = SHEET
    if what == "holes":  # of a binder, once of one that stood wrong: through the text
        left = random.choice((12.0, random.uniform(25, 32)))
        for top in (high / 2 - 40, high / 2 + 40):
            _disc(draw, left * dots, top * dots, 3 * dots, random.choice(((70, 60, 50), (255, 255, 255))))
    elif what == "clip":
        left, top = random.choice((random.uniform(15, 55), random.uniform(125, 170))), random.uniform(-5, 5)
        box = tuple(edge * dots for edge in (left, top, left + random.uniform(8, 35), top + random.uniform(15, 32)))
        draw.rectangle(box, fill=random.choice(((35, 35, 38), (150, 152, 158), (90, 110, 160))))
        draw.rectangle((box[0], box[3] - 2 * dots, box[2], box[3]), fill=(205, 206, 210))
    elif what == "corner":  # turned over, at the foot: its back is blank
        side, right = random.uniform(15, 34), random.random() < 0.5
        x, inner = (wide, wide - side) if right else (0.0, side)
        points = [(x, high), (x, high - side), (inner, high)]
        draw.polygon([(across * dots, down * dots) for across, down in points], fill=(95, 80, 70))
        points = [(x, high - side), (inner, high), (inner, high - side)]
        draw.polygon([(across * dots, down * dots) for across, down in points], fill=(244, 244, 243))
        draw.line(
            [(across * dots, down * dots) for across, down in points[:2]], fill=(190, 190, 190), width=round(dots)
        )
    elif what == "fold":  # in three, as for an envelope: a crease from which ink has come off, and a shadow below it
        for third in (1, 2):
            at = round((high * third / 3 + random.uniform(-6, 6)) * dots)
            below = page.crop((0, at, page.width, page.height))
            page.paste(ImageChops.offset(below, round(random.uniform(-0.4, 0.4) * dots), 0), (0, at))
            draw.line([(0, at), (page.width, at)], fill=(246, 246, 245), width=max(round(0.25 * dots), 1))
            shadow = (0, at, page.width, at + round(2 * dots))
            page.paste(page.crop(shadow).point(lambda shade: round(shade * 0.88)), shadow)
    return page


def arched(page: Image.Image, mm: float, *, lines: bool) -> Image.Image:
    """Return a printed page that does not lie flat: its middle stands off by so much, and so its `lines` are arcs, or
    its edges are."""
    page = page if lines else page.transpose(Image.Transpose.TRANSPOSE)
    wide, high = page.size
    rise = mm * (wide if lines else high) / SHEET[0]
    strips = [round(wide * place / ARCHED_BY) for place in range(ARCHED_BY + 1)]
    up = [rise * (1 - (2 * x / wide - 1) ** 2) for x in strips]
    mesh = [
        ((left, 0, right, high), (left, -up[at], left, high - up[at], right, high - up[at + 1], right, -up[at + 1]))
        for at, (left, right) in enumerate(pairwise(strips))
    ]
    bent = page.transform(page.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC, fillcolor="white")
    return bent if lines else bent.transpose(Image.Transpose.TRANSPOSE)


def characters(pdf: bytes, page: int) -> list[tuple[str, Rectangle]]:
    """Return the characters of a page, counted from 1, and where each stands, in mm."""
    document = pypdfium2.PdfDocument(pdf)
    sheet = document[page - 1]
    text = sheet.get_textpage()
    try:
        high, mm = sheet.get_height(), 25.4 / 72
        found = []
        for number in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(number)
            place = (left * mm, (high - top) * mm, (right - left) * mm, (top - bottom) * mm)
            found.append((text.get_text_range(number, 1), place))
        return [(character, place) for character, place in found if character.strip()]
    finally:
        text.close()
        sheet.close()
        document.close()


def another(characters_: Sequence[tuple[str, Rectangle]], random: Random) -> tuple[Rectangle, Rectangle]:
    """Return where two unlike characters of a page stand, digits or Chinese ones of a size: one to be covered by the
    other."""
    known = [each for each in characters_ if each[0].isdecimal() or "\u4e00" <= each[0] <= "\u9fff"]
    while True:
        (one, place), (other, theirs) = random.choice(known), random.choice(known)
        near = abs(place[3] - theirs[3]) < (0.3 if one.isdecimal() else 0.7)
        if one != other and one.isdecimal() == other.isdecimal() and near:
            return place, theirs


def exchanged(page: Image.Image, one: Rectangle, other: Rectangle) -> Image.Image:
    """Return a printed page on which what stands in one place, in mm, is covered by what stands in another."""
    page = page.copy()
    dots = page.width / SHEET[0]
    places = [
        tuple(round(mm * dots) for mm in (x - 0.1, y - 0.1, x + wide + 0.1, y + high + 0.1))
        for x, y, wide, high in (one, other)
    ]
    (left, top, right, bottom), theirs = places
    drawn = page.crop((theirs[0], theirs[1], theirs[2], theirs[3]))
    page.paste((255, 255, 255), (left, top, right, bottom))
    page.paste(drawn, ((left + right - drawn.width) // 2, bottom - drawn.height))
    return page


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, reach: float, colour: tuple[int, int, int]) -> None:
    draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)


def scanned(page: Image.Image, how: Scanner, random: Random) -> Image.Image:
    """Return what the scanner makes of a printed page."""
    dots = how.dpi * MM
    wide, high = ((side + 2 * how.margin) * dots for side in SHEET)
    ink = page.filter(ImageFilter.GaussianBlur(how.blur / 10 * page.width / SHEET[0] * 2))
    # The sheet's own dots for each dot of the scan: turned about its middle, moved, scaled, and seen from one side.
    per = page.width / SHEET[0] / dots / how.scale
    angle = math.radians(how.skew)
    cos, sin = math.cos(angle) * per, math.sin(angle) * per
    x, y = wide / 2 + how.shift[0] * dots, high / 2 + how.shift[1] * dots
    numbers = (cos, sin, page.width / 2 - cos * x - sin * y, -sin, cos, page.height / 2 + sin * x - cos * y)
    far = how.perspective / high
    # Divided by its depth, so that the middle stays where it is.
    depth = (0.0, far)
    middle = 1 + far * y
    tilted = _times_depth(numbers, depth, middle, (page.width / 2, page.height / 2))
    size = (round(wide), round(high))
    table = (how.paper, how.paper, how.paper) if not how.margin else (92, 78, 64)
    larger = ink.resize((page.width, page.height))
    if per > 2:  # what is made much smaller is averaged first
        by = int(per)
        larger = ink.reduce(by)
        a, b, c, d, e, f, g, h = tilted
        tilted = (a / by, b / by, c / by, d / by, e / by, f / by, g, h)
    seen = larger.transform(size, Image.Transform.PERSPECTIVE, tilted, Image.Resampling.BICUBIC, fillcolor=table)
    seen = _lit(seen, how, random)
    if how.mode != "RGB":
        grey = seen.convert("L")
        seen = grey if how.mode == "L" else grey.point(lambda shade: 255 if shade > 150 else 0)
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return seen.transpose(turns[how.turned]) if how.turned else seen


def packed(picture: Image.Image, how: Scanner) -> bytes:
    """Return the picture as a file: JPEG, or PNG where the quality is 0."""
    out = io.BytesIO()
    if how.quality:
        picture.save(out, "JPEG", quality=how.quality, dpi=(how.dpi, how.dpi))
    else:
        picture.save(out, "PNG", dpi=(how.dpi, how.dpi))
    return out.getvalue()


def as_pdf(pictures: Sequence[Image.Image], how: Scanner) -> bytes:
    """Return pictures as a scanner's PDF, one on each page, as large as its dots say."""
    with pikepdf.new() as pdf:
        for picture in pictures:
            stream = pdf.make_stream(packed(picture, replace(how, quality=how.quality or 100)))
            colours = pikepdf.Name.DeviceRGB if picture.mode == "RGB" else pikepdf.Name.DeviceGray
            stream.stream_dict = pikepdf.Dictionary(
                Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=picture.width, Height=picture.height,
                ColorSpace=colours, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
            )  # fmt: skip
            wide, high = (side / how.dpi * 72 for side in picture.size)
            page = pdf.add_blank_page(page_size=(wide, high))
            page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=stream))
            page.obj.Contents = pdf.make_stream(f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /Im0 Do Q".encode())
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def _times_depth(
    numbers: tuple[float, float, float, float, float, float],
    depth: tuple[float, float],
    middle: float,
    centre: tuple[float, float],
) -> tuple[float, float, float, float, float, float, float, float]:
    """Return the map that is divided by its depth: what stands at the centre stays there."""
    a, b, c, d, e, f = numbers
    g, h = depth
    u, v = centre
    # ((ax + by + c) - u) / D + u, with D the depth over that of the middle.
    g, h = g / middle, h / middle
    one = 1 / middle
    a, b, c = a + (g * u), b + (h * u), c - u + one * u
    d, e, f = d + (g * v), e + (h * v), f - v + one * v
    return a / one, b / one, c / one, d / one, e / one, f / one, g / one, h / one


def _lit(seen: Image.Image, how: Scanner, random: Random) -> Image.Image:
    """Paper is not white, light falls from one side, and the sensor adds its noise."""
    size = seen.size
    seen = seen.point(lambda shade: round(18 + shade * (how.paper - 18) / 255))
    if how.shade:
        light = Image.linear_gradient("L").rotate(random.choice((0, 90, 180, 270))).resize(size)
        light = light.point(lambda shade: 255 - round(shade * how.shade / 255))
        seen = ImageChops.multiply(seen, Image.merge("RGB", [light] * 3))
    if how.noise:
        bands = []
        for band in seen.split():
            first = Image.frombytes("L", size, random.randbytes(size[0] * size[1]))
            second = Image.frombytes("L", size, random.randbytes(size[0] * size[1]))
            mixed = ImageChops.add(first, second, 2).point(lambda shade: round(shade * how.noise / 52))
            bands.append(ImageChops.add(band, mixed, 1, -round(127.5 * how.noise / 52)))
        seen = Image.merge("RGB", bands)
    return seen


def _dots(page: Image.Image, place: Rectangle) -> tuple[float, float, float, float]:
    scale = page.width / SHEET[0]
    left, top, wide, high = place
    return left * scale, top * scale, wide * scale, high * scale


def _seal(page: Image.Image, place: Rectangle, colour: tuple[int, int, int], random: Random) -> None:
    """A round seal of 40 mm or what fits, unevenly inked, through which the print can be seen."""
    left, top, wide, high = place
    side = round(min(wide, high, 42 * page.width / SHEET[0]) * 0.95)
    seal = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(seal)
    rim = max(side // 32, 2)
    draw.ellipse((0, 0, side - 1, side - 1), outline=255, width=rim)
    star = [
        (side / 2 + side * (0.17 if n % 2 == 0 else 0.07) * math.sin(n * math.pi / 5),
         side / 2 - side * (0.17 if n % 2 == 0 else 0.07) * math.cos(n * math.pi / 5))
        for n in range(10)
    ]  # fmt: skip
    draw.polygon(star, fill=255)
    for n in range(14):  # characters along the rim
        angle = math.radians(150 + n * 240 / 13)
        x, y = side / 2 + side * 0.39 * math.cos(angle), side / 2 + side * 0.39 * math.sin(angle)
        size = side * 0.04
        for _ in range(4):
            ends = [(x + random.uniform(-size, size), y + random.uniform(-size, size)) for _ in range(2)]
            draw.line(ends, fill=255, width=max(rim // 2, 2))
    seal = seal.rotate(random.uniform(-20, 20), Image.Resampling.BICUBIC)
    worn = Image.frombytes("L", (16, 16), random.randbytes(256)).resize((side, side), Image.Resampling.BICUBIC)
    seal = ImageChops.multiply(seal, worn.point(lambda shade: 110 + shade * 145 // 255))
    x = round(left + (wide - side) * random.uniform(0.2, 0.8))
    y = round(top + (high - side) * random.uniform(0.2, 0.8))
    inked = Image.composite(Image.new("RGB", seal.size, colour), Image.new("RGB", seal.size, "white"), seal)
    box = (x, y, x + side, y + side)
    page.paste(ImageChops.multiply(page.crop(box), inked), box)


def _write(page: Image.Image, place: Rectangle, colour: tuple[int, int, int], random: Random) -> None:
    """A name by hand: a few bent strokes of 0.4 to 0.7 mm."""
    left, top, wide, high = place
    draw = ImageDraw.Draw(page)
    width = max(round(random.uniform(0.4, 0.7) * page.width / SHEET[0]), 2)
    size = min(high * 0.8, wide / 3.2, 11 * page.width / SHEET[0])
    x, y = left + wide * 0.1, top + high / 2
    for _ in range(random.choice((2, 3))):
        for _ in range(random.randint(4, 7)):
            a = (x + random.uniform(0, size), y + random.uniform(-size / 2, size / 2))
            b = (x + random.uniform(0, size), y + random.uniform(-size / 2, size / 2))
            bend = ((a[0] + b[0]) / 2 + random.uniform(-size, size) / 6, (a[1] + b[1]) / 2)
            draw.line([a, bend, b], fill=colour, width=width, joint="curve")
        x += size * 1.05
