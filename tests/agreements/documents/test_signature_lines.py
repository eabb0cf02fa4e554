"""Name and day on the lines that a text has for them: each side's own, by its own signature, on every template."""

import datetime as dt
import io
import itertools
from dataclasses import replace
from functools import cache

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from agreements.documents.places import NAME, SignatureArea, written_lines
from agreements.documents.press import copies_of
from agreements.documents.stamping import StampedSet
from agreements.lifecycle.shown import LEAST_LETTER, Signatory, appearance
from agreements.text.attestation import ON_SCREEN, attestation_of
from agreements.text.fonts import outlines
from boundary.revisions import revisions
from sealing.pades.looks import Mark
from sealing.pades.pictures import Drawn, Written
from sealing.pades.signing import Signed, sign
from tests.agreements.documents import papers
from tests.agreements.documents.judging import disagreements, failures
from tests.hands import NAMES, hand, handwriting, seal, signing
from tests.sealing.pades.validators import poppler, pyhanko

FIRST_DAY, LAST_DAY = dt.date(2026, 11, 9), dt.date(2026, 12, 28)
BEHALF = "徐赟代赵堃签"
LONG = "阿卜杜热合曼·买买提江代古丽巴哈尔·艾合买提江签"
WUZHONG, HUNAN = "wuzhong-2022", "hunan-2020"
OWN = {"name", "year", "month", "day"}
ATTESTED = {"attested_name", "attested_year", "attested_month", "attested_day"}
LINES = {  # what the areas of one side are, beside its block
    HUNAN: {"seal", "beside"},
    "shaoxing-2024-consortium": {"seal", "beside", *OWN},
    "shaoxing-2024-home-sickbed": {"seal", "beside", *OWN},
    "supplement": {"seal", "beside", "year", "month", "day"},
    "taihe-2021": {"seal", "beside", *OWN},
    WUZHONG: {"name", *ATTESTED},
    "zhengzhou-2021": {"seal", "beside", *OWN},
}
SCALE = 2.0  # dots a point


@cache
def frozen(slug: str) -> StampedSet:
    """Return the copies of a template that both sides sign on screen, with the page that attests the days."""
    paper = papers.template_paper(slug, is_filled=True)
    page = attestation_of(
        papers.bodies()[slug],
        number=paper.number,
        digest=paper.digest[:16],
        names=papers.NAMES,
        on_screen=["medical", "elder_care"],
    )
    return copies_of(replace(paper, attestation=page))


def signed(
    slug: str, role: str, *, on: Signed | None = None, written: Written | None = None, words: str = ""
) -> Signed:
    """Return a copy after a side's signature, which is the later one if it comes after another."""
    made = frozen(slug)
    stamp = seal(role) if "seal" in LINES[slug] else None
    by = Signatory(NAMES[role], words or NAMES[role], stamp, written)
    day, last = (LAST_DAY, LAST_DAY) if on else (FIRST_DAY, None)
    looks = appearance(by, written_lines(made.areas, role), on=day, last=last)
    return sign(on.content if on else made.copies[0].content, signing(role, looks=looks), hand(role))


