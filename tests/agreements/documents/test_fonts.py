"""A character that cannot be printed is named, never printed as a box."""

from dataclasses import replace

import pytest

from agreements.documents.press import preview_pdf
from agreements.text.fonts import outlines, width_of
from agreements.text.paper import CopyLabel
from boundary.printing import FontMissing, UnprintableCharacters, described, font_file, unprintable
from tests.agreements.documents import papers

ORDINARY = "甲方：协议〔2024〕6号 ①②③ ABC abc 0123 ￥½℃㎡ “”‘’—…·、。《》（）【】□■○●±×÷≥≤→☐☑"


@pytest.mark.parametrize("text", [ORDINARY, "堃喆昇祎赟䶮𠅤", "一行\n两行\t空格\u3000\u00a0", ""])
def test_printable(text: str) -> None:
    assert unprintable(text) == []


@pytest.mark.parametrize(
    "char",
    [
        "\x00",
        "\x07",
        "\x7f",
        "\u00ad",
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2011",
        "\u2028",
        "\ue000",
        "\ud800",
        "\ufeff",
        "\ufffe",
        "𓂀",
        "🧓",
    ],
    ids=ascii,
)
def test_refused(char: str) -> None:
    assert unprintable(f"赵{char}一{char}") == [char]


def test_refused_characters_come_once_in_order() -> None:
    assert unprintable("𓂀甲\x07𓂀乙\x07") == ["𓂀", "\x07"]


def test_described_shows_what_can_be_seen() -> None:
    assert described(["𓂀", "\u200b"]) == "𓂀（U+13080）、U+200B"


@pytest.mark.parametrize("where", ["text", "label"])
def test_paper_with_unprintable_characters_is_not_made(where: str) -> None:
    paper = papers.paper(papers.simple_text("正文𓂀。" if where == "text" else "正文。"))
    if where == "label":
        label = CopyLabel(1, 1, "other", "另存", "𓂀")
        paper = replace(paper, copies=(label,))
    with pytest.raises(UnprintableCharacters, match="𓂀（U\\+13080）") as refusal:
        preview_pdf(paper)
    assert refusal.value.chars == ["𓂀"]


def test_missing_font_is_an_error_not_a_substitute() -> None:
    with pytest.raises(FontMissing):
        font_file("No Such Font SC")


def test_outlines_are_paths_only() -> None:
    operators = {row.split()[-1] for row in outlines("草稿").splitlines()}
    assert operators <= {"m", "l", "c", "h"}
    assert {"m", "h"} <= operators


@pytest.mark.parametrize("name", ["艾山☑", "ب", "赵é堃"])
def test_what_the_paper_prints_is_drawn_by_the_font_that_has_it(name: str) -> None:
    assert not unprintable(name)
    assert width_of(name) > 0
    assert all(outlines(char) for char in name)


def test_a_line_is_as_wide_as_its_characters_one_after_the_other() -> None:
    assert width_of("沈☑祎") == pytest.approx(sum(map(width_of, "沈☑祎")))
    assert outlines("沈☑").startswith(outlines("沈"))
