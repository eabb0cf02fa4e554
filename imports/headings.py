"""Which row of a table is its heading, which side the table is about, and which column means what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import islice
from typing import Any

from boundary.workbooks.cells import Cell
from boundary.workbooks.tables import Table
from imports.cells import EXCEL_EPOCH, tidy
from imports.column import Column
from imports.columns import IGNORED, OF_ROLE, required_of
from imports.content import Guesses
from imports.models import RememberedColumns
from imports.remit import Remit
from institutions.models import Authority, Role

EPOCH_1904 = date(1904, 1, 1)
LOOKED_AT = 30  # rows in which the heading and the samples are looked for
SAMPLES = 3
LONGEST_SAMPLE = 40
FEWEST_KNOWN = 2  # headings by which a row is taken for the heading
BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|【.*?】")
NOISE = re.compile(r"[\s*＊:：、,/\"'“”]|必填|选填")
FOOT = re.compile(r"^(合计|总计|小计|填表|制表|审核|填报|单位负责人|注[:：]|备注[:：]|说明[:：])")
EXAMPLE = re.compile(r"[(（【]?(示例|例如|样例)")


@dataclass
class Sheet:
    """What is known of one table: kept with the import as JSON."""

    name: str
    role: str = ""  # "": this table is not imported
    heading_row: int = 0
    headings: list[str] = field(default_factory=list)
    samples: list[list[str]] = field(default_factory=list)  # of each column
    fields: list[str] = field(default_factory=list)  # of each column; "" is left out
    by_content: list[int] = field(default_factory=list)  # places of columns that are only guessed by what they hold
    is_side_by_content: bool = False
    counts_from_1904: bool = False  # as workbooks of an old Macintosh count days
    is_sure: bool = False  # remembered, or the template's own headings: nobody needs to look

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Sheet:
        return cls(**kept)

    @property
    def epoch(self) -> date:
        """The day from which its numbers count days."""
        return EPOCH_1904 if self.counts_from_1904 else EXCEL_EPOCH

    @property
    def columns(self) -> dict[int, Column]:
        """The known columns by their place, counted from 0."""
        known = OF_ROLE[Role(self.role)] if self.role else {}
        return {place: known[name] for place, name in enumerate(self.fields) if name in known}

    @property
    def missing(self) -> list[Column]:
        """The columns without which nothing new could be registered."""
        given = set(self.fields)
        return [column for column in required_of(Role(self.role)) if column.field not in given] if self.role else []

    @property
    def digest(self) -> str:
        """The same for the same set of headings, in whatever order, and whether or not a marked sheet added its own."""
        words = sorted({bare(heading) for heading in self.headings} - IGNORED - {""})
        return sha256("\n".join(words).encode()).hexdigest()


def bare(heading: str) -> str:
    """Return a heading without spaces, marks and width: "＊ 床位数 （张）" and "床位数(张)" are the same."""
    return NOISE.sub("", unicodedata.normalize("NFKC", tidy(heading)))


def _names(role: Role) -> dict[str, str]:
    words = {bare(word): column.field for column in OF_ROLE[role].values() for word in column.synonyms}
    return words | {bare(column.heading): column.field for column in OF_ROLE[role].values()}


NAMES = {role: _names(role) for role in Role}
OWN_HEADINGS = {role: {bare(column.heading) for column in OF_ROLE[role].values()} for role in Role}
DISTINCTIVE = {role: set(NAMES[role]) - set(NAMES[other]) for role, other in zip(Role, reversed(Role), strict=True)}


def field_of(heading: str, role: Role) -> str:
    """Return the field that a heading names on that side; "" for none. What stands in brackets may be left out."""
    name = bare(heading)
    return NAMES[role].get(name) or NAMES[role].get(BRACKETS.sub("", name), "")


def look_at(table: Table, authority: Authority, *, counts_from_1904: bool = False) -> Sheet:
    """Return what a table's first rows tell, with the columns as remembered or, failing that, as guessed."""
    rows = list(islice(table.rows(), LOOKED_AT))
    sheet = Sheet(table.name, counts_from_1904=counts_from_1904)
    best = max(rows, key=lambda row: _known(row.cells), default=None)
    if best is None or _known(best.cells) < FEWEST_KNOWN:
        best = next((row for row in rows if len(_texts(row.cells)) > FEWEST_KNOWN), None)
    if best is None:
        return sheet
    sheet.heading_row, cells, _ = best
    sheet.headings = [_shown(cell) for cell in cells]
    below = [row.cells for row in rows if row.number > sheet.heading_row and not is_noise(row.cells, sheet)]
    sheet.samples = [_samples(below, place) for place in range(len(sheet.headings))]
    _map(sheet, authority, below)
    return sheet


