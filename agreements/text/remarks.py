"""What the answering side asks for when it returns a text: comments at passages, and other values for blanks. Pure.

A remark names what it is about in words too: the draft may go on by another template, and the round stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agreements.text.stored import as_json


@dataclass(frozen=True)
class Proposal:
    """Another value for one blank. `value` is as answers are stored, `before` and `words` as the paper prints it."""

    blank: str
    label: str
    value: str | int
    words: str
    before: str = ""  # what was sent; "" where the blank was left open


@dataclass(frozen=True)
class Remark:
    """What is said at one passage: a comment, proposals, or both."""

    block: str
    heading: str
    comment: str = ""
    proposals: tuple[Proposal, ...] = ()

    @property
    def in_words(self) -> str:
        """One line: 三、费用：偏高；“每年多少元”建议改为 9,000.00."""
        said = [self.comment.strip()] if self.comment.strip() else []
        said += [f"“{proposal.label}”建议改为 {proposal.words}" for proposal in self.proposals]
        return f"{self.heading}：{'；'.join(each.rstrip('。；') for each in said)}。"

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Remark:
        """Rebuild a remark from what `as_json` gave."""
        return cls(**{**row, "proposals": tuple(Proposal(**each) for each in row.get("proposals", ()))})


def stored_remarks(remarks: Iterable[Remark]) -> list[dict[str, Any]]:
    return [as_json(remark) for remark in remarks]


def reason_in_words(reason: str, remarks: Iterable[Remark]) -> str:
    """Return everything that is asked for as lines to read: the general reason, then what is said at passages."""
    return "\n".join(_lines(reason, remarks))


def _lines(reason: str, remarks: Iterable[Remark]) -> Iterator[str]:
    if reason.strip():
        yield reason.strip()
    for remark in remarks:
        yield remark.in_words
