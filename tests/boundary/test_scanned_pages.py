"""What a cell reads on scanned pages: codes, how the sheet lies, whether it is our page, and what was added to it.

The scans are made up (tests/scanning.py) of papers that the product prints; tests put their marks in the areas.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
import segno
from PIL import Image, ImageDraw

from agreements.documents.press import copies_of, preview_pdf
from boundary.cell import bounds
from boundary.cell.door import Drawn, Kind, Verdict, draw
from boundary.cell.inside.reading import BESIDE, HALVES, PASTED
from boundary.cell.keeper import KEEPER
from boundary.cell.seen import Compared, OurPage, OurPaper, Seen
from tests.agreements.documents.papers import long_text, made, paper, template_paper
from tests.scanning import (
    Marks,
    Rectangle,
    Scanner,
    another,
    arched,
    as_pdf,
    chance,
    characters,
    codes_on,
    damaged,
    exchanged,
    marked,
    packed,
    printed,
    scanned,
)

SLUG = "shaoxing-2024-consortium"
SEAL, NAME = "甲方印章", "甲方签名"
AREAS: dict[str, Rectangle] = {SEAL: (28, 100, 60, 50), NAME: (105, 160, 70, 18)}
SIGNED = Marks(seals=[AREAS[SEAL]], writing=[AREAS[NAME]])
ENOUGH = 0.002  # of an area: less is no seal and no name
COMMON = Scanner(skew=2.5, shift=(2, -2), scale=0.97, shade=30)
PHOTO = replace(COMMON, dpi=200, margin=15, perspective=0.08, shade=70, paper=215)
PAGES = (2000, 1000)


@cache
def copy(number: int = 1) -> bytes:
    return made(SLUG, is_filled=True).copies[number - 1].content


@cache
def codes(number: int) -> list[str]:
    return codes_on(copy(number))


def code(page: int, number: int = 1) -> str:
    return codes(number)[page - 1]


@cache
def sheet(page: int, *, signed: bool) -> Image.Image:
    plain = printed(copy(), page)
    return marked(plain, SIGNED, chance(page)) if signed else plain


@pytest.fixture
def ours(tmp_path: Path) -> list[OurPaper]:
    """The first two copies, each with all its pages."""
    papers = []
    for number in (1, 2):
        path = tmp_path / f"copy{number}"
        path.write_bytes(copy(number))
        pages = made(SLUG, is_filled=True).pages_each
        papers.append(OurPaper(path, [OurPage(page, code(page, number), AREAS) for page in range(1, pages + 1)]))
    return papers


def drawn(content: bytes, papers: list[OurPaper], tmp_path: Path) -> tuple[Verdict, list[Drawn]]:
    (tmp_path / "given").write_bytes(content)
    (tmp_path / "into").mkdir()
    return draw(tmp_path / "given", Kind.SCAN, widths=PAGES, into=tmp_path / "into", papers=papers)


def seen(content: bytes, papers: list[OurPaper], tmp_path: Path) -> Seen:
    [page] = drawn(content, papers, tmp_path)[1]
    return page.seen


def compared(content: bytes, papers: list[OurPaper], tmp_path: Path) -> Compared:
    found = seen(content, papers, tmp_path).compared
    assert found is not None
    return found


def taken(picture: Image.Image, how: Scanner) -> bytes:
    return packed(scanned(picture, how, chance(7)), how)


@pytest.mark.parametrize(
    "how",
    [
        COMMON,
        replace(COMMON, skew=-5, noise=18),
        replace(COMMON, skew=5, mode="L", quality=55),
        replace(COMMON, dpi=200, mode="1", quality=0),
        replace(COMMON, dpi=300, turned=90),
        replace(COMMON, turned=180),
        replace(COMMON, turned=270),
        PHOTO,
    ],
    ids=["colour", "askew", "grey", "black", "quarter", "half", "three-quarters", "photograph"],
)
def test_a_signed_page_is_known_and_its_ink_is_found(how: Scanner, ours: list[OurPaper], tmp_path: Path) -> None:
    _, [page] = drawn(taken(sheet(2, signed=True), how), ours, tmp_path)
    assert [found.text for found in page.seen.codes] == [code(2)]
    assert page.seen.turned == how.turned
    assert page.seen.compared is not None
    assert (page.seen.compared.code, page.seen.compared.same) == (code(2), False)
    assert page.seen.compared.differing == ()
    assert all(share > ENOUGH for share in page.seen.compared.ink.values()), page.seen.compared.ink
    with Image.open(page.large) as picture, Image.open(page.small) as small:
        assert (picture.size, picture.width < picture.height) == ((page.width, page.height), True), "it stands upright"
        assert small.width <= PAGES[1]
        corners = page.seen.codes[0].corners
        middle = sum(x for x, _ in corners) / 4 / picture.width
        assert (0.4 < middle < 0.6, corners[0][1] < picture.height / 3) == (True, True), "the code is at the top"


def test_of_a_page_without_signatures_no_ink_is_told(ours: list[OurPaper], tmp_path: Path) -> None:
    found = compared(taken(sheet(2, signed=False), COMMON), ours, tmp_path)
    assert (found.same, found.ink) == (False, {SEAL: 0, NAME: 0}), "it was paper, and nobody has signed it"


def test_the_area_that_has_no_ink_is_named(ours: list[OurPaper], tmp_path: Path) -> None:
    only = marked(printed(copy(), 2), replace(SIGNED, writing=()), chance(2))
    ink = compared(taken(only, COMMON), ours, tmp_path).ink
    assert (ink[SEAL] > ENOUGH, ink[NAME]) == (True, 0)


@pytest.mark.parametrize("dpi", [96, 150, 300])
@pytest.mark.parametrize("quality", [0, 60])
def test_a_digital_copy_is_known_for_one(dpi: int, quality: int, ours: list[OurPaper], tmp_path: Path) -> None:
    picture = printed(copy(), 1, dpi)
    scaled = picture.resize((round(picture.width * 1.02), round(picture.height * 1.02)))
    found = compared(packed(scaled, Scanner(dpi=dpi, quality=quality)), ours, tmp_path)
    assert (found.code, found.same, found.ink) == (code(1), True, {SEAL: 0, NAME: 0})


def test_so_is_our_own_file_and_one_that_was_saved_again(ours: list[OurPaper], tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(copy(2))) as pdf:
        again = io.BytesIO()
        pdf.save(again, compress_streams=False)
    _, pages = drawn(again.getvalue(), ours, tmp_path)
    told = [page.seen.compared for page in pages]
    assert [each and (each.code, each.same) for each in told] == [(code(n, 2), True) for n in range(1, len(pages) + 1)]


@pytest.mark.parametrize("quality", [0, 70])
def test_a_digital_copy_with_a_seal_drawn_on_it_is_no_longer_ours_and_doubtful(
    quality: int, ours: list[OurPaper], tmp_path: Path
) -> None:
    verdict, [page] = drawn(packed(sheet(1, signed=True), Scanner(quality=quality)), ours, tmp_path)
    assert page.seen.compared is not None
    assert not page.seen.compared.same
    assert [doubt.words for doubt in verdict.doubts] == [PASTED]


def test_a_field_that_a_stranger_filled_is_no_seal(ours: list[OurPaper], tmp_path: Path) -> None:
    """Any editor sets the looks of a field: the page is not signed by that, and the certifier is told."""
    with pikepdf.open(io.BytesIO(copy(2))) as pdf:
        [*fields] = [field for field in pdf.Root.AcroForm.Fields if str(field.T).startswith("seal-")]
        for field in fields:
            left, bottom, right, top = (float(edge) for edge in field.Rect)
            box, seal = [0, 0, right - left, top - bottom], b"0.8 0.1 0.1 rg 10 10 60 60 re 30 30 20 20 re f*"
            looks = pdf.make_stream(seal, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=box)
            field.AP = pikepdf.Dictionary(N=looks)
        filled = io.BytesIO()
        pdf.save(filled)
    verdict, pages = drawn(filled.getvalue(), ours, tmp_path)
    same = [page.seen.compared is not None and page.seen.compared.same for page in pages]
    assert fields
    assert [doubt.page for doubt in verdict.doubts if doubt.words == PASTED] == [
        number for number, is_ours in enumerate(same, 1) if not is_ours
    ]
    assert same.count(False) <= 1, "the page with the fields"


@pytest.mark.parametrize(
    "how",
    [COMMON, Scanner(skew=0.4, dpi=200, mode="1", quality=0), Scanner(dpi=200), Scanner(mode="L", paper=250), PHOTO],
    ids=["askew", "black", "straight", "grey", "photograph"],
)
def test_what_was_scanned_is_not_doubted(how: Scanner, ours: list[OurPaper], tmp_path: Path) -> None:
    verdict, _ = drawn(taken(sheet(2, signed=True), how), ours, tmp_path)
    assert verdict.doubts == ()


def test_a_code_of_ours_on_another_page_is_not_taken_for_that_page(ours: list[OurPaper], tmp_path: Path) -> None:
    """Cut out and glued on: the code is told, and nothing is compared."""
    other = sheet(1, signed=True).copy()
    box = (round(other.width * 0.35), 0, round(other.width * 0.65), round(other.height * 0.123))
    other.paste(sheet(2, signed=False).crop(box), box)
    found = seen(taken(other, COMMON), ours, tmp_path)
    assert ([each.text for each in found.codes], found.compared) == ([code(2)], None)


@cache
def other(page: int) -> tuple[str, Image.Image]:
    """Return a page on which one character, far from the edges, was covered by another, and which that was."""
    stand = [each for each in characters(copy(), page) if 60 < each[1][0] < 150 and 60 < each[1][1] < 230]
    place, theirs = another(stand, chance(page))
    [was] = [character for character, at in stand if at == place]
    return was, exchanged(sheet(page, signed=True), place, theirs)


@pytest.mark.parametrize(
    "how", [COMMON, replace(COMMON, dpi=200, mode="1", quality=0), PHOTO], ids=["colour", "black", "photograph"]
)
@pytest.mark.parametrize("page", [1, 2])
def test_one_character_that_is_another_is_told_with_our_words_around_it(
    page: int, how: Scanner, ours: list[OurPaper], tmp_path: Path
) -> None:
    was, picture = other(page)
    found = compared(taken(picture, how), ours, tmp_path)
    [words] = found.differing
    assert was in words
    assert len(words) <= 9
    assert not found.is_bent, "it lay flat, and so another stands there"


def test_our_code_on_the_same_page_of_a_like_agreement_is_found_out(ours: list[OurPaper], tmp_path: Path) -> None:
    """Only a number at the foot and some filled-in words are others there, and much of the page none."""
    like = replace(template_paper(SLUG, is_filled=True), number="YY-330602-2026-0007")
    page = marked(printed(copies_of(like).copies[0].content, 1), SIGNED, chance(1))
    box = (round(page.width * 0.35), 0, round(page.width * 0.65), round(page.height * 0.123))
    page.paste(sheet(1, signed=False).crop(box), box)
    [words] = compared(taken(page, COMMON), ours, tmp_path).differing
    assert "1" in words


@pytest.mark.parametrize("what", ["holes", "clip", "corner", "fold"])
def test_what_desks_do_to_a_sheet_makes_no_other_text_of_it(what: str, ours: list[OurPaper], tmp_path: Path) -> None:
    picture = damaged(sheet(1, signed=True), what, chance(5))
    assert compared(taken(picture, COMMON), ours, tmp_path).differing == ()


@pytest.mark.parametrize(("mm", "lines"), [(1.0, True), (2.0, True), (2.0, False), (2.5, True), (4.0, True)])
def test_a_sheet_that_is_arched_is_at_worst_for_a_person_to_look_at(
    mm: float, *, lines: bool, ours: list[OurPaper], tmp_path: Path
) -> None:
    picture = arched(sheet(1, signed=True), mm, lines=lines)
    found = seen(taken(picture, replace(PHOTO, perspective=0)), ours, tmp_path)
    assert [each.text for each in found.codes] == [code(1)]
    assert found.compared is None or found.compared.is_bent or not found.compared.differing, "never another text"


def test_on_an_arched_sheet_a_changed_word_is_not_taken_for_ours(ours: list[OurPaper], tmp_path: Path) -> None:
    _, picture = other(1)
    found = seen(taken(arched(picture, 2, lines=True), replace(PHOTO, perspective=0)), ours, tmp_path).compared
    assert found is None or (found.is_bent and found.differing)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_seal_and_a_name_over_the_text_take_no_word_of_it(mode: str, ours: list[OurPaper], tmp_path: Path) -> None:
    over = Marks(seals=[(60, 120, 44, 44), (100, 70, 44, 44)], writing=[(60, 180, 45, 12)])
    picture = marked(sheet(1, signed=True), over, chance(6))
    assert compared(taken(picture, replace(COMMON, mode=mode)), ours, tmp_path).differing == ()


def test_a_word_that_was_covered_is_told_too(ours: list[OurPaper], tmp_path: Path) -> None:
    place = next(at for _, at in characters(copy(), 1) if 80 < at[0] < 120 and 120 < at[1] < 200)
    picture = exchanged(sheet(1, signed=True), place, (100.0, 5.0, 0.1, 0.1))
    assert len(compared(taken(picture, COMMON), ours, tmp_path).differing) == 1


def test_what_was_painted_over_hides_no_other_word_further_down(ours: list[OurPaper], tmp_path: Path) -> None:
    """So much is unlike ours that the rest is not looked at: then it is for a person."""
    _, picture = other(1)
    picture, mm = picture.copy(), picture.width / 210
    draw_on = ImageDraw.Draw(picture)
    text = [at for _, at in characters(copy(), 1) if at[1] > 35 and at[2] > 1]
    for left, top, wide, high in text[: bounds.MOST_DIFFERING + 30]:
        draw_on.rectangle([side * mm for side in (left, top, left + wide, top + high)], fill=(10, 10, 10))
    assert compared(taken(picture, COMMON), ours, tmp_path).differing


@pytest.mark.parametrize(("shows", "is_white"), [("nothing", True), ("a line by hand", False), ("grey", False)])
def test_an_empty_back_is_told_from_what_anything_stands_on(*, shows: str, is_white: bool, tmp_path: Path) -> None:
    """With noise, paper's own shade, and the shadow of the lid along its edges."""
    back = Image.new("RGB", sheet(1, signed=False).size, (150, 150, 150) if shows == "grey" else "white")
    ImageDraw.Draw(back).rectangle((0, 0, back.width, round(back.height * 0.01)), fill=(120, 120, 120))
    if shows == "a line by hand":
        back = marked(back, Marks(writing=[(60, 120, 45, 12)]), chance(8))
    assert seen(taken(back, Scanner(dpi=150, mode="L")), [], tmp_path).is_white is is_white