def is_example(row: Sequence[Cell]) -> bool:
    """Whether the row says of itself that it is only an example."""
    return any(isinstance(cell, str) and EXAMPLE.match(cell.strip()) for cell in row)


def is_noise(cells: Sequence[Cell], sheet: Sheet) -> bool:
    """Whether a row is no data: an example, a foot such as 合计 or 填表人, or the heading once more."""
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    if is_example(cells) or (texts and FOOT.match(texts[0].strip().replace(" ", ""))):
        return True
    headings = [bare(heading) for heading in sheet.headings]
    return [bare(str(cell)) if cell is not None else "" for cell in cells] == headings[: len(cells)]


def _map(sheet: Sheet, authority: Authority, below: Sequence[Sequence[Cell]]) -> None:
    remembered = RememberedColumns.objects.filter(authority=authority, headings_digest=sheet.digest).first()
    if remembered is not None:
        sheet.role, sheet.is_sure = remembered.role, True
        sheet.fields = [remembered.columns.get(key, "") for key in keys_of(sheet.headings)]
        return
    guesses = _guesses(sheet, authority, below)
    role = _role_of(sheet)
    if role is None:
        role = guesses.side() or (_role_named(sheet) if guesses.has_codes else None)
        sheet.is_side_by_content = role is not None
    if role is None:
        return
    sheet.role = role
    sheet.fields = guessed(sheet.headings, role)
    for place, name in guesses.fields(role, sheet.fields).items():
        sheet.fields[place] = name
        sheet.by_content.append(place)
    spoken = {bare(heading) for heading in sheet.headings} - {""}
    is_guessed = sheet.is_side_by_content or bool(sheet.by_content)
    sheet.is_sure = not is_guessed and not sheet.missing and spoken <= OWN_HEADINGS[role] | IGNORED


def keys_of(headings: Sequence[str]) -> list[str]:
    """Return by what each column is remembered: its heading, the second of the same heading (or of none) apart."""
    names = [bare(heading) for heading in headings]
    return [f"{name}\n{before}" if (before := names[:place].count(name)) else name for place, name in enumerate(names)]


def _guesses(sheet: Sheet, authority: Authority, below: Sequence[Sequence[Cell]]) -> Guesses:
    """Return what stands in the columns whose heading is known on neither side."""
    unknown = {
        place: [row[place] for row in below if place < len(row) and row[place] not in (None, "")]
        for place, heading in enumerate(sheet.headings)
        if bare(heading) not in IGNORED and not any(field_of(heading, role) for role in Role)
    }
    return Guesses(unknown, Remit(authority), sheet.epoch)


def guessed(headings: Sequence[str], role: Role) -> list[str]:
    """Return the field of each heading, every field once, for the first heading that names it."""
    fields: list[str] = []
    for heading in headings:
        found = field_of(heading, role)
        fields.append("" if found in fields else found)
    return fields


def _role_of(sheet: Sheet) -> Role | None:
    """Return the side that the headings speak of; where they do not tell, the table's name; else none."""
    words = {bare(heading) for heading in sheet.headings}
    counts = {role: len(words & DISTINCTIVE[role]) for role in Role}
    if sum(bool(field_of(heading, role)) for heading in sheet.headings for role in Role) < 2 * FEWEST_KNOWN:
        return None
    if counts[Role.MEDICAL] != counts[Role.ELDER_CARE]:
        return max(Role, key=lambda role: counts[role])
    return _role_named(sheet)


def _role_named(sheet: Sheet) -> Role | None:
    """Return the side that the name of the table or a heading speaks of."""
    words = [sheet.name, *map(bare, sheet.headings)]
    if any("养老" in word for word in words):
        return Role.ELDER_CARE
    return Role.MEDICAL if any("医" in word for word in words) else None


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [cell for cell in cells if isinstance(cell, str) and cell.strip()]


def _known(cells: Sequence[Cell]) -> int:
    texts = _texts(cells)
    return max(len({field_of(text, role) for text in texts} - {""}) for role in Role)


def _shown(cell: Cell) -> str:
    return "" if cell is None else tidy(str(cell))[:LONGEST_SAMPLE]


def _samples(rows: Sequence[Sequence[Cell]], place: int) -> list[str]:
    found = (_shown(row[place]) for row in rows if place < len(row))
    return list(islice(filter(None, found), SAMPLES))
