"""What differs between two texts, word by word. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from agreements.text.filling import FilledLine, FilledText


@dataclass(frozen=True)
class Change:
    """A stretch of a line: `kind` is same, added (only in the later) or removed (only in the earlier)."""

    kind: str
    text: str


@dataclass(frozen=True)
class ChangedLine:
    """One line that reads otherwise, is new or is gone, under the heading that it stands below."""

    heading: str
    changes: tuple[Change, ...]


def changes_between(before: str, after: str) -> Iterator[Change]:
    """Yield a line's stretches in order, what was removed before what was added in its place."""
    for _, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if before[i:j] == after[k:m]:
            yield Change("same", after[k:m])
            continue
        if i < j:
            yield Change("removed", before[i:j])
        if k < m:
            yield Change("added", after[k:m])


def changed_lines(before: FilledText, after: FilledText) -> list[ChangedLine]:
    """Return the lines of the later text that read otherwise than in the earlier, then those that are gone.

    Lines are known by their ids; what stands in a blank counts.
    """
    earlier = {line.id: line for line in before.all_lines()}
    found, heading = [], ""
    for line in after.all_lines():
        heading = line.text if line.kind.endswith("heading") else heading
        old = earlier.pop(line.id, None)
        if old is None or old.text != line.text:
            found.append(ChangedLine(heading, tuple(changes_between(old.text if old else "", line.text))))
    return found + [_gone(line) for line in earlier.values()]


def _gone(line: FilledLine) -> ChangedLine:
    return ChangedLine("", (Change("removed", line.text),))
