"""What must be noticed on a page is, and what is only another way of smoothing edges is not."""

import random
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from agreements.documents.layout import body_html, labels_html
from agreements.documents.renderer import TAGGED, render
from agreements.documents.stamping import stamp_one
from agreements.text.filling import FilledLine, FilledText, Run, Words
from agreements.text.paper import Paper
from agreements.text.schema import BlankKind
from tests.agreements.documents import papers
from tests.pictures.comparing import Comparison, compared
from tests.pictures.drawing import DPI, FINER, coarser, drawn, drawn_label, drawn_plainly

NOTDEF = "\ue000"  # no font has a glyph for it
LINE = "28.99pt"


def text_with(*ends: str) -> FilledText:
    """Return a text of one page with every kind of thing on it, and a line for each of these ends."""
    lines = [FilledLine("h", "heading", "", (Run("一、服务内容", words=Words.HEADING),))]
    clause = (
        Run("巡诊。", words=Words.HEADING),
        Run("由"),
        Run("绍兴市越城区", "place", BlankKind.TEXT, filled=True),
        Run("。"),
    )
    lines.append(FilledLine("c", "clause", "（一）", clause))
    lines += [FilledLine(f"e{n}", "paragraph", "", (Run(f"双方应当履行义务{end}"),)) for n, end in enumerate(ends)]
    text = papers.simple_text(side_by_side=False)
    return replace(text, lines=(*text.lines, *lines))


def paper_with(text: FilledText) -> Paper:
    """Return a paper whose QR code is the same for every text."""
    return replace(papers.paper(text), digest=papers.DIGEST)


def pdf_of(paper: Paper, style: str = "", label_style: str = "") -> bytes:
    """Return the first copy, set with other rules than the product's."""
    body = body_html(paper).replace("</head>", f"<style>{style}</style></head>")
    label = labels_html(paper.copies[:1]).replace("</head>", f"<style>{label_style}</style></head>")
    return stamp_one(render(body, label, variant=TAGGED), paper, paper.copies[0]).content


def page_of(paper: Paper, style: str = "") -> Image.Image:
    return drawn(pdf_of(paper, style), 0)


@pytest.fixture(scope="module")
def paper() -> Paper:
    return paper_with(text_with("。"))


@pytest.fixture(scope="module")
def whole(paper: Paper) -> bytes:
    return pdf_of(paper)


@pytest.fixture(scope="module")
def page(whole: bytes) -> Image.Image:
    return drawn(whole, 0)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """The page with the most ink: what an edge is smoothed like matters most there."""
    return papers.made("hunan-2020", is_filled=True).copies[0].content


def on_the_page(change: Comparison) -> None:
    assert change.differs, change.in_words


@pytest.mark.parametrize(
    "style",
    [
        pytest.param(f".clause {{ position: relative; top: {LINE} }}", id="one line is a line lower"),
        pytest.param(".area + .area { position: relative; top: 3mm }", id="the second seal is 3 mm lower"),
        pytest.param("h2 { visibility: hidden }", id="a heading is missing"),
        pytest.param(".head { font-family: 'Noto Serif CJK SC' !important }", id="a heading is in the text's type"),
        pytest.param("h1 { font-weight: normal !important }", id="the title is thin"),
        pytest.param(".filled { border-bottom: 0 !important }", id="a filled blank has no rule"),
        pytest.param("body { position: relative; left: -1mm }", id="the margin is 1 mm narrower"),
        pytest.param("html { color: #444 }", id="the text is grey"),
        pytest.param("@page { @bottom-right { content: none !important } }", id="the page number is missing"),
    ],
)
def test_a_broken_layout_is_noticed(paper: Paper, page: Image.Image, style: str) -> None:
    on_the_page(compared(page, page_of(paper, style)))


def test_seals_that_move_side_by_side_are_noticed() -> None:
    paper = paper_with(replace(text_with(), side_by_side=True))
    moved = page_of(paper, ".seal-room + p { position: relative; top: 3mm }")
    on_the_page(compared(page_of(paper), moved))


def test_a_wrong_label_is_noticed(paper: Paper, whole: bytes) -> None:
    second = replace(paper.copies[0], number=2)
    on_the_page(compared(drawn_label(whole), drawn_label(pdf_of(replace(paper, copies=(second,))))))
    smaller = pdf_of(paper, label_style="p { font-size: 10pt !important }")
    on_the_page(compared(drawn_label(whole), drawn_label(smaller)))


