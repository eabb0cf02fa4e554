"""Putting values in place: a template body and its values become a filled text.

The filled text is the one thing that preview, PDF, digest and comparison are made from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agreements.text.schema import Blank, BlankKind, Block, SignatureLine, TemplateBody
from agreements.text.stored import as_json
from chinese.capitals import in_capitals
from chinese.dates import cn_day

Value = str | int | Decimal | date
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(\.capitals)?\}")
BUREAU = re.compile("(?:局|委|委员会|办公室)$")  # a whole bureau's name, no place's


class Words(StrEnum):
    """What the template's own words are on their line."""

    PLAIN = "plain"
    HEADING = "heading"  # a clause's own
    PROMPT = "prompt"  # what is to be done on a line of the signature block


@dataclass(frozen=True)
class Run:
    """A stretch of one line: words of the template (`blank` is ""), or a blank of a kind, filled or empty.

    `left_out` is what the source prints after a blank and what the name in it stands for already: of ____养老院, filled
    with a name that does not end so, the ending. Whoever compares with the source puts it back.
    """

    text: str
    blank: str = ""
    kind: BlankKind | None = None  # of the blank
    filled: bool = False
    words: Words = Words.PLAIN
    left_out: str = ""

    def __post_init__(self) -> None:
        if bool(self.blank) is (self.kind is None):
            raise ValueError(f"a blank has a kind, words have none: {self}")

    @property
    def is_day(self) -> bool:
        """Whether a day of the calendar stands here, or is to."""
        return self.kind is not None and self.kind.is_day


@dataclass(frozen=True)
class FilledLine:
    id: str
    kind: str  # BlockKind, or "signature"
    label: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The line as it is read: label and text, blanks as printed."""
        return self.label + "".join(run.text for run in self.runs)

    @property
    def heading(self) -> str:
        """The line's own heading with its label, 一、建立医疗服务站点。, or "" where it has none."""
        own = "".join(run.text for run in self.runs if run.words is Words.HEADING)
        return own and self.label + own


@dataclass(frozen=True)
class FilledSignature:
    """One party's lines of the signature block, or (role "") the lines that both share."""

    role: str
    seal: bool
    lines: tuple[FilledLine, ...]
    seal_line: int = 1  # below which line the seal goes, counted from 1


