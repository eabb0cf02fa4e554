"""A filled text becomes HTML for the renderer. Nothing here decides what the text says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from agreements.text.attestation import TITLE
from agreements.text.filling import FilledLine, FilledSignature, Run, Words
from agreements.text.paper import CopyLabel, Paper

SPACES = re.compile(r"\s+")
PARTY_GAP, END_GAP, MIDDLE_GAP, DATE_ROOM = 16, 8, 3, 2.5  # widths of empty blanks in characters
SHORT = 6  # characters
CLOSING = "。，、；：）)!！?？,.;:"
HEADING_TAGS = {"title": "h1", "subtitle": "p", "heading": "h2", "subheading": "h3"}


@dataclass(frozen=True)
class Piece:
    """A stretch of a line: words, head, filled, gap (`width` characters of underline) or room (the same without).

    The text of a gap or a room is the punctuation after it, which must not begin a line.
    """

    kind: str
    text: str = ""
    width: float = 0

    @property
    def html(self) -> SafeString:
        if self.width:
            blank = format_html('<span class="{}" style="width: {}em"></span>', self.kind, self.width)
            return format_html('<span class="held">{}{}</span>', blank, self.text) if self.text else blank
        if self.kind == "words":
            return format_html("{}", self.text)
        return format_html('<span class="{}">{}</span>', self.kind, self.text)


@dataclass(frozen=True)
class Line:
    id: str
    kind: str
    tag: str
    pieces: tuple[Piece, ...]
    outline: str = ""  # the bookmark, for lines that are not headings
    takes_seal: bool = False

    @property
    def html(self) -> SafeString:
        """The line as one element. Not in a template: every space that one lets in would be printed."""
        return format_html(
            '<{} class="{}"{}>{}</{}>',
            self.tag,
            f"{self.kind} takes-seal" if self.takes_seal else self.kind,
            format_html(' data-outline="{}"', self.outline) if self.outline else "",
            format_html_join("", "{}", ((piece.html,) for piece in self.pieces)),
            self.tag,
        )


@dataclass(frozen=True)
class SignatureArea:
    role: str
    seal: bool
    lines: tuple[Line, ...]


def body_html(paper: Paper) -> str:
    """Return the whole document as HTML, every text escaped."""
    text = paper.text
    parties = [_signature_area(signature) for signature in text.signatures if signature.role]
    shared = [_signature_area(signature) for signature in text.signatures if not signature.role]
    context = {
        "paper": paper,
        "dated": paper.dated.isoformat(timespec="seconds"),
        "authors": paper.parties or ("颐养签约",),
        "lines": [laid_line(line) for line in text.lines],
        "side_by_side": text.side_by_side,
        "areas": parties,
        "shared": shared,
        "attestation": paper.attestation,
        "attestation_title": TITLE,
    }
    return render_to_string("pdf/agreement.html", context)


def labels_html(copies: Iterable[CopyLabel]) -> str:
    """Return one small page for each copy's label."""
    return render_to_string("pdf/labels.html", {"copies": list(copies)})


def laid_line(line: FilledLine) -> Line:
    runs = [piece for run in line.runs for piece in _pieces(run, line)]
    pieces = _held_together(runs if line.heading else [Piece("words", line.label), *runs])
    tag = HEADING_TAGS.get(line.kind, "p")
    return Line(line.id, line.kind, tag, tuple(pieces), outline=line.heading.rstrip("。"))


def _pieces(run: Run, line: FilledLine) -> Iterator[Piece]:
    if run.words is Words.HEADING:
        yield Piece("head", line.heading)
    elif run.words is Words.PROMPT:
        yield Piece("together", run.text)
    elif run.filled:
        yield _value(run)
    elif run.blank:
        yield from _empty_blank(run, line)
    elif run.text:
        yield Piece("words", run.text)


def _value(run: Run) -> Piece:
    # A short value gets a little underline on both sides, as written in a blank. By spaces: with padding WeasyPrint
    # would not split a longer one at the end of a line.
    is_short = len(run.text) <= SHORT
    return Piece("filled together" if is_short or run.is_day else "filled", f" {run.text} " if is_short else run.text)


def _empty_blank(run: Run, line: FilledLine) -> Iterator[Piece]:
    """Print a blank as the source does, its spaces as room to write in: they carry no characters."""
    if not run.text.strip():
        yield Piece("gap", width=_gap_width(run, line))
        return
    if run.is_day and run.text.startswith("年"):
        yield Piece("room", width=DATE_ROOM)
    end = 0
    for spaces in SPACES.finditer(run.text):
        if spaces.start() > end:
            yield Piece("words", run.text[end : spaces.start()])
        yield Piece("room", width=max(DATE_ROOM, len(spaces.group()) / 2))
        end = spaces.end()
    if end < len(run.text):
        yield Piece("words", run.text[end:])


def _held_together(pieces: list[Piece]) -> list[Piece]:
    """Move closing punctuation after an empty blank into it."""
    held: list[Piece] = []
    for piece in pieces:
        if held and held[-1].width and piece.kind == "words" and piece.text[0] in CLOSING:
            held[-1] = replace(held[-1], text=piece.text[0])
            piece = replace(piece, text=piece.text[1:])
        if piece.text or piece.width:
            held.append(piece)
    return held


def _gap_width(run: Run, line: FilledLine) -> float:
    if line.runs[-1] is not run:
        least = MIDDLE_GAP
    elif line.kind == "party":
        least = PARTY_GAP
    else:
        least = END_GAP
    return max(least, len(run.text) / 2)


def _signature_area(signature: FilledSignature) -> SignatureArea:
    sealed = signature.seal_line if signature.seal else 0
    lines = (replace(laid_line(line), takes_seal=number == sealed) for number, line in enumerate(signature.lines, 1))
    return SignatureArea(signature.role, signature.seal, tuple(lines))
