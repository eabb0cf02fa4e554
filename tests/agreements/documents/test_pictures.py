"""Every template looks as accepted, blank and filled, on every copy and in the file for printing."""

from collections.abc import Iterable

import pytest
from PIL import Image

from tests.agreements.documents import papers
from tests.pictures import baselines
from tests.pictures.documents import signatures_of, template_document, template_pictures
from tests.pictures.drawing import CODE, LABEL, drawn_plainly, pages_kept, part, without

blank_and_filled = pytest.mark.parametrize("is_filled", [False, True], ids=["blank", "filled"])
every_template = pytest.mark.parametrize("slug", sorted(papers.bodies()))


@every_template
@blank_and_filled
def test_it_looks_as_accepted(slug: str, *, is_filled: bool) -> None:
    baselines.check(template_document(slug, is_filled=is_filled), template_pictures(slug, is_filled=is_filled))


@every_template
@blank_and_filled
def test_copies_differ_in_label_and_code_alone(slug: str, *, is_filled: bool) -> None:
    made = papers.made(slug, is_filled=is_filled)
    pages = _kept(slug, is_filled=is_filled)
    # All drawn by one program: every dot must be the same.
    copies = [drawn_plainly(copy.content, pages) for copy in made.copies]
    for copy in copies:
        assert _rest(copy) == _rest(copies[0])
        assert all(part(page, LABEL) == part(copy[0], LABEL) for page in copy), "one copy has one label"
    seen = {part(copy[0], box).tobytes() for copy in copies for box in (LABEL, CODE)}
    assert len(seen) == 2 * len(made.copies)


@every_template
def test_the_file_for_printing_looks_like_the_copies(slug: str) -> None:
    made = papers.made(slug, is_filled=True)
    pages = _kept(slug, is_filled=True)
    each = made.pages_each + made.pages_each % 2
    for number, copy in enumerate(made.copies):
        printed = drawn_plainly(made.print_file.content, [number * each + page for page in pages])
        assert printed == drawn_plainly(copy.content, pages)


def test_the_signature_page_is_found_by_what_it_says() -> None:
    made = papers.made("supplement", is_filled=False)
    text = papers.template_paper("supplement", is_filled=False).text
    assert made.pages_each == 2
    assert pages_kept(made.copies[0].content, signatures_of(text)) == {"first": 0, "signature+last": 1}
    assert pages_kept(made.copies[0].content, text.lines[1].text) == {"first+signature": 0, "last": 1}
    for words in ("协议编号", "没有这样的话"):  # on every page, on none
        with pytest.raises(ValueError, match="whole on one page"):
            pages_kept(made.copies[0].content, words)


def _kept(slug: str, *, is_filled: bool) -> list[int]:
    text = papers.template_paper(slug, is_filled=is_filled).text
    return [*pages_kept(papers.made(slug, is_filled=is_filled).copies[0].content, signatures_of(text)).values()]


def _rest(pages: Iterable[Image.Image]) -> list[Image.Image]:
    return [without(page, (LABEL, CODE)) for page in pages]