def test_a_draft_mark_is_noticed(paper: Paper, page: Image.Image) -> None:
    on_the_page(compared(page, page_of(replace(paper, is_draft=True))))


def test_a_code_of_another_text_is_noticed(paper: Paper, page: Image.Image) -> None:
    on_the_page(compared(page, page_of(replace(paper, digest="0" * 64))))


def test_a_box_in_place_of_one_character_is_noticed() -> None:
    """It stands at the end of its line, so that nothing else moves."""
    chars = "的一人医、堃（8"
    whole, broken = (page_of(paper_with(replace(text_with(*ends), signatures=()))) for ends in (chars, NOTDEF * 8))
    lines = _stretches(ImageChops.difference(whole, broken))
    assert len(lines) == len(chars)
    for top, bottom in lines:
        one = whole.copy()
        one.paste(broken.crop((0, top, whole.width, bottom)), (0, top))
        on_the_page(compared(whole, one))


def _stretches(difference: Image.Image) -> list[tuple[int, int]]:
    """Return where lines differ at all, from top to bottom: first row, row after the last."""
    rows = [difference.crop((0, y, difference.width, y + 1)).getbbox() is not None for y in range(difference.height)]
    edges = [y for y, (above, here) in enumerate(pairwise([False, *rows])) if above != here]
    return list(zip(edges[::2], edges[1::2], strict=True))


@pytest.mark.parametrize(("right", "down"), [(3, 0), (-3, 0), (0, 3), (0, -3)])
def test_a_block_that_moves_by_3_mm_is_noticed(page: Image.Image, right: int, down: int) -> None:
    left, top = 50, 200  # the signature block begins below
    block = page.crop((left, top, 380, 480))
    moved = page.copy()
    moved.paste(255, (left, top, 380, 480))
    moved.paste(block, (left + round(right * DPI / 25.4), top + round(down * DPI / 25.4)))
    on_the_page(compared(page, moved))


def test_another_size_of_page_is_noticed(page: Image.Image) -> None:
    smaller = page.crop((0, 0, page.width, page.height - 1))
    change = compared(page, smaller)
    on_the_page(change)
    assert f"{page.size} became {smaller.size}" in change.in_words


def not_on_the_page(change: Comparison) -> None:
    assert not change.differs, change.in_words


def test_the_same_page_has_no_difference_at_all(pdf: bytes) -> None:
    assert compared(drawn(pdf, 0), drawn(pdf, 0)).count == 0


@pytest.mark.parametrize("times", [3, 6])
def test_edges_smoothed_more_or_less_finely_are_noise(pdf: bytes, times: int) -> None:
    not_on_the_page(compared(drawn(pdf, 0), _at(pdf, times)))


def _at(pdf: bytes, times: int) -> Image.Image:
    [fine] = drawn_plainly(pdf, [0], DPI * times)
    return coarser(fine, times)


def test_a_quarter_of_a_dot_is_noise(pdf: bytes) -> None:
    [fine] = drawn_plainly(pdf, [0], DPI * FINER)
    moved = Image.new("L", fine.size, 255)
    moved.paste(fine, (1, 1))
    not_on_the_page(compared(drawn(pdf, 0), coarser(moved, FINER)))


def test_grain_is_noise(pdf: bytes) -> None:
    chance = random.Random(2026)  # noqa: S311 -- grain, not a secret
    page = drawn(pdf, 0)
    grain = Image.frombytes("L", page.size, bytes(chance.randrange(33) for _ in range(page.width * page.height)))
    not_on_the_page(compared(page, ImageChops.add(page, grain, offset=-16)))


def test_another_program_that_draws_pages_is_noise(pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "page"
    options = ["-gray", "-r", str(DPI * FINER), "-l", "1", "-singlefile"]
    subprocess.run(["pdftoppm", *options, "-", path], input=pdf, check=True)
    with Image.open(path.with_suffix(".pgm")) as theirs:
        other = coarser(theirs, FINER)
    page = drawn(pdf, 0)
    not_on_the_page(compared(page, other.crop((0, 0, *page.size))))
