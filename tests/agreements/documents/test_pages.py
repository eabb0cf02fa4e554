"""Pages look as GB/T 9704 wants them, and the signature block stays whole with room for seals."""

import re
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from agreements.documents.layout import body_html, laid_line
from agreements.documents.press import copies_of, preview_pdf
from agreements.text.filling import FilledLine, Run, fill
from agreements.text.paper import CopyLabel, Paper
from agreements.text.schema import BlankKind
from boundary.printing import UnprintableCharacters
from tests.agreements.documents import papers

SEAL = 42  # mm


def test_page_is_a4_and_type_area_is_156_by_225() -> None:
    pdf = preview_pdf(papers.paper(papers.long_text(20)))
    assert "595.276 x 841.89 pts (A4)" in papers.poppler("pdfinfo", pdf)
    body = [word for word in papers.words_of(pdf)[1] if 36 < word.top < 262]
    assert min(word.left for word in body) == pytest.approx(28, abs=0.3)
    assert max(word.right for word in body) == pytest.approx(184, abs=0.6)


def test_full_page_has_22_lines_of_28_characters() -> None:
    pdf = preview_pdf(papers.paper(papers.simple_text("双" * 28 * 60)))
    body = papers.type_area_text(pdf).split("\f")[1].strip().split("\n")
    assert [len(line) for line in body] == [28] * 22


@pytest.mark.parametrize(("paragraphs", "pages"), [(1, 1), (107, 40)])
def test_page_numbers_run_from_one_to_the_last(paragraphs: int, pages: int) -> None:
    pdf = preview_pdf(papers.paper(papers.long_text(paragraphs)))
    assert papers.page_count(pdf) == pages
    each = papers.poppler("pdftotext", pdf, "-raw").split("\f")[:pages]
    assert all(f"第 {n} 页 共 {pages} 页" in page for n, page in enumerate(each, 1))
    assert all("协议编号 YY-330602-2026-0001" in page for page in each)


def test_page_number_is_on_the_outer_side() -> None:
    first, second = papers.words_of(preview_pdf(papers.paper(papers.long_text(6))))[:2]
    assert next(word for word in first if word.text == "第" and word.top > 262).left > 105
    assert next(word for word in second if word.text == "第" and word.top > 262).left < 105


def test_each_copy_is_labelled_on_every_page() -> None:
    paper = papers.paper(papers.long_text(6), copies=5)
    for label, copy in zip(paper.copies, copies_of(paper).copies, strict=True):
        pages = papers.poppler("pdftotext", copy.content, "-raw").split("\f")[: copy.pages]
        assert all(label.text in page for page in pages)
        assert all(page.count("正本") == 1 for page in pages)


def test_label_of_a_long_name_stays_on_the_page() -> None:
    text = papers.simple_text("正文。")
    paper = papers.paper(text)
    label = CopyLabel(1, 1, "other", "另一方存", "很长的机构名称" * 14)
    pdf = preview_pdf(replace(paper, copies=(label,)))
    low = [word for word in papers.words_of(pdf)[0] if word.top > 262]
    assert papers.squeezed(label.text) in papers.squeezed("".join(word.text for word in low))
    assert max(word.bottom for word in low) < 290


def test_every_copy_in_the_print_file_begins_on_an_odd_page() -> None:
    for paragraphs in (1, 6):
        paper = papers.paper(papers.long_text(paragraphs))
        made = copies_of(paper)
        pages = papers.poppler("pdftotext", made.print_file.content, "-raw").split("\f")[:-1]
        firsts = [n for n, page in enumerate(pages, 1) if f"第 1 页 共 {made.pages_each} 页" in page]
        assert len(firsts) == 4
        assert all(first % 2 == 1 for first in firsts)
        assert len(pages) == made.print_file.pages == 4 * (made.pages_each + made.pages_each % 2)


@pytest.mark.parametrize("side_by_side", [True, False])
@pytest.mark.parametrize("paragraphs", range(3, 11))
def test_signature_block_is_whole_and_never_alone(paragraphs: int, *, side_by_side: bool) -> None:
    words = [f"第{n}段。" + "双方应当全面履行义务，" * 9 for n in range(paragraphs)]
    text = papers.simple_text(*words, side_by_side=side_by_side)
    pages = papers.type_area_text(preview_pdf(papers.paper(text))).split("\f")
    last = papers.squeezed(pages[-2])
    signatures = papers.squeezed("".join(line.text for area in text.signatures for line in area.lines))
    assert last.endswith(signatures)
    assert last != signatures


