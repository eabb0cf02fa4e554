"""What a column with an unknown heading might be, by what stands in it. Proposed only: a person always looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from boundary.workbooks.cells import Cell
from imports.cells import SERIAL, Level, Unreadable, Value, plain_text, read
from imports.column import Column, Kind
from imports.columns import OF_ROLE
from imports.remit import Remit
from institutions.models import Role

# What shows by its writing alone, the surest first. A second column of codes or days may be anything.
SHOWN = ("uscc", "region", "phone", "kind", "level", "ownership", "licence_valid_to", "opened_on")
AHEAD = frozenset({"licence_valid_to"})  # a day that is yet to come; every other lies behind
SAID_OF_ANYTHING = frozenset({"无", "0", "1", "2", "3"})  # words of a level that numbers and blanks are too
ENOUGH = 0.8  # of the values have to fit: bureaus' own sheets have slips

Contents = Mapping[int, Sequence[Cell]]  # of each column by its place what stands in it, without empty cells


@dataclass(frozen=True)
class Guesses:
    """What stands in the columns of one sheet whose headings nobody knows, held against what a column may hold."""

    contents: Contents
    remit: Remit
    epoch: date

    def fields(self, role: Role, taken: Sequence[str]) -> dict[int, str]:
        """Return the field that each column might be, every field once and none that a heading names."""
        found: dict[int, str] = {}
        for name in SHOWN:
            column = OF_ROLE[role].get(name)
            if column is None or name in taken:
                continue
            fitting = (place for place in self.contents if place not in found and self._fits(place, column))
            if (place := next(fitting, None)) is not None:
                found[place] = name
        return found

    def side(self) -> Role | None:
        """Return the side whose words for kinds or levels a column holds; None where both or neither are found."""
        sides = {role for role in Role if any(self._has(OF_ROLE[role].get(name)) for name in ("kind", "level"))}
        return sides.pop() if len(sides) == 1 else None

    @property
    def has_codes(self) -> bool:
        """Whether a column holds unified social credit codes."""
        return self._has(OF_ROLE[Role.MEDICAL]["uscc"])

    def _has(self, column: Column | None) -> bool:
        return column is not None and any(self._fits(place, column) for place in self.contents)

    def _fits(self, place: int, column: Column) -> bool:
        """Whether most of what stands there can be read as what the column asks for."""
        cells = self.contents[place]
        values = [value for cell in cells if (value := self._read(cell, column)) is not None]
        if not values or len(values) < ENOUGH * len(cells):
            return False
        is_ahead = column.kind is Kind.DAY and max(map(str, values)) > timezone.localdate().isoformat()
        return is_ahead == (column.field in AHEAD)

    def _read(self, cell: Cell, column: Column) -> Value | None:
        """Return what a cell says as such a column; None where it is not written like one."""
        try:
            text = plain_text(cell).strip()
            if text in SAID_OF_ANYTHING or (column.kind is Kind.DAY and SERIAL.fullmatch(text)):
                return None
            found = read(cell, column, self.epoch)
            if any(level is Level.WARNING for level, _ in found.remarks):
                return None
            is_place = column.kind is Kind.REGION and found.value is not None
            return self.remit.find(str(found.value)) if is_place else found.value
        except Unreadable:
            return None
