"""What is printed is what the text says, and can be read out of the file again."""

from dataclasses import replace

import pytest

from agreements.documents.press import preview_pdf
from agreements.text.filling import FilledLine, Run
from agreements.text.schema import BlankKind
from tests.agreements.documents import papers

SLUGS = (
    "hunan-2020",
    "shaoxing-2024-consortium",
    "shaoxing-2024-home-sickbed",
    "supplement",
    "taihe-2021",
    "wuzhong-2022",
    "zhengzhou-2021",
)


def test_every_template_is_tried() -> None:
    assert sorted(papers.bodies()) == sorted(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("is_filled", [False, True], ids=["blank", "filled"])
def test_extracted_text_is_the_text(slug: str, *, is_filled: bool) -> None:
    text = papers.template_paper(slug, is_filled=is_filled).text
    pdf = papers.made(slug, is_filled=is_filled).copies[0].content
    assert papers.squeezed(papers.type_area_text(pdf)) == papers.squeezed(text.plain)


def test_draft_mark_is_not_text() -> None:
    text = papers.simple_text("双方协商一致，订立本协议。")
    draft = preview_pdf(papers.paper(text, is_draft=True))
    assert papers.squeezed(papers.type_area_text(draft)) == papers.squeezed(text.plain)
    assert "草稿" not in papers.poppler("pdftotext", draft)


def test_draft_mark_is_seen_below_the_text() -> None:
    text = papers.simple_text("双方协商一致，订立本协议。")
    marked, clean = (next(papers.page_images(preview_pdf(papers.paper(text, is_draft=d)), 40)) for d in (True, False))
    grey = 237  # 0.93 of white
    assert sum(marked.convert("L").histogram()[grey - 2 : grey + 3]) > 3_000
    assert sum(clean.convert("L").histogram()[grey - 2 : grey + 3]) < 500


def test_every_copy_has_the_same_text() -> None:
    paper = papers.template_paper("hunan-2020", is_filled=True)
    made = papers.made("hunan-2020", is_filled=True)
    texts = {papers.type_area_text(copy.content) for copy in made.copies}
    assert len(texts) == 1
    assert papers.squeezed(papers.type_area_text(made.print_file.content)) == papers.squeezed(paper.text.plain) * 4


@pytest.mark.parametrize("char", "堃喆昇祎赟䶮𠅤镕彧犇翀")
def test_rare_name_characters_survive(char: str) -> None:
    pdf = preview_pdf(papers.paper(papers.simple_text(f"法定代表人为赵{char}。")))
    assert f"赵{char}。" in papers.type_area_text(pdf)


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "{{ 7*7 }}", "{% now 'Y' %}", "&amp; <b>&#20013;</b>"])
def test_markup_is_printed_literally(typed: str) -> None:
    line = FilledLine("l", "paragraph", "", (Run("备注："), Run(typed, "note", BlankKind.TEXT, filled=True)))
    text = papers.simple_text("正文。")
    text = replace(text, lines=(*text.lines, line))
    assert papers.squeezed(f"备注：{typed}") in papers.squeezed(papers.type_area_text(preview_pdf(papers.paper(text))))


def test_long_values_wrap_within_the_type_area() -> None:
    value = "https://" + "a1b2" * 40 + "很长的名称" * 60
    line = FilledLine("l", "party", "", (Run("甲方："), Run(value, "name", BlankKind.INSTITUTION, filled=True)))
    text = papers.simple_text("正文。")
    text = replace(text, lines=(*text.lines, line))
    pdf = preview_pdf(papers.paper(text))
    assert value in papers.squeezed(papers.type_area_text(pdf))
    assert max(word.right for page in papers.words_of(pdf) for word in page) <= 184.5


def test_empty_blanks_have_no_characters_of_their_own() -> None:
    runs = (
        Run("合作期限为"),
        Run("    ", "term", BlankKind.INTEGER),
        Run("年，报"),
        Run("XXX", "bureau", BlankKind.AUTHORITY),
        Run("备案，每月"),
        Run("____", "n", BlankKind.INTEGER),
        Run("次。"),
    )
    text = papers.simple_text("正文。")
    text = replace(text, lines=(*text.lines, FilledLine("l", "clause", "二、", runs)))
    extracted = papers.squeezed(papers.type_area_text(preview_pdf(papers.paper(text))))
    assert "二、合作期限为年，报XXX备案，每月____次。" in extracted


def test_dates_are_not_split_and_no_line_begins_with_closing_punctuation() -> None:
    day = Run("2026年11月22日", "from", BlankKind.DATE, filled=True)
    runs = [Run("自"), day, Run("起，合作"), Run("  ", "years", BlankKind.INTEGER), Run("。其他：")]
    for before in range(1, 28, 3):
        line = FilledLine("l", "paragraph", "", (Run("文" * before), *runs, Run("", "more", BlankKind.TEXT), Run("。")))
        text = papers.simple_text("正文。")
        pdf = preview_pdf(papers.paper(replace(text, lines=(line,))))
        assert "2026年11月22日" in papers.type_area_text(pdf)
        beginning = [word.text for word in papers.words_of(pdf)[0] if word.left < 29]
        assert not any(words.startswith(("。", "，")) for words in beginning)
