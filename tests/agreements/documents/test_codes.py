"""Every page of every copy tells a camera which page of which copy of which text it is."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agreements.documents.press import copies_of
from agreements.documents.qr import squares
from tests.agreements.documents import papers, scanner
from tests.proving import examples
from tests.scanning import Scanner, chance, printed, scanned


def test_every_page_of_every_copy_has_its_own_code() -> None:
    paper = papers.template_paper("shaoxing-2024-consortium", is_filled=True)
    made = papers.made("shaoxing-2024-consortium", is_filled=True)
    digest = paper.digest[:16]
    expected = [
        [
            [f"HTTP://127.0.0.1:8000/V/{paper.number}/{copy}/{page}-{made.pages_each}/{digest.upper()}"]
            for page in range(1, made.pages_each + 1)
        ]
        for copy in range(1, 5)
    ]
    assert [papers.codes_of(copy.content) for copy in made.copies] == expected
    blank: list[list[str]] = [[]] * (made.pages_each % 2)
    assert papers.codes_of(made.print_file.content) == [page for copy in expected for page in (*copy, *blank)]


@pytest.mark.parametrize("dpi", [100, 300])
def test_code_is_read_from_coarse_and_fine_scans(dpi: int) -> None:
    made = copies_of(papers.paper(papers.simple_text("正文。"), copies=2, is_draft=True))
    (image,) = papers.page_images(made.copies[1].content, dpi)
    assert [code.text.split("/V/")[1].split("/")[1] for code in zxingcpp.read_barcodes(image)] == ["2"]


def test_code_is_clear_of_text_and_of_the_page_edges() -> None:
    made = copies_of(papers.paper(papers.long_text(8)))
    (image, *_) = papers.page_images(made.copies[0].content, 127)  # five pixels a millimetre
    quiet = [(89, 4, 91, 37), (119, 4, 122, 37), (89, 4, 122, 6), (89, 34, 122, 37)]
    assert all(_is_white(image, box) for box in quiet), "four modules on every side"
    assert _is_white(image, (54, 35, 121, 38)), "between the caption and the text"


@pytest.mark.parametrize("askew", [-5, 5])
def test_code_stays_on_a_sheet_that_lies_askew_on_the_glass(askew: float) -> None:
    """What lies beside the glass is cut off, and sheets are pulled askew, moved and enlarged all at once."""
    content = copies_of(papers.paper(papers.long_text(8))).copies[0].content
    how = Scanner(dpi=150, skew=askew, shift=(2, -1), scale=1.02)
    scan = scanned(printed(content, 1), how, chance(1))
    assert len(zxingcpp.read_barcodes(scan)) == 1


READERS = {"zxing": scanner.zxing, "zbar": scanner.zbar}


@pytest.mark.parametrize("reader", READERS)
def test_code_is_read_from_a_coarse_crooked_noisy_scan(reader: str) -> None:
    """The full hundred are in bench/pdf.py."""
    paper = replace(papers.paper(papers.simple_text("正文。")), site="https://yiyang.shaoxing.gov.cn")
    (page,) = papers.page_images(copies_of(paper).copies[1].content, scanner.FINE)
    chance = Random(13)  # noqa: S311 -- the grain of a scan, no secret
    scans = [scanner.Scanner().scanned(page, chance) for _ in range(8)]
    assert [READERS[reader](scan) for scan in scans] == [[paper.address(2, 1, 1)]] * 8


@pytest.mark.parametrize(
    ("site", "begins"),
    [
        ("https://yiyang.example", "HTTPS://YIYANG.EXAMPLE/V/YY-330602-2026-0001/"),
        ("https://yiyang.example/Elder/care", "HTTPS://YIYANG.EXAMPLE/Elder/care/V/YY-330602-2026-0001/"),
    ],
)
def test_only_what_has_no_case_is_in_capitals(site: str, begins: str) -> None:
    paper = replace(papers.paper(papers.simple_text("正文。")), site=site)
    assert paper.address(1, 2, 3) == f"{begins}1/2-3/{paper.digest[:16].upper()}"


def _is_white(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    left, top, right, bottom = (5 * edge for edge in box)
    part = image.convert("L").crop((left, top, right, bottom))
    return part.getextrema() == (255, 255)


@settings(max_examples=examples(30), deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=150))
def test_rectangles_are_within_the_square_and_never_overlap(content: str) -> None:
    head, *rows, last = squares(content, 100).splitlines()
    scale = float(head.split()[2])
    assert (head, last) == (f"0 g {scale:.5f} 0 0 {scale:.5f} 0 0 cm", "f")
    rectangles = [tuple(float(edge) * scale for edge in row.removesuffix(" re").split()) for row in rows]
    assert all(min(x, y) >= -0.01 and max(x + w, y + h) <= 100.01 for x, y, w, h in rectangles)
    by_row: dict[float, list[tuple[float, float]]] = {}
    for x, y, w, _ in rectangles:
        by_row.setdefault(y, []).append((x, x + w))
    for runs in by_row.values():
        assert all(first[1] < second[0] for first, second in pairwise(runs))
