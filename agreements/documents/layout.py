"""A filled text becomes HTML for the renderer. Nothing here decides what the text says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from agreements.text.filling import FilledLine, FilledSignature, Run
from agreements.text.paper import CopyLabel, Paper

TOP_LABEL = re.compile(r"[一二三四五六七八九十]+、|第[一二三四五六七八九十百\d]+条")
HEAD = re.compile(r"[^。：；，,]{2,20}。")
SEAL_LINE = re.compile(r"盖章|签章|公章")
DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
ASKED = re.compile(r"（[^（）]+）[：:]?$")  # what is asked for after a signature's label: （签字）：
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
    }
    return render_to_string("pdf/agreement.html", context)


def labels_html(copies: Iterable[CopyLabel]) -> str:
    """Return one small page for each copy's label."""
    return render_to_string("pdf/labels.html", {"copies": list(copies)})


def laid_line(line: FilledLine) -> Line:
    pieces = _held_together([piece for run in _with_label(line) for piece in _pieces(run, line)])
    head = "" if line.kind in HEADING_TAGS else _head(line)
    if head:
        pieces = [Piece("head", head), Piece("words", pieces[0].text.removeprefix(head)), *pieces[1:]]
    return Line(line.id, line.kind, HEADING_TAGS.get(line.kind, "p"), tuple(pieces), outline=head.rstrip("。"))


def _with_label(line: FilledLine) -> Iterator[Run]:
    first, *rest = line.runs or (Run(""),)
    if line.label and not first.blank:
        yield Run(line.label + first.text)
    else:
        if line.label:
            yield Run(line.label)
        yield first
    yield from rest


def _head(line: FilledLine) -> str:
    """Return 一、建立医疗服务站点。 where a clause begins with its own heading, else ""."""
    if not TOP_LABEL.fullmatch(line.label.strip()) or not line.runs or line.runs[0].blank:
        return ""
    match = HEAD.match(line.runs[0].text)
    has_more = match is not None and (match.end() < len(line.runs[0].text) or len(line.runs) > 1)
    return line.label + match.group() if match and has_more else ""


def _pieces(run: Run, line: FilledLine) -> Iterator[Piece]:
    if run.filled:
        # A short value gets a little underline on both sides, as written in a blank. By spaces: with padding WeasyPrint
        # would not split a longer one at the end of a line.
        is_short = len(run.text) <= SHORT
        kind = "filled together" if is_short or DATE.fullmatch(run.text) else "filled"
        yield Piece(kind, f" {run.text} " if is_short else run.text)
    elif run.blank:
        yield from _empty_blank(run, line)
    elif line.kind == "signature" and (asked := ASKED.search(run.text)) and asked.start():
        yield Piece("words", run.text[: asked.start()])
        yield Piece("together", asked.group())
    elif run.text:
        yield Piece("words", run.text)


def _empty_blank(run: Run, line: FilledLine) -> Iterator[Piece]:
    """Print a blank as the source does, its spaces as room to write in: they carry no characters."""
    if not run.text.strip():
        yield Piece("gap", width=_gap_width(run, line))
        return
    if run.text.startswith("年"):
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
    sealed = _seal_line(signature) if signature.seal else -1
    lines = tuple(
        Line(line.id, line.kind, "p", laid_line(line).pieces, takes_seal=number == sealed)
        for number, line in enumerate(signature.lines)
    )
    return SignatureArea(signature.role, signature.seal, lines)


def _seal_line(signature: FilledSignature) -> int:
    """Return which line the seal goes below: the last that asks for one, else the first."""
    asking = [number for number, line in enumerate(signature.lines) if SEAL_LINE.search(line.text)]
    return asking[-1] if asking else 0
