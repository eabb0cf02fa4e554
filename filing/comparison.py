"""The agreement's text beside its template version: what is unchanged, what was filled in, what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from agreements.models import Agreement
from agreements.text.changes import Change, changes_between
from agreements.text.filling import FilledLine, fill


@dataclass(frozen=True)
class ComparedLine:
    line: FilledLine
    result: str  # same, filled, changed, added or removed
    changes: tuple[Change, ...] = ()  # for changed lines

    @property
    def folds(self) -> bool:
        return self.result == "same" and self.line.kind not in {"title", "heading"}


@dataclass(frozen=True)
class Section:
    """Neighbouring lines that are all folded away, or all shown."""

    folded: bool
    lines: tuple[ComparedLine, ...]


@dataclass(frozen=True)
class Comparison:
    lines: tuple[ComparedLine, ...]

    @property
    def changed(self) -> int:
        """How many lines differ from the template's fixed words."""
        return sum(line.result in {"changed", "added", "removed"} for line in self.lines)

    @property
    def filled(self) -> int:
        """How many blanks are filled in."""
        return sum(run.filled for line in self.lines for run in line.line.runs)

    @property
    def empty(self) -> int:
        """How many blanks are left for the hand, such as signing dates."""
        return sum(bool(run.blank) and not run.filled for line in self.lines for run in line.line.runs)

    @property
    def in_words(self) -> str:
        fixed = f"固定文字有 {self.changed} 处不同" if self.changed else "固定文字没有改动"
        return f"填写 {self.filled} 处，留待手写 {self.empty} 处，{fixed}。"

    @property
    def sections(self) -> list[Section]:
        runs = groupby(self.lines, lambda line: line.folds)
        return [Section(folded, tuple(lines)) for folded, lines in runs]


def compared(agreement: Agreement) -> Comparison:
    """Compare the present text, line by line, with the published template version it was made from."""
    return compare(fill(agreement.chosen_version.parsed, {}).all_lines(), agreement.filled_text().all_lines())


def compare(template: Iterable[FilledLine], text: Iterable[FilledLine]) -> Comparison:
    """Compare two texts whose lines are known by their ids; blanks count as equal whatever stands in them."""
    lines = list(text)
    present = {line.id for line in lines}
    originals = {line.id: line for line in template}
    found = [_compared(originals.get(line.id), line) for line in lines]
    found += [ComparedLine(line, "removed") for line in originals.values() if line.id not in present]
    return Comparison(tuple(found))


def fixed_words(line: FilledLine) -> str:
    """The line with each blank as ＿: what the template fixes, also where a name already says the ending."""
    return line.label + "".join("＿" + run.left_out if run.blank else run.text for run in line.runs)


def _compared(original: FilledLine | None, line: FilledLine) -> ComparedLine:
    if original is None:
        return ComparedLine(line, "added")
    before, after = fixed_words(original), fixed_words(line)
    if before != after:
        return ComparedLine(line, "changed", tuple(changes_between(before, after)))
    return ComparedLine(line, "filled" if any(run.blank for run in line.runs) else "same")
