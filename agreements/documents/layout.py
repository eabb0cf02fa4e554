"""A filled text becomes HTML for the renderer. Nothing here decides what the text says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from agreements.documents.places import DAY, NAME, PARTS_OF_A_DAY, SHARED
from agreements.text.attestation import TITLE
from agreements.text.filling import FilledLine, FilledSignature, Run, Words
from agreements.text.paper import CopyLabel, Paper
from agreements.text.schema import BlankKind

SPACES = re.compile(r"\s+")
SIGNED = re.compile("签字|签名")  # what a line of the signature block asks for by hand
PARTY_GAP, END_GAP, MIDDLE_GAP, DATE_ROOM = 16, 8, 3, 2.5  # widths of empty blanks in characters
SHORT = 4  # characters, as a name of a person has; a longer value may be broken at the end of a line
CLOSING = "。，、；：）)!！?？,.;:"
OPENING = "（(《〈“‘「『【〔"
COLUMN = 13  # characters of a signature label that fit where the parties stand side by side
BESIDE_SEAL = 19  # and beside the room for a seal
RUNNING = {"paragraph", "clause", "item"}  # what may run over several lines and ends with a stop
LAST = 2  # characters that a last line has at least, its closing punctuation aside
# What no line may begin with, so many in a row that there is no other place to break: 40 × …; and Latin of which the
# line before would have to be widened by more than MOST in justification.py.
STUCK = re.compile(r"(?:[^\w\s]|[々〻ー゛゜ゝゞヽヾ]){8,}|[!-~]{14,}")
HEADING_TAGS = {"title": "h1", "heading": "h2", "subheading": "h3"}
LISTED = {"clause", "item"}


@dataclass(frozen=True)
class Piece:
    """A stretch of a line: words, head, filled, gap (`width` characters of underline), room (the same without), or pen:
    the place of no width behind which somebody signs.

    The text of a gap or a room is the punctuation after it, which must not begin a line.
    """

    kind: str
    text: str = ""
    width: float = 0
    place: str = ""  # what its place on the page is called, where a signature will fill it

    @property
    def html(self) -> SafeString:
        if self.width or self.place:
            place = format_html(' id="{}"', self.place) if self.place else ""
            blank = format_html('<span class="{}" style="width: {}em"{}></span>', self.kind, self.width, place)
            return format_html('<span class="held">{}{}</span>', blank, self.text) if self.text else blank
        if self.kind == "words":
            return format_html("{}", self.text)
        return format_html('<span class="{}">{}</span>', self.kind, _breakable(self.text))


@dataclass(frozen=True)
class Line:
    id: str
    kind: str
    tag: str
    pieces: tuple[Piece, ...]
    outline: str = ""  # the bookmark, for lines that are not headings
    takes_seal: bool = False
    is_label: bool = False  # of the signature block: never broken inside itself
    is_item: bool = False  # of a list: a numbered clause, or one below it

    @property
    def label_width(self) -> float:
        """How many characters wide its words and blanks are together."""
        return sum(piece.width + _width(piece.text) for piece in self.pieces)

    @property
    def html(self) -> SafeString:
        """The line as one element. Not in a template: every space that one lets in would be printed."""
        return format_html(
            '<{} class="{}"{}>{}</{}>',
            self.tag,
            " ".join([self.kind, *["takes-seal"] * self.takes_seal, *["together"] * self.is_label]),
            format_html(' data-outline="{}"', self.outline) if self.outline else "",
            format_html_join("", "{}", ((piece.html,) for piece in self.pieces)),
            self.tag,
        )


@dataclass(frozen=True)
class Group:
    """Lines that follow each other: a list's, or others. With the ending's the line before stays together."""

    is_list: bool
    is_ending: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SignatureArea:
    role: str
    seal: bool
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """What its places are called on the page."""
        return self.role or SHARED

    @property
    def fits_a_column(self) -> bool:
        return all(line.label_width <= COLUMN for line in self.lines if line.is_label)


def body_html(paper: Paper) -> str:
    """Return the whole document as HTML, every text escaped."""
    text = paper.text
    parties = [_signature_area(signature) for signature in text.signatures if signature.role]
    shared = [_signature_area(signature) for signature in text.signatures if not signature.role]
    lines = [laid_line(line) for line in text.lines]
    context = {
        "paper": paper,
        "dated": paper.dated.isoformat(timespec="seconds"),
        "authors": paper.parties or ("颐养签约",),
        "groups": [*_grouped(lines[:-1]), *_grouped(lines[-1:], is_ending=True)],
        # A label too long for a column is not broken: its parties stand one below the other.
        "side_by_side": text.side_by_side and all(area.fits_a_column for area in parties),
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
    if line.kind in RUNNING:
        pieces = _with_whole_end(pieces)
    tag = HEADING_TAGS.get(line.kind, "p")
    is_item = line.kind in LISTED and bool(line.label)
    return Line(line.id, line.kind, tag, tuple(pieces), outline=line.heading.rstrip("。"), is_item=is_item)


def _grouped(lines: Iterable[Line], *, is_ending: bool = False) -> Iterator[Group]:
    for is_list, group in groupby(lines, key=lambda line: line.is_item):
        yield Group(is_list, is_ending, tuple(group))


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
    if not run.text:
        return  # the source has nothing there either: a line would be room to write in after freezing
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


def _with_whole_end(pieces: list[Piece]) -> list[Piece]:
    """Keep the last characters together, so that no line holds a single one."""
    *before, last = pieces
    if last.kind == "words" and not last.text.strip(CLOSING) and before and before[-1].kind == "filled":
        return [*before[:-1], *_cut(before[-1], " together"), last]
    return [*before, *_cut(last, "together")] if last.kind == "words" else pieces


def _cut(piece: Piece, kept: str) -> list[Piece]:
    """Cut a piece before its last characters; `kept` is added to the kind of these."""
    text = piece.text
    at = len(text.rstrip(CLOSING)) - LAST
    while at > 0 and (not text[at].isalnum() or text[at - 1] in OPENING or _is_one_word(text[at - 1 : at + 1])):
        at -= 1
    if at <= 0:
        return [piece]
    kind = kept if piece.kind == "words" else piece.kind + kept
    return [replace(piece, text=text[:at]), replace(piece, kind=kind, text=text[at:])]


def _is_one_word(pair: str) -> bool:
    return pair.isascii() and pair.isalnum()


def _breakable(text: str) -> SafeString:
    """Return a value with places to break in it where a line could have none. They carry no characters."""
    html, end = SafeString(""), 0
    for stuck in STUCK.finditer(text):
        marks = format_html_join("", "{}<wbr>", ((char,) for char in stuck.group()))
        html, end = html + format_html("{}{}", text[end : stuck.start()], marks), stuck.end()
    return html + format_html("{}", text[end:])


def _width(text: str) -> float:
    return sum(0.5 if char < "\u2000" else 1 for char in text)


def _gap_width(run: Run, line: FilledLine) -> float:
    if line.runs[-1] is not run:
        least = MIDDLE_GAP
    elif line.kind == "party":
        least = PARTY_GAP
    else:
        least = END_GAP
    return max(least, len(run.text) / 2)


def _is_label(line: FilledLine) -> bool:
    """Whether a line of the signature block has nothing in it that was filled in, and has its room."""
    return not any(run.filled for run in line.runs) and _width(line.text) <= BESIDE_SEAL


def _signature_area(signature: FilledSignature) -> SignatureArea:
    sealed = signature.seal_line if signature.seal else 0
    lines = [
        replace(laid_line(line), takes_seal=number == sealed, is_label=_is_label(line))
        for number, line in enumerate(signature.lines, 1)
    ]
    places = _with_places(lines, signature)
    return SignatureArea(signature.role, signature.seal, tuple(places))


def _with_places(lines: Sequence[Line], signature: FilledSignature) -> Iterator[Line]:
    """Name where a signature on screen puts its signatory's name and its day: on the first line for each."""
    whose = signature.role or SHARED
    wanted = {NAME: _takes_name, DAY: _takes_day} if signature.role else {DAY: _takes_day}
    for line, filled in zip(lines, signature.lines, strict=True):
        found = next((what for what, takes in wanted.items() if takes(filled)), None)
        if found is None:
            yield line
            continue
        del wanted[found]
        yield replace(line, pieces=_named(line.pieces, whose) if found == DAY else _with_pen(line.pieces, whose))


def _takes_name(line: FilledLine) -> bool:
    return SIGNED.search(line.text) is not None and not any(run.blank for run in line.runs)


def _takes_day(line: FilledLine) -> bool:
    return any(run.kind is BlankKind.SIGNING_DATE and not run.filled for run in line.runs)


def _with_pen(pieces: tuple[Piece, ...], whose: str) -> tuple[Piece, ...]:
    return (*pieces, Piece("pen", place=f"{NAME}-{whose}"))


def _named(pieces: tuple[Piece, ...], whose: str) -> tuple[Piece, ...]:
    """Name the rooms for year, month and day; those of a line that has another number of them stay without a name."""
    rooms = [number for number, piece in enumerate(pieces) if piece.width]
    if len(rooms) != len(PARTS_OF_A_DAY):
        return pieces
    names = dict(zip(rooms, PARTS_OF_A_DAY, strict=True))
    return tuple(
        replace(piece, place=f"{names[number]}-{whose}") if number in names else piece
        for number, piece in enumerate(pieces)
    )