@dataclass(frozen=True)
class FilledText:
    title: str
    lines: tuple[FilledLine, ...]
    side_by_side: bool
    signatures: tuple[FilledSignature, ...]

    def all_lines(self) -> Iterator[FilledLine]:
        """Every line from the title to the end of the signature block, in order."""
        yield from self.lines
        for signature in self.signatures:
            yield from signature.lines

    @property
    def plain(self) -> str:
        """One line a clause; the text that the digest is made of."""
        return "\n".join(line.text for line in self.all_lines())

    @property
    def digest(self) -> str:
        """SHA-256 of `plain` as UTF-8, in hexadecimal."""
        return hashlib.sha256(self.plain.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return as_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FilledText:
        """Rebuild a filled text from what `to_json` gave."""
        return cls(
            title=data["title"],
            lines=_lines(data["lines"]),
            side_by_side=data["side_by_side"],
            signatures=tuple(FilledSignature(**{**s, "lines": _lines(s["lines"])}) for s in data["signatures"]),
        )


def _lines(rows: Iterable[Mapping[str, Any]]) -> tuple[FilledLine, ...]:
    return tuple(FilledLine(**{**row, "runs": tuple(map(_run, row["runs"]))}) for row in rows)


def _run(row: Mapping[str, Any]) -> Run:
    kind = BlankKind(row["kind"]) if "kind" in row else None
    return Run(**{**row, "kind": kind, "words": Words(row.get("words", Words.PLAIN))})


def printed_value(blank: Blank, value: Value) -> str:
    """Return a value as it is printed in place: 2026年11月22日, 12,000.00, 3, or the text itself."""
    match value:
        case date():
            text = cn_day(value)
        case Decimal():
            text = f"{value:,.2f}"
        case _:
            text = str(value)
    return f"{blank.before}{text}{blank.after}"


def fill(body: TemplateBody, values: Mapping[str, Value]) -> FilledText:
    """Return the text with `values` in place; a blank without a value prints as the source prints it."""
    blanks = {blank.id: blank for blank in body.blanks}
    signatures = [
        FilledSignature(
            party.role, party.seal, _signature_lines(party.role, party.lines, blanks, values), party.seal_line
        )
        for party in body.signature.parties
    ]
    if body.signature.shared_lines:
        lines = _signature_lines("shared", body.signature.shared_lines, blanks, values)
        sealed = body.signature.shared_seal_line
        signatures.append(FilledSignature("", bool(sealed), lines, max(sealed, 1)))
    return FilledText(
        title=body.title,
        lines=tuple(fill_block(block, blanks, values) for block in body.blocks),
        side_by_side=body.signature.side_by_side,
        signatures=tuple(signatures),
    )


def fill_block(block: Block, blanks: Mapping[str, Blank], values: Mapping[str, Value]) -> FilledLine:
    """Fill one block alone, as the wizard's live preview does."""
    runs = (*_own(block.heading, Words.HEADING), *_runs(block.text, blanks, values))
    return FilledLine(block.id, block.kind.value, block.label, runs)


def blanks_in(text: str) -> list[str]:
    """Return the ids of the blanks in a line, in order, each once."""
    return list(dict.fromkeys(match.group(1) for match in PLACEHOLDER.finditer(text)))


def signing_line_id(name: str, number: int) -> str:
    """Return the id of a line of the signature block; `name` is the party's role, or "shared"."""
    return f"signature-{name}-{number}"


def _signature_lines(
    name: str, lines: Iterable[SignatureLine], blanks: Mapping[str, Blank], values: Mapping[str, Value]
) -> tuple[FilledLine, ...]:
    return tuple(
        FilledLine(
            signing_line_id(name, number),
            "signature",
            "",
            (*_runs(line.text, blanks, values), *_own(line.prompt, Words.PROMPT)),
        )
        for number, line in enumerate(lines, 1)
    )


def _own(text: str, words: Words) -> tuple[Run, ...]:
    return (Run(text, words=words),) if text else ()


def _runs(text: str, blanks: Mapping[str, Blank], values: Mapping[str, Value]) -> Iterator[Run]:
    end = 0
    for match in PLACEHOLDER.finditer(text):
        if match.start() > end:
            yield Run(text[end : match.start()])
        blank = blanks[match.group(1)]
        run = _blank_run(blank, values.get(blank.id), capitals=bool(match.group(2)))
        end = match.end()
        if run.filled:
            run = _before_ending(run, ending_after(blank, text[end:]))
            end += len(run.left_out)
        yield run
    if end < len(text):
        yield Run(text[end:])


def ending_after(blank: Blank, text: str) -> str:
    """Return which of a blank's endings the text behind it begins with, with the spaces before it; "" where none."""
    spaces = text[: len(text) - len(text.lstrip())]
    return max((spaces + word for word in blank.followed_by if text.startswith(spaces + word)), key=len, default="")


def _before_ending(run: Run, ending: str) -> Run:
    """Return a name as it stands before an ending that the source prints: 福星 before 养老院, for 福星养老院.

    A name that does not end so is printed whole, and the ending is left out. Of a bureau the place alone is a name
    too, 越城区 before 民政局; what is left out there is the ending of a bureau that is called otherwise, 社会事业局.
    """
    own = run.text.removesuffix(ending.strip())
    if not ending or (own and own != run.text):
        return replace(run, text=own)
    is_whole = run.kind is not BlankKind.AUTHORITY or BUREAU.search(run.text)
    return replace(run, left_out=ending) if is_whole else run


def _blank_run(blank: Blank, value: Value | None, *, capitals: bool) -> Run:
    if value is None or value == "":
        return Run(blank.printed, blank.id, blank.kind)
    text = in_capitals(value) if capitals and isinstance(value, Decimal) else printed_value(blank, value)
    return Run(text, blank.id, blank.kind, filled=True)
