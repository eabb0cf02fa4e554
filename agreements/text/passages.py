"""A template as people fill it in and talk about it: passage by passage, each with its questions. Pure.

A blank that stands in several places is asked at the first of them only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from agreements.text.filling import blanks_in
from agreements.text.schema import Blank, Block, BlockKind, TemplateBody

LONGEST_OPENING = 20
NO_SECTION = "协议其他内容"
PAUSE = re.compile(r"[，。；：,;:{]")


@dataclass(frozen=True)
class Passage:
    """One block of the text with the blanks that are asked at it, and what it is called where it stands alone."""

    block: Block
    heading: str
    blanks: tuple[Blank, ...] = ()


def passages_of(body: TemplateBody) -> list[Passage]:
    """Return every block in order. No two that ask something are called the same."""
    blanks = {blank.id: blank for blank in body.blanks}
    found, seen, section = list[Passage](), set[str](), ""
    for block in body.blocks:
        if block.kind in {BlockKind.HEADING, BlockKind.SUBHEADING}:
            section = block.label + block.text
        ids = [id_ for id_ in blanks_in(block.text) if blanks[id_].is_asked and id_ not in seen]
        seen.update(ids)
        found.append(Passage(block, _heading(block, section), tuple(blanks[id_] for id_ in ids)))
    return list(_told_apart(found))


def asking(passages: Iterable[Passage]) -> list[Passage]:
    """Return those at which something is asked."""
    return [passage for passage in passages if passage.blanks]


def _heading(block: Block, section: str) -> str:
    """Name a clause as people find it: by its section, and by its own opening words where they are short."""
    opening, stop, _ = (block.heading + block.text).partition("。")
    if block.label and stop and len(opening) <= LONGEST_OPENING and not blanks_in(opening):
        own = block.label + opening
        return f"{section} · {own}" if section else own
    return section or NO_SECTION


def _told_apart(passages: list[Passage]) -> Iterator[Passage]:
    """Add to headings that several questions share what each passage begins with: its label, else its first words."""
    shared = Counter(passage.heading for passage in asking(passages))
    for passage in passages:
        if shared[passage.heading] < 2:
            yield passage
            continue
        block = passage.block
        begins = block.label or PAUSE.split(block.heading + block.text)[0][:LONGEST_OPENING]
        yield replace(passage, heading=f"{passage.heading} · {begins}" if begins else passage.heading)