def test_what_a_signature_asks_for_is_not_broken_over_two_lines() -> None:
    pages = papers.words_of(papers.made("taihe-2021", is_filled=True).copies[0].content)
    asked = [word for word in pages[-1] if "签字" in word.text]
    assert [word.text for word in asked] == ["法定代表人或者授权代表（签字）："] * 2


@pytest.mark.parametrize("slug", ["hunan-2020", "shaoxing-2024-consortium", "shaoxing-2024-home-sickbed", "taihe-2021"])
def test_signature_block_has_room_for_the_seals(slug: str) -> None:
    """Each party's part has a clear square of 42 mm by its seal line."""
    paper = papers.template_paper(slug, is_filled=False)
    pdf = papers.made(slug, is_filled=False).copies[0].content
    image = list(papers.page_images(pdf, dpi=51))[-1].convert("L")  # two pixels a millimetre
    sealing = sum(signature.seal for signature in paper.text.signatures)
    assert _clear_squares(image) >= sealing == 2


def _clear_squares(image: Image.Image) -> int:
    """Count clear squares of 42 mm beside or below something printed, that do not overlap, from the top down."""
    dark = ImageChops.invert(image).point(lambda value: 255 if value > 40 else 0)
    side, found, bottom = SEAL * 2, 0, 262 * 2
    top = _signature_top(dark)
    for y in range(top, bottom - side, 2):
        for x in (28 * 2, 109 * 2, 184 * 2 - side):
            if dark.crop((x, y, x + side, y + side)).getbbox() is None:
                found += 1
                dark.paste(255, (x, y, x + side, y + side))
    return found


def _signature_top(dark: Image.Image) -> int:
    """The seal rooms are above the date lines, the last things printed in the type area: cut the page there."""
    last = dark.crop((0, 37 * 2, 210 * 2, 262 * 2)).getbbox()
    assert last is not None
    dark.paste(255, (0, 37 * 2 + last[3], 210 * 2, 297 * 2))
    return 37 * 2


@pytest.mark.parametrize("slug", sorted(papers.bodies()))
@pytest.mark.parametrize("is_filled", [False, True], ids=["blank", "filled"])
def test_the_last_page_has_more_than_a_line_and_no_line_ends_a_clause_alone(slug: str, *, is_filled: bool) -> None:
    text = papers.template_paper(slug, is_filled=is_filled).text
    pages = papers.type_area_text(papers.made(slug, is_filled=is_filled).copies[0].content).split("\f")[:-1]
    signing = {papers.squeezed(line.text) for area in text.signatures for line in area.lines}
    lines = [papers.squeezed(line) for line in pages[-1].strip().split("\n")]
    of_the_text = [line for line in lines if line and not any(line in words or words in line for words in signing)]
    assert len(of_the_text) >= 2
    for line in (papers.squeezed(line) for page in pages for line in page.split("\n")):
        assert not re.fullmatch(r"\w[。，；：.]", line), line


@pytest.mark.parametrize("slug", sorted(papers.bodies()))
def test_no_page_of_a_long_text_holds_a_line_or_labels_only(slug: str) -> None:
    pages = papers.lines_of(papers.long_made(slug).copies[0].content)
    assert all(len(page) >= 4 for page in pages), [len(page) for page in pages]


def test_no_label_of_the_signature_block_is_broken() -> None:
    for slug, body in papers.bodies().items():
        printed = papers.type_area_text(papers.made(slug, is_filled=True).copies[0].content)
        for party in body.signature.parties:
            for line in party.lines:
                if "{" not in line.text:
                    assert line.text + line.prompt in printed


def paper_and_copy(slug: str, how: str) -> tuple[Paper, bytes]:
    if how == "long":
        return papers.long_paper(slug), papers.long_made(slug).copies[0].content
    is_filled = how == "filled"
    return papers.template_paper(slug, is_filled=is_filled), papers.made(slug, is_filled=is_filled).copies[0].content