def drawn_on(content: bytes, field: str) -> str:
    """Return what a field shows, as it is drawn."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        held = next(each for each in pdf.Root.AcroForm.Fields if str(each.T) == field)
        return held.AP.N.Sealed.read_bytes().decode() if "/Sealed" in held.AP.N else ""


@pytest.mark.parametrize("slug", sorted(LINES))
def test_each_template_has_its_lines(slug: str) -> None:
    areas = frozen(slug).areas
    for role in ("medical", "elder_care"):
        assert {area.kind for area in areas if area.role == role} == LINES[slug] | {"block"}
    shared = {area.kind for area in areas if not area.role}
    assert shared == ({"block", "year", "month", "day"} if slug == HUNAN else set())


@pytest.mark.parametrize(
    ("slug", "first"), list(zip(sorted(LINES), itertools.cycle(["medical", "elder_care"]), strict=False))
)
def test_lines_are_filled_and_every_validator_agrees(slug: str, first: str) -> None:
    second = {"medical": "elder_care", "elder_care": "medical"}[first]
    once = signed(slug, first, words=BEHALF)
    twice = signed(slug, second, on=once, written=handwriting()["picture"])
    for step in (once, twice):
        assert failures(step.content, "2a", "ua1") == []
        assert disagreements(step.content) == []
    assert [(status.holds, status.changed) for status in pyhanko(twice.content)] == [
        (True, "FORM_FILLING"),
        (True, "NONE"),
    ]
    assert poppler(twice.content) == ["Signature is Valid."] * 2
    assert [(part.filled, part.fault) for part in revisions(twice.content)] == [
        ("", ""),
        (f"seal-{first}", ""),
        (f"seal-{second}", ""),
    ]
    lines = [name for name in once.looks if name.startswith("line-")]
    assert lines
    assert all(name.startswith(f"line-{first}-") for name in lines), "the other side's lines stay empty"


@pytest.mark.parametrize("slug", sorted(LINES))
def test_the_day_is_the_party_s_own_and_the_name_stands_behind_its_words(slug: str) -> None:
    once = signed(slug, "elder_care", words=BEHALF)
    twice = signed(slug, "medical", on=once)
    own = "attested-day" if slug == WUZHONG else "day"
    for role, day in (("elder_care", FIRST_DAY), ("medical", LAST_DAY)):
        shown = drawn_on(twice.content, f"line-{role}-{own}") if slug != HUNAN else ""
        assert all(outlines(str(part)) in shown for part in (day.year, day.month, day.day)) is (slug != HUNAN)
    if NAME in LINES[slug]:
        assert outlines(BEHALF) in drawn_on(twice.content, "line-elder_care-name")
        assert outlines(NAMES["medical"]) in drawn_on(twice.content, "line-medical-name")


def test_the_only_line_for_a_day_is_the_later_signer_s() -> None:
    once = signed(HUNAN, "elder_care")
    assert drawn_on(once.content, "line-elder_care-shared-day") == ""
    twice = signed(HUNAN, "medical", on=once)
    assert outlines(str(LAST_DAY.day)) in drawn_on(twice.content, "line-medical-shared-day")
    assert drawn_on(twice.content, "line-elder_care-shared-day") == ""
    for role, day in (("elder_care", "2026年11月9日"), ("medical", "2026年12月28日")):
        assert outlines(day) in drawn_on(twice.content, f"line-{role}-beside"), "each side's own day"


@pytest.mark.parametrize("words", [BEHALF, LONG], ids=["short", "long"])
@pytest.mark.parametrize("kind", ["drawn", "typed", "picture", ""])
@pytest.mark.parametrize("slug", sorted(LINES))
def test_nothing_is_written_over_anything_and_nothing_is_cut(slug: str, kind: str, words: str) -> None:
    before = frozen(slug)
    written = handwriting()[kind] if kind else None
    once = signed(slug, "medical", written=written, words=words)
    twice = signed(slug, "elder_care", on=once, written=written, words=words)
    steps = [before.copies[0].content, once.content, twice.content]
    for role, (was, now) in zip(("medical", "elder_care"), itertools.pairwise(steps), strict=True):
        for name, line in written_lines(before.areas, role).items():
            if name == "shared-day" and role == "medical":
                continue
            old, new = (_cut(content, line.page, line.box) for content in (was, now))
            ink = ImageChops.difference(old, new).point(lambda dot: 255 if dot > 60 else 0)
            box = ink.getbbox()
            if box is None:
                assert name == "beside", f"{name} of {role} stays empty"
                continue
            assert not ImageChops.multiply(ink, old.point(lambda dot: 255 if dot < 160 else 0)).getbbox(), name
            assert box[0] > 0 < box[1], f"{name} is cut"
            assert box[2] < ink.width, f"{name} is cut"
            assert box[3] < ink.height, f"{name} is cut"
            others = [area for area in before.areas if area.kind == "seal" and area.page == line.page]
            assert not any(_meet(area, line.box) for area in others), f"{name} lies below a seal"


@pytest.mark.parametrize("slug", sorted(LINES))
def test_a_side_marks_no_place_of_the_other(slug: str) -> None:
    before = frozen(slug)
    once = signed(slug, "medical", written=handwriting()["drawn"])
    for area in before.areas:
        if area.role != "medical":
            box = (area.left, area.top, area.left + area.width, area.top + area.height)
            was, now = (_cut(content, area.page, box) for content in (before.copies[0].content, once.content))
            assert ImageChops.difference(was, now).getbbox() is None, area


@pytest.mark.parametrize("kind", ["", "drawn"])
@pytest.mark.parametrize("slug", sorted(LINES))
def test_long_words_stand_in_rows_that_can_be_read(slug: str, kind: str) -> None:
    lines = written_lines(frozen(slug).areas, "medical")
    stamp = seal() if "seal" in LINES[slug] else None
    by = Signatory("阿卜杜热合曼·买买提江", LONG, stamp, handwriting()[kind] if kind else None)
    looks = appearance(by, lines, on=FIRST_DAY, last=None)
    marks = [mark for name, own in looks.lines.items() if not name.endswith("day") for mark in own]
    drawn = [mark for mark in marks if isinstance(mark.shown, Drawn)]
    said = "".join(mark.shown.text for mark in drawn if isinstance(mark.shown, Drawn))
    below = "".join(words.text for words in looks.words)
    assert LONG in said + below
    assert all(_letter(mark) >= LEAST_LETTER for mark in drawn), [_letter(mark) for mark in drawn]


def test_a_name_that_nobody_could_read_on_its_line_gives_way_to_the_shorter_one() -> None:
    name, behalf = "阿卜杜热合曼", "阿卜杜热合曼代" + "诸葛夏侯赟" * 6 + "签"
    areas = frozen("taihe-2021").areas
    looks = appearance(Signatory(name, behalf, seal()), written_lines(areas, "medical"), on=FIRST_DAY, last=None)
    assert [mark.shown.text for mark in looks.lines["name"]] == [name]  # type: ignore[union-attr]  # words are drawn
    assert "".join(mark.shown.text for mark in looks.lines["beside"]) == behalf  # type: ignore[union-attr]  # as above


def test_what_is_signed_on_screen_speaks_of_no_hand() -> None:
    text = papers.squeezed(papers.type_area_text(frozen(WUZHONG).copies[0].content))
    assert papers.squeezed(ON_SCREEN) in text
    assert "手写" not in text


def _letter(mark: Mark) -> float:
    """Return how large the letters of a mark are, in points."""
    left, bottom, right, top = mark.box
    return min((right - left) / mark.shown.width, top - bottom)


@cache
def _page(content: bytes, number: int) -> Image.Image:
    with pypdfium2.PdfDocument(content) as opened:
        opened.init_forms()
        image: Image.Image = opened[number - 1].render(scale=SCALE).to_pil().convert("L")
        return image


def _cut(content: bytes, page: int, box: tuple[float, float, float, float]) -> Image.Image:
    return _page(content, page).crop(tuple(round(edge * 72 / 25.4 * SCALE) for edge in box))  # type: ignore[arg-type]  # four edges


def _meet(area: SignatureArea, box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    return left < area.left + area.width and area.left < right and top < area.top + area.height and area.top < bottom
