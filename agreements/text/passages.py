"""A template as people fill it in and talk about it: passage by passage, each with its questions. Pure.

A blank that stands in several places is asked at the first of them only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from agreements.text.filling import blanks_in, signing_line_id
from agreements.text.schema import Blank, Block, BlockKind, TemplateBody

LONGEST_OPENING = 20
NO_SECTION = "协议其他内容"
PAUSE = re.compile(r"[，。；：,;:{]")
TITLES = {BlockKind.TITLE, BlockKind.SUBTITLE, BlockKind.HEADING, BlockKind.SUBHEADING}


@dataclass(frozen=True)
class Passage:
    """One block of the text, or a line of its signature block, with the blanks that are asked at it, and what it is
    called where it stands alone."""

    block: Block
    heading: str
    blanks: tuple[Blank, ...] = ()


def passages_of(body: TemplateBody) -> list[Passage]:
    """Return every block in order, then what of the signature block asks for something.

    No two at which something may be said are called the same.
    """
    blanks = {blank.id: blank for blank in body.blanks}
    found, seen, section, party = list[Passage](), set[str](), "", ""
    for block in body.blocks:
        if block.kind in {BlockKind.HEADING, BlockKind.SUBHEADING}:
            section = block.label + block.text
        if block.kind is BlockKind.PARTY and "_name}" in block.text:
            party = _beginning(block)
        ids = [id_ for id_ in blanks_in(block.text) if blanks[id_].is_asked and id_ not in seen]
        seen.update(ids)
        heading = _party_line(block, party) if block.kind is BlockKind.PARTY else _heading(block, section)
        found.append(Passage(block, heading, tuple(blanks[id_] for id_ in ids)))
    found += _signing_lines(body, blanks, seen)
    return list(_numbered(_told_apart(found)))


def _signing_lines(body: TemplateBody, blanks: Mapping[str, Blank], asked: Collection[str]) -> Iterator[Passage]:
    """Yield the lines of the signature block that ask for something which no clause has asked for: a representative."""
    groups = [(party.role, body.called[party.role], party.lines) for party in body.signature.parties]
    groups.append(("shared", "双方", body.signature.shared_lines))
    seen = set(asked)
    for name, called, lines in groups:
        for number, line in enumerate(lines, 1):
            ids = [id_ for id_ in blanks_in(line.text) if blanks[id_].is_asked and id_ not in seen]
            seen.update(ids)
            if ids:
                block = Block(signing_line_id(name, number), BlockKind.SIGNATURE, line.text + line.prompt)
                yield Passage(block, f"签署处（{called}）", tuple(blanks[id_] for id_ in ids))


def asking(passages: Iterable[Passage]) -> list[Passage]:
    """Return those at which something is asked."""
    return [passage for passage in passages if passage.blanks]


def clauses(passages: Iterable[Passage]) -> list[Passage]:
    """Return those at which something may be said: all but titles, which say nothing without what stands below."""
    return [passage for passage in passages if passage.block.kind not in TITLES]


def _heading(block: Block, section: str) -> str:
    """Name a clause as people find it: by its section, and by its own number with its opening words where it has one.

    The whole first sentence where that is short, else what it begins with.
    """
    if not block.label:
        return section or _by_itself(block)
    opening, stop, _ = (block.heading + block.text).partition("。")
    is_short = bool(stop) and len(opening) <= LONGEST_OPENING and not blanks_in(opening)
    own = block.label + opening if is_short else _beginning(block)
    return f"{section} · {own}" if section else own


def _by_itself(block: Block) -> str:
    """Name a block that stands under no heading by what it begins with."""
    begins = _beginning(block)
    return begins if block.label or not begins else f"“{begins}”一段"


def _party_line(block: Block, party: str) -> str:
    """Name a line at the head by what it says of which party: 甲方（养老机构） · 地址."""
    begins = _beginning(block)
    return begins if begins == party or not party else f"{party} · {begins}"


def _beginning(block: Block) -> str:
    words = PAUSE.split(block.heading + block.text)[0].rstrip("《（(“")
    return block.label + words[:LONGEST_OPENING]


def _told_apart(passages: list[Passage]) -> Iterator[Passage]:
    """Add to headings that several passages share what each begins with.

    One that asks something keeps its short name where no other that asks is called so: it heads a card of the wizard.
    """
    shared, asked = (Counter(each.heading for each in some) for some in (clauses(passages), asking(passages)))
    for passage in passages:
        begins = _beginning(passage.block)
        alone = (asked if passage.blanks else shared)[passage.heading] < 2
        titles = passage.block.kind in TITLES
        yield passage if alone or titles or not begins else replace(passage, heading=f"{passage.heading} · {begins}")


def _numbered(passages: Iterable[Passage]) -> Iterator[Passage]:
    """Count those that are called the same all the same: （第 2 处）."""
    times = Counter[str]()
    for passage in passages:
        if passage.block.kind in TITLES:
            yield passage
            continue
        heading = passage.heading or NO_SECTION
        times[heading] += 1
        yield replace(passage, heading=heading if times[heading] == 1 else f"{heading}（第 {times[heading]} 处）")