def spread(left: Image.Image, right: Image.Image) -> Image.Image:
    both = Image.new("RGB", (left.width * 2, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("is_pdf", [False, True])
def test_two_pages_side_by_side_on_a_sheet_are_read_each_by_itself(
    *, turned: int, is_pdf: bool, ours: list[OurPaper], tmp_path: Path
) -> None:
    """As a copier scans an open sheet of A3; the left one comes first, and each is known as if it lay there alone."""
    how = replace(COMMON, dpi=150, quality=80, skew=0)
    pages = [scanned(sheet(page, signed=signed), how, chance(page)) for page, signed in ((2, True), (1, False))]
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    both = spread(*pages)
    both = both.transpose(turns[turned]) if turned else both
    verdict, found = drawn(as_pdf([both], how) if is_pdf else packed(both, how), ours, tmp_path)
    assert [[each.text for each in page.seen.codes] for page in found] == [[code(2)], [code(1)]]
    assert (verdict.page_count, [page.seen.turned for page in found]) == (2, [0, 0])
    first, second = (page.seen.compared for page in found)
    assert first is not None
    assert second is not None
    assert (first.differing, second.differing) == ((), ())
    assert all(share > ENOUGH for share in first.ink.values())
    assert second.ink == {SEAL: 0, NAME: 0}, "nobody has signed the right one"
    assert [(doubt.page, doubt.words) for doubt in verdict.doubts] == [(1, HALVES[0]), (2, HALVES[1])]
    assert all(page.width < page.height for page in found)


def printed_without_code() -> Image.Image:
    """A page of words that is none of ours, or whose code nobody can read."""
    page = sheet(1, signed=False).copy()
    page.paste((255, 255, 255), (0, 0, page.width, round(page.height * 0.12)))
    return page


@pytest.mark.parametrize("turned", [0, 90])
@pytest.mark.parametrize("is_right", [False, True], ids=["left", "right"])
@pytest.mark.parametrize("has_words", [True, False], ids=["words", "empty"])
def test_of_one_page_of_ours_beside_something_else_the_other_half_is_told(
    *, has_words: bool, is_right: bool, turned: int, ours: list[OurPaper], tmp_path: Path
) -> None:
    """As a copier scans an open sheet of A3 of which only one half is ours: an empty half is nothing to be told."""
    how = replace(COMMON, dpi=150, quality=80, skew=0)
    other_half = printed_without_code() if has_words else Image.new("RGB", sheet(2, signed=True).size, "white")
    pages = [scanned(page, how, chance(3)) for page in (sheet(2, signed=True), other_half)]
    both = spread(*(reversed(pages) if is_right else pages))
    both = both.transpose(Image.Transpose.ROTATE_270) if turned else both
    verdict, [page] = drawn(packed(both, how), ours, tmp_path)
    assert page.seen.compared is not None
    assert page.seen.compared.code == code(2)
    assert [doubt.words for doubt in verdict.doubts] == ([BESIDE] if has_words else [])


def test_on_a_spread_a_changed_word_of_one_page_is_told_of_that_page(ours: list[OurPaper], tmp_path: Path) -> None:
    was, changed = other(1)
    how = replace(COMMON, skew=0)
    both = spread(*(scanned(page, how, chance(3)) for page in (changed, sheet(2, signed=True))))
    _, [left, right] = drawn(packed(both, how), ours, tmp_path)
    assert left.seen.compared is not None
    assert right.seen.compared is not None
    assert (was in "".join(left.seen.compared.differing), right.seen.compared.differing) == (True, ())


def strange_page() -> Image.Image:
    """A page of text without a code."""
    page = sheet(1, signed=False).copy()
    page.paste("white", (0, 0, page.width, round(page.height * 0.123)))
    return page


def open_lid() -> Image.Image:
    return Image.new("RGB", sheet(1, signed=False).size, (14, 14, 16))


def empty() -> Image.Image:
    return Image.new("RGB", sheet(1, signed=False).size, "white")


def one_note() -> Image.Image:
    return marked(empty(), Marks(writing=[(60, 120, 45, 12)]), chance(8))


@pytest.mark.parametrize(
    ("beside", "is_told", "turned", "is_left"),
    [
        (strange_page, True, 0, True),
        (strange_page, True, 90, False),
        (one_note, True, 0, False),
        (empty, False, 90, True),
        (open_lid, False, 0, False),
    ],
)
def test_what_stands_beside_our_page_on_a_sheet_is_a_doubt(
    *,
    beside: Callable[[], Image.Image],
    is_told: bool,
    turned: int,
    is_left: bool,
    ours: list[OurPaper],
    tmp_path: Path,
) -> None:
    """An open booklet, or two sheets on one glass: our page is known, and somebody is told of what was not read."""
    how = replace(COMMON, skew=0, shift=(0, 0), scale=1)
    own, other = scanned(sheet(2, signed=True), how, chance(2)), scanned(beside(), how, chance(3))
    both = spread(own, other) if is_left else spread(other, own)
    both = both.transpose(Image.Transpose.ROTATE_90) if turned else both
    verdict, [page] = drawn(packed(both, how), ours, tmp_path)
    assert page.seen.compared is not None
    assert page.seen.compared.differing == ()
    assert [doubt.words for doubt in verdict.doubts] == ([BESIDE] if is_told else [])


def test_our_page_twice_on_a_sheet_is_told_for_only_one_was_read(ours: list[OurPaper], tmp_path: Path) -> None:
    _, changed = other(1)
    how = replace(COMMON, skew=0)
    both = spread(*(scanned(page, how, chance(3)) for page in (sheet(1, signed=True), changed)))
    verdict, [page] = drawn(packed(both, how), ours, tmp_path)
    assert [doubt.words for doubt in verdict.doubts] == [BESIDE]
    assert page.seen.compared is not None


@pytest.mark.parametrize("how", ["one above the other", "upside down"])
def test_two_of_our_pages_that_lie_otherwise_are_not_compared(how: str, ours: list[OurPaper], tmp_path: Path) -> None:
    one, two = sheet(1, signed=True), sheet(2, signed=True)
    if how == "upside down":
        both = spread(one, two.transpose(Image.Transpose.ROTATE_180))
    else:
        both = Image.new("RGB", (one.width, one.height * 2), "white")
        both.paste(one, (0, 0))
        both.paste(two, (0, one.height))
    found = seen(packed(both, Scanner(quality=90)), ours, tmp_path)
    assert ({each.text for each in found.codes}, found.compared) == ({code(1), code(2)}, None)


def test_another_papers_page_is_told_by_its_code_alone(ours: list[OurPaper], tmp_path: Path) -> None:
    strange = replace(paper(long_text(4)), number="YY-330602-2026-0002")
    content = marked(printed(preview_pdf(strange), 1), SIGNED, chance(1))
    found = seen(taken(content, replace(COMMON, turned=180)), ours, tmp_path)
    assert "0002" in found.codes[0].text
    assert (found.turned, found.compared) == (180, None), "it is shown upright all the same"


def test_several_pages_of_one_file_in_any_order(ours: list[OurPaper], tmp_path: Path) -> None:
    how = replace(COMMON, quality=80)
    pictures = [scanned(sheet(page, signed=True), how, chance(page)) for page in (2, 1)]
    turned = [pictures[0].transpose(Image.Transpose.ROTATE_180), pictures[1]]
    _, pages = drawn(as_pdf(turned, how), ours, tmp_path)
    assert [(page.seen.codes[0].text, page.seen.turned) for page in pages] == [(code(2), 180), (code(1), 0)]
    assert all(page.seen.compared for page in pages)


def test_a_photograph_is_turned_as_it_says_before_it_is_read(ours: list[OurPaper], tmp_path: Path) -> None:
    """Orientation 6: the file's own rows are its columns. What the camera knew is not told again as a turned sheet."""
    lying = scanned(sheet(1, signed=True), COMMON, chance(3)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    lying.save(out, "JPEG", quality=85, exif=exif)
    found = seen(out.getvalue(), ours, tmp_path)
    assert (found.codes[0].text, found.turned, found.compared is not None) == (code(1), 0, True)


def test_without_papers_of_ours_the_codes_are_told(tmp_path: Path) -> None:
    found = seen(taken(sheet(1, signed=True), COMMON), [], tmp_path)
    assert ([each.text for each in found.codes], found.compared) == ([code(1)], None)


def test_a_paper_of_ours_that_cannot_be_opened_is_nobodys_refusal(ours: list[OurPaper], tmp_path: Path) -> None:
    for each in ours:
        each.path.write_bytes(b"%PDF-1.7 and nothing")
    found = seen(taken(sheet(1, signed=True), COMMON), ours, tmp_path)
    assert ([each.text for each in found.codes], found.compared) == ([code(1)], None)


@pytest.mark.parametrize(("apart", "is_found"), [(150, True), (60, False)], ids=["dozens", "hundreds"])
def test_of_a_crowd_of_codes_few_are_told_and_ours_first(
    apart: int, is_found: bool, ours: list[OurPaper], tmp_path: Path
) -> None:
    """Among hundreds the reader itself looks at the first that it finds; what such a page shows is for a person."""
    crowd = printed(copy(), 1, 150)
    for top in range(300, crowd.height - apart, apart):
        for left in range(0, crowd.width - apart, apart):
            crowd.paste(_code_picture(f"{left}/{top}"), (left, top))
    found = seen(packed(crowd, Scanner(quality=0)), ours, tmp_path)
    assert len(found.codes) == bounds.MOST_CODES
    assert (found.codes[0].text == code(1), code(1) in {each.text for each in found.codes}) == (is_found, is_found)
    assert is_found or found.compared is None


def test_a_code_as_long_as_codes_can_be_is_left_out(tmp_path: Path) -> None:
    assert seen(packed(_code_picture("1" * 2_000, 8), Scanner(quality=0)), [], tmp_path).codes == ()


@pytest.mark.parametrize("text", ["二维码里的中文", "x" * bounds.LONGEST_CODE])
def test_whatever_a_code_says_is_told_as_it_stands(text: str, tmp_path: Path) -> None:
    assert [each.text for each in seen(packed(_code_picture(text, 8), Scanner(quality=0)), [], tmp_path).codes] == [
        text
    ]


def test_a_page_full_of_corners_of_codes_takes_no_time(tmp_path: Path) -> None:
    """Every three of them might be a code: what is looked for in them is bounded, far below what a cell may take."""
    tile = Image.new("L", (9, 9), 255)
    for side, shade in ((7, 0), (5, 255), (3, 0)):
        tile.paste(shade, ((9 - side) // 2, (9 - side) // 2, (9 + side) // 2, (9 + side) // 2))
    full = Image.new("L", (1240, 1754), 255)
    for top in range(0, 1754, 9):
        for left in range(0, 1240, 9):
            full.paste(tile, (left, top))
    (tmp_path / "given").write_bytes(packed(full, Scanner(quality=0)))
    job = {"act": "draw", "kind": "scan", "path": str(tmp_path / "given"), "widths": PAGES, "papers": []}
    ended = KEEPER.run(job, tmp_path)
    assert (ended.code, ended.worked < bounds.SECONDS / 2) == (0, True)


def _code_picture(text: str, scale: int = 2) -> Image.Image:
    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=scale, border=4)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


@pytest.mark.parametrize("colour", [(200, 30, 40), (230, 90, 90), (25, 35, 160)], ids=["red", "pale red", "blue"])
@pytest.mark.parametrize("where", ["at the edge", "inside"])
def test_a_word_is_another_in_ink_of_any_colour(
    where: str, colour: tuple[int, int, int], ours: list[OurPaper], tmp_path: Path
) -> None:
    """Whitened and written anew, where a hole or a clip may hide as much and where not."""
    found = [(text, place) for text, place in characters(copy(), 1) if "\u4e00" <= text <= "\u9fff" and place[3] > 2.5]
    own = [place for _, place in found if 60 < place[1] < 240 and (place[0] < 31) is (where == "at the edge")]
    one = own[2]
    page = sheet(1, signed=True).copy()
    dots = page.width / 210
    left, top, wide, high = (mm * dots for mm in one)
    pen = ImageDraw.Draw(page)
    pen.rectangle((left - 1, top - 1, left + wide + 1, top + high + 1), fill="white")
    for strokes in ((left, top, left + wide, top + high), (left, top + high, left + wide, top)):
        pen.line(strokes, fill=colour, width=round(0.4 * dots))
    assert compared(taken(page, COMMON), ours, tmp_path).differing


@pytest.mark.parametrize("colour", [(200, 30, 40), (90, 110, 200), (110, 110, 112)], ids=["red", "pale blue", "grey"])
@pytest.mark.parametrize("half", ["left", "right", "upper", "lower"])
def test_half_a_character_that_was_whitened_and_written_anew_is_told(
    half: str, colour: tuple[int, int, int], ours: list[OurPaper], tmp_path: Path
) -> None:
    """Half of it is still ours, and of what stands there in its place the scan shows pale ink only."""
    found = [(text, place) for text, place in characters(copy(), 1) if "\u4e00" <= text <= "\u9fff" and place[3] > 2.5]
    own = [each for each in found if 60 < each[1][1] < 240 and 40 < each[1][0] < 165]
    was, one = own[5]
    page = sheet(1, signed=True).copy()
    dots = page.width / 210
    left, top, wide, high = (mm * dots for mm in one)
    box = {
        "left": (left - 1, top - 1, left + wide / 2, top + high + 1),
        "right": (left + wide / 2, top - 1, left + wide + 1, top + high + 1),
        "upper": (left - 1, top - 1, left + wide + 1, top + high / 2),
        "lower": (left - 1, top + high / 2, left + wide + 1, top + high + 1),
    }[half]
    pen = ImageDraw.Draw(page)
    pen.rectangle(box, fill="white")
    for strokes in ((box[0], box[1], box[2], box[3]), (box[0], box[3], box[2], box[1])):
        pen.line(strokes, fill=colour, width=round(0.4 * dots))
    [words] = compared(taken(page, COMMON), ours, tmp_path).differing
    assert was in words


@pytest.mark.parametrize("seed", [23, 24])
def test_a_crease_across_a_line_makes_no_other_text_of_it(seed: int, ours: list[OurPaper], tmp_path: Path) -> None:
    """What lies below it is moved along it by a few dots, on it the ink has come off, and the scan is a bad one."""
    how = replace(COMMON, skew=0.8, scale=1, noise=18, quality=55, blur=0.5)
    creased = damaged(sheet(2, signed=True), "fold", chance(seed))
    assert compared(taken(creased, how), ours, tmp_path).differing == ()