@pytest.mark.parametrize("how", ["blank", "filled", "long"])
@pytest.mark.parametrize("slug", sorted(papers.bodies()))
def test_every_line_but_a_clauses_last_ends_at_the_right_edge_and_the_last_has_two_characters(
    slug: str, how: str
) -> None:
    paper, pdf = paper_and_copy(slug, how)
    printed = iter([line for page in papers.lines_of(pdf) for line in page])
    full = 0
    for words in (papers.squeezed(line.text) for line in paper.text.lines):
        rest = words
        while rest:
            line = next(printed)
            assert rest.startswith(line.text)
            rest = rest.removeprefix(line.text)
            full += bool(rest)
            if rest and how != "blank":  # there a line may end before a long blank to write in
                assert line.right == pytest.approx(184, abs=1), line
            elif rest:
                assert line.right <= 185
            elif line.text != words:
                assert len(line.text.rstrip("。，；：")) >= 2
    assert full >= 5


@pytest.mark.parametrize("how", ["blank", "filled", "long"])
@pytest.mark.parametrize("slug", sorted(papers.bodies()))
def test_every_party_has_room_for_a_seal_within_the_type_area_below_some_of_the_text(slug: str, how: str) -> None:
    made = papers.long_made(slug) if how == "long" else papers.made(slug, is_filled=how == "filled")
    blocks = [area for area in made.areas if area.kind == "block" and area.role]
    assert len(blocks) == 2
    assert len({area.page for area in blocks}) == 1
    for area in blocks:
        assert area.height >= 44
        assert area.top + area.height <= 262.1
        assert area.top > 37 + 2 * 10.2, "two lines of the text stand above"
    seals = [area for area in made.areas if area.kind == "seal"]
    assert all(area.left >= 28 and area.left + area.width <= 184 for area in seals)
    assert all(area.top + area.height <= 262.1 for area in seals)


# One character of each class of UAX 14 that a font has and a line may not begin or end with, or be broken within.
CLASSES = "…—‥“”’（）」》。，、；：？！%％￥$/-–·•々ー〜Ab01.,:;!?()[]{}'\"#&*+=@^_`|~°№℃Ⅱ①あア×→"


def test_no_class_of_characters_leaves_the_type_area() -> None:
    def line(number: int, words: str) -> FilledLine:
        value = Run(words, "other", BlankKind.TEXT, filled=True)
        return FilledLine(f"l{number}", "clause", "", (Run("其他服务："), value, Run("。")))

    text = papers.simple_text("正文。")
    lines = (line(number, char * 60) for number, char in enumerate(CLASSES))
    text = replace(text, lines=(*text.lines, *lines))
    pdf = preview_pdf(papers.paper(text))
    assert max(right for page in papers.right_edges(pdf) for right in page) <= 187
    assert papers.squeezed(papers.type_area_text(pdf)) == papers.squeezed(text.plain)


def test_a_blank_that_the_source_does_not_print_gets_no_line() -> None:
    body = papers.bodies()["hunan-2020"]
    [line] = [line for line in fill(body, {}).lines if line.id == "zz-m-5"]
    assert 'class="gap"' not in laid_line(line).html


@pytest.mark.parametrize(
    "word", ["zhangsan@yanglao-zhongxin.example.cn", "pneumonoultramicroscopic" * 2, "１２３４５６" * 9]
)
def test_long_words_are_broken_rather_than_leave_a_ragged_line(word: str) -> None:
    runs = [
        Run("联系方式：" + "双" * 20),
        Run(word, "other", BlankKind.TEXT, filled=True),
        Run("，" + "方" * 60 + "。"),
    ]
    text = replace(papers.simple_text("正文。"), lines=(FilledLine("l", "clause", "", tuple(runs)),))
    lines = papers.lines_of(preview_pdf(papers.paper(text)))[0]
    assert papers.squeezed(text.lines[0].text) in "".join(line.text for line in lines)
    of_the_clause = lines[: next(n for n, line in enumerate(lines) if line.text.endswith("。"))]
    assert len(of_the_clause) >= 3
    assert all(line.right == pytest.approx(184, abs=1) for line in of_the_clause)


@pytest.mark.parametrize("char", "🙂👨\u200d\u202e")
def test_what_has_no_glyph_or_is_not_seen_is_refused_by_name(char: str) -> None:
    with pytest.raises(UnprintableCharacters):
        preview_pdf(papers.paper(papers.simple_text(f"正文{char}。")))


def test_a_long_label_lets_the_parties_stand_one_below_the_other() -> None:
    assert "side-by-side" not in body_html(papers.template_paper("taihe-2021", is_filled=True))
    assert "side-by-side" in body_html(papers.template_paper("wuzhong-2022", is_filled=True))
