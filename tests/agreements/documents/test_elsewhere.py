"""What the paper of one side says where the other signs electronically: on the file for printing, and nowhere else."""

from dataclasses import replace

import pytest

from agreements.documents.layout import body_html, labels_html
from agreements.documents.press import STYLES
from agreements.documents.renderer import TAGGED, Rendered, render
from agreements.documents.stamping import stamp_all
from agreements.text.paper import Paper
from tests.agreements.documents import papers

SLUG = "hunan-2020"


@pytest.fixture(scope="module")
def paper() -> Paper:
    return papers.template_paper(SLUG, is_filled=True)


@pytest.fixture(scope="module")
def rendered(paper: Paper) -> Rendered:
    return render(body_html(paper), labels_html(paper.copies), styles=STYLES, variant=TAGGED)


def test_only_the_file_for_printing_says_that_a_side_signs_elsewhere(paper: Paper, rendered: Rendered) -> None:
    alike, mixed = stamp_all(rendered, paper), stamp_all(rendered, replace(paper, elsewhere=("medical",)))
    assert [copy.sha256 for copy in mixed.copies] == [copy.sha256 for copy in alike.copies]
    assert mixed.print_file.sha256 != alike.print_file.sha256
    assert mixed.print_file.pages == alike.print_file.pages
    assert papers.poppler("pdftotext", mixed.print_file.content) == papers.poppler(
        "pdftotext", alike.print_file.content
    ), "the official text is not altered: it is drawn"
    assert len(mixed.print_file.content) > len(alike.print_file.content)
    assert paper.print_digest != replace(paper, elsewhere=("medical",)).print_digest
