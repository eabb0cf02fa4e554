"""Which backs are empty: those with dust, bleeding through and a shadow at the edge; none on which somebody wrote."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from boundary.cell.keeper import ENVIRONMENT, ROOT
from boundary.printing import SERIF, font_file
from tests.scanning import chance

INK, PENCIL, PAPER = (20, 20, 20), (150, 150, 150), (246, 246, 244)
ASKED = """
import sys; sys.path.insert(0, sys.argv[1])
from PIL import Image
from boundary.cell.inside.drawing import is_white
print(*(is_white(Image.open(path)) for path in sys.argv[2:]))
"""


def font(points: int) -> ImageFont.FreeTypeFont:
    found = font_file(SERIF)
    return ImageFont.truetype(found.path, round(points * 150 / 72), index=found.index)


def sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (1240, 1754), PAPER)
    return picture, ImageDraw.Draw(picture)


def clean() -> Image.Image:
    return sheet()[0]


def dusty() -> Image.Image:
    picture, on = sheet()
    luck = chance(5)
    for _ in range(120):
        on.point((luck.randrange(1240), luck.randrange(1754)), INK)
    return picture


def bled_through() -> Image.Image:
    picture, on = sheet()
    for line in range(200, 1500, 60):
        on.text((150, line), "双方各执一份，报送卫生健康部门和民政部门。", (236, 236, 234), font(12))
    return picture


def shadowed() -> Image.Image:
    picture, on = sheet()
    on.rectangle((0, 0, 12, 1754), fill=(90, 90, 90))
    return picture


def shaded(picture: Image.Image, by: int = 36) -> Image.Image:
    """As from a scanner whose lamp is weak at one end, or a photograph beside a window."""
    light = Image.linear_gradient("L").rotate(90).resize(picture.size).point(lambda shade: 255 - shade * by // 255)
    return ImageChops.multiply(picture, Image.merge("RGB", [light] * 3))


def lit_from_one_side() -> Image.Image:
    return shaded(bled_through())


def voided() -> Image.Image:
    picture, on = sheet()
    on.text((600, 800), "作废", INK, font(12))
    return picture


def pencilled() -> Image.Image:
    picture, on = sheet()
    on.text((300, 900), "这份不算，以后面那份为准", PENCIL, font(12))
    return picture


def ticked() -> Image.Image:
    picture, on = sheet()
    on.line([(600, 820), (612, 835), (636, 800)], INK, 3)
    return picture


def pencilled_in_the_shade() -> Image.Image:
    return shaded(pencilled())


def ticked_in_the_shade() -> Image.Image:
    return shaded(ticked())


def in_deep_shade() -> Image.Image:
    return shaded(clean(), by=80)


def covered_in_the_middle() -> Image.Image:
    """By a slip of paper that is a little darker: what lies below is not seen."""
    picture, on = sheet()
    on.rectangle((400, 500, 900, 1200), fill=(222, 222, 220))
    return picture


def shadowed_all_round() -> Image.Image:
    """By a lid: darkest at the edge, and in the corners from both sides."""
    picture, _ = sheet()
    for turned in (0, 90, 180, 270):
        lid = Image.new("L", picture.size, 255)
        lid = lid.rotate(turned, expand=True)
        on = ImageDraw.Draw(lid)
        for row in range(30):
            on.line((0, row, lid.width, row), fill=135 + 4 * row)
        picture = ImageChops.multiply(picture, Image.merge("RGB", [lid.rotate(-turned, expand=True)] * 3))
    return picture


def noisy(picture: Image.Image, shades: int = 36) -> Image.Image:
    """As from a sensor with little light: each dot of each colour so much lighter or darker at most."""
    luck = chance(8)
    bands = []
    for band in picture.split():
        noise = Image.frombytes("L", band.size, luck.randbytes(band.width * band.height))
        noise = noise.point(lambda shade: round(shade * 2 * shades / 255))
        bands.append(ImageChops.add(band, noise, 1, -shades))
    return Image.merge("RGB", bands)


def bled_through_and_noisy() -> Image.Image:
    return noisy(bled_through(), 20)


def pencilled_hard() -> Image.Image:
    """Two characters of a hard pencil: thin, and not much darker than paper."""
    picture, on = sheet()
    luck = chance(3)
    for left in (400, 430):
        for _ in range(6):
            ends = [(left + luck.uniform(0, 26), 800 + luck.uniform(0, 26)) for _ in range(2)]
            on.line(ends, fill=(196, 196, 196), width=2)
    return picture


def pencilled_hard_in_noise() -> Image.Image:
    return noisy(pencilled_hard(), 20)


def marked_in_yellow() -> Image.Image:
    picture, on = sheet()
    on.line([(600, 820), (640, 835)], (250, 240, 120), 4)
    return picture


def noted_at(x: int, y: int, words: str = "此件作废") -> Image.Image:
    picture, on = sheet()
    on.text((x, y), words, INK, font(9))
    return picture


def noted_at_the_top() -> Image.Image:
    return noted_at(500, 14)


def noted_at_the_foot() -> Image.Image:
    return noted_at(500, 1754 - 40)


def noted_at_the_side() -> Image.Image:
    return noted_at(12, 800, "废")


def noted_at_the_other_side() -> Image.Image:
    return noted_at(1240 - 34, 800, "废")


def noted_in_the_corner() -> Image.Image:
    return noted_at(14, 14, "废")


def noted_in_the_shadow() -> Image.Image:
    picture = shadowed_all_round()
    ImageDraw.Draw(picture).text((500, 10), "此件作废", INK, font(9))
    return picture


EMPTY = [clean, dusty, bled_through, shadowed, shadowed_all_round, lit_from_one_side, bled_through_and_noisy]
WRITTEN = [
    voided, pencilled, ticked, pencilled_in_the_shade, ticked_in_the_shade, in_deep_shade, covered_in_the_middle,
    pencilled_hard, pencilled_hard_in_noise, marked_in_yellow, noted_at_the_top, noted_at_the_foot, noted_at_the_side,
    noted_at_the_other_side, noted_in_the_corner, noted_in_the_shadow,
]  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """What the code of a cell says of each, in a process of its own as there."""
    folder: Path = tmp_path_factory.mktemp("backs")
    names = [make.__name__ for make in (*EMPTY, *WRITTEN)]
    for make in (*EMPTY, *WRITTEN):
        make().save(folder / f"{make.__name__}.png")
    paths = [str(folder / f"{name}.png") for name in names]
    command = [sys.executable, "-c", ASKED, str(ROOT), *paths]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | ENVIRONMENT)
    return {name: word == "True" for name, word in zip(names, said.stdout.split(), strict=True)}


@pytest.mark.parametrize("name", [make.__name__ for make in EMPTY])
def test_it_is_empty(name: str, told: dict[str, bool]) -> None:
    assert told[name]


@pytest.mark.parametrize("name", [make.__name__ for make in WRITTEN])
def test_something_stands_on_it(name: str, told: dict[str, bool]) -> None:
    assert not told[name]
