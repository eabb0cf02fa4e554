"""Putting values in place: a template body and its values become a filled text.

The filled text is the one thing that preview, PDF, digest and comparison are made from.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from agreements.text.capitals import in_capitals
from agreements.text.schema import Blank, BlankKind, Block, TemplateBody

Value = str | int | Decimal | date
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(\.capitals)?\}")


@dataclass(frozen=True)
class Run:
    """A stretch of one line: fixed words (`blank` is "") or a blank, filled or empty."""

    text: str
    blank: str = ""
    filled: bool = False


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


@dataclass(frozen=True)
class FilledSignature:
    """One party's lines of the signature block, or (role "") the lines that both share."""

    role: str
    seal: bool
    lines: tuple[FilledLine, ...]


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
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FilledText:
        def line(row: Mapping[str, Any]) -> FilledLine:
            return FilledLine(row["id"], row["kind"], row["label"], tuple(Run(**run) for run in row["runs"]))

        return cls(
            title=data["title"],
            lines=tuple(line(row) for row in data["lines"]),
            side_by_side=data["side_by_side"],
            signatures=tuple(
                FilledSignature(s["role"], s["seal"], tuple(line(row) for row in s["lines"]))
                for s in data["signatures"]
            ),
        )


def printed_value(blank: Blank, value: Value) -> str:
    """Return a value as it is printed in place: 2026年11月22日, 12,000.00, 3, or the text itself."""
    match value:
        case date():
            text = f"{value.year}年{value.month}月{value.day}日"
        case Decimal():
            text = f"{value:,.2f}"
        case _:
            text = str(value)
    return f"{blank.before}{text}{blank.after}"


def fill(body: TemplateBody, values: Mapping[str, Value]) -> FilledText:
    """Return the text with `values` in place; a blank without a value prints as the source prints it."""
    blanks = {blank.id: blank for blank in body.blanks}
    signatures = [
        FilledSignature(party.role, party.seal, _signature_lines(party.role, party.lines, blanks, values))
        for party in body.signature.parties
    ]
    if body.signature.shared_lines:
        lines = _signature_lines("shared", body.signature.shared_lines, blanks, values)
        signatures.append(FilledSignature("", seal=False, lines=lines))
    return FilledText(
        title=body.title,
        lines=tuple(fill_block(block, blanks, values) for block in body.blocks),
        side_by_side=body.signature.side_by_side,
        signatures=tuple(signatures),
    )


def fill_block(block: Block, blanks: Mapping[str, Blank], values: Mapping[str, Value]) -> FilledLine:
    """Fill one block alone, as the wizard's live preview does."""
    return FilledLine(block.id, block.kind.value, block.label, tuple(_runs(block.text, blanks, values)))


def blanks_in(text: str) -> list[str]:
    """Return the ids of the blanks in a line, in order, each once."""
    return list(dict.fromkeys(match.group(1) for match in PLACEHOLDER.finditer(text)))


def _signature_lines(
    name: str, lines: Iterable[str], blanks: Mapping[str, Blank], values: Mapping[str, Value]
) -> tuple[FilledLine, ...]:
    return tuple(
        FilledLine(f"signature-{name}-{number}", "signature", "", tuple(_runs(text, blanks, values)))
        for number, text in enumerate(lines, 1)
    )


def _runs(text: str, blanks: Mapping[str, Blank], values: Mapping[str, Value]) -> Iterator[Run]:
    end = 0
    for match in PLACEHOLDER.finditer(text):
        if match.start() > end:
            yield Run(text[end : match.start()])
        yield _blank_run(blanks[match.group(1)], values.get(match.group(1)), capitals=bool(match.group(2)))
        end = match.end()
    if end < len(text):
        yield Run(text[end:])


def _blank_run(blank: Blank, value: Value | None, *, capitals: bool) -> Run:
    if value is None or value == "":
        return Run(blank.printed, blank.id)
    if capitals and blank.kind is BlankKind.MONEY:
        return Run(in_capitals(Decimal(str(value))), blank.id, filled=True)
    return Run(printed_value(blank, value), blank.id, filled=True)
