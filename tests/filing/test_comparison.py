"""The text beside its template: blanks are no changes, every changed word is found."""

from dataclasses import replace

import pytest

from agreements.models import Agreement
from agreements.text.changes import Change
from agreements.text.filling import FilledLine, Run, fill
from agreements.text.schema import BlankKind
from filing.comparison import compare, compared, fixed_words
from tests.agreements.documents import papers


@pytest.mark.parametrize("slug", sorted(papers.bodies()))
def test_filling_in_changes_no_fixed_word(slug: str) -> None:
    body = papers.bodies()[slug]
    text = fill(body, papers.sample_values(body))
    found = compare(fill(body, {}).all_lines(), text.all_lines())
    assert found.changed == 0
    assert found.filled > 0
    assert [each.line for section in found.sections for each in section.lines] == list(text.all_lines())


def test_an_agreement_as_it_was_frozen_has_no_changes(agreement: Agreement) -> None:
    found = compared(agreement)
    assert (found.changed, found.filled > 10) == (0, True)
    assert any(section.folded for section in found.sections)


def line(name: str, *runs: Run) -> FilledLine:
    return FilledLine(name, "clause", "一、", runs)


def test_a_changed_word_is_marked_and_nothing_else() -> None:
    empty, filled = Run("", "times", BlankKind.INTEGER), Run("3", "times", BlankKind.INTEGER, filled=True)
    original = line("a", Run("甲方每月巡诊"), empty, Run("次，费用由乙方承担。"))
    text = replace(original, runs=(Run("甲方每月巡诊"), filled, Run("次，费用由甲方承担。")))
    [found] = compare([original], [text]).lines
    assert found.result == "changed"
    assert [change for change in found.changes if change.kind != "same"] == [
        Change("removed", "乙"),
        Change("added", "甲"),
    ]


def test_lines_that_only_one_text_has_are_named() -> None:
    kept, gone, new = line("a", Run("保留。")), line("b", Run("删去。")), line("c", Run("增加。"))
    found = compare([kept, gone], [kept, new])
    assert {each.line.id: each.result for each in found.lines} == {"a": "same", "c": "added", "b": "removed"}
    assert found.changed == 2


def test_what_was_filled_in_and_what_is_left_for_the_hand() -> None:
    empty, full = Run("__", "a", BlankKind.TEXT), Run("甲", "b", BlankKind.TEXT, filled=True)
    lines = [line("a", Run("由"), empty, full), line("b", empty), line("c", Run("不变。"))]
    found = compare(lines, lines)
    assert [each.result for each in found.lines] == ["filled", "filled", "same"]
    assert (found.filled, found.empty, found.changed) == (1, 2, 0)
    assert found.in_words == "填写 1 处，留待手写 2 处，固定文字没有改动。"
    assert compare(lines, [*lines[:2], line("d")]).in_words == "填写 1 处，留待手写 2 处，固定文字有 2 处不同。"


def test_what_is_the_same_folds_away_but_for_titles_and_headings() -> None:
    same = line("a", Run("不变。"))
    kinds = ("title", "clause", "clause", "heading", "clause")
    lines = [replace(same, id=str(number), kind=kind) for number, kind in enumerate(kinds)]
    blank = line("x", Run("__", "a", BlankKind.TEXT))
    found = compare([*lines, blank], [*lines, blank, line("y", Run("增加。"))])
    assert [(each.folded, [one.line.id for one in each.lines]) for each in found.sections] == [
        (False, ["0"]),
        (True, ["1", "2"]),
        (False, ["3"]),
        (True, ["4"]),
        (False, ["x", "y"]),
    ]


def test_a_line_is_compared_by_its_fixed_words() -> None:
    both = line("a", Run("由"), Run("__", "a", BlankKind.TEXT), Run("支付。"))
    assert fixed_words(both) == "一、由＿支付。"
    [found] = compare([both], [line("a", Run("由"), Run("另行支付。"))]).lines
    assert found.line.text == "一、由另行支付。"
    assert found.changes == (
        Change("same", "一、由"),
        Change("removed", "＿"),
        Change("added", "另行"),
        Change("same", "支付。"),
    )
    [shorter] = compare([both], [line("a", Run("由"), Run("__", "a", BlankKind.TEXT))]).lines
    assert shorter.changes == (Change("same", "一、由＿"), Change("removed", "支付。"))


def test_a_letter_that_comes_often_is_compared_as_any_other() -> None:
    """Libraries leave out what comes too often in a long text."""
    often = "甲方" * 150
    [found] = compare([line("a", Run(often))], [line("a", Run(f"乙{often}"))]).lines
    assert found.changes == (Change("same", "一、"), Change("added", "乙"), Change("same", often))
