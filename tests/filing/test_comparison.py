"""The text beside its template: blanks are no changes, every changed word is found."""

from dataclasses import replace

import pytest

from agreements.models import Agreement
from agreements.text.filling import FilledLine, Run, fill
from agreements.text.schema import BlankKind
from filing.comparison import Change, compare, compared
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
