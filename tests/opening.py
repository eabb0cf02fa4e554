"""What a cell reads in a file that somebody sends as a table."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from boundary.cell.asking import FOR_EVER, Patience
from boundary.cell.tables import read
from boundary.workbooks.tables import Table
from imports.books import refuse_by_size, tables_of
from imports.tables import MOST_SHEETS, NOTES_SHEET, REGIONS_SHEET


def tables_in(content: bytes, patience: Patience = FOR_EVER) -> dict[str, list[tuple[int, list[Any]]]]:
    """Return the rows of every table by its name, as an import has them read. Raises UploadRefused."""
    refuse_by_size(len(content))
    with TemporaryDirectory() as name:
        given, into = Path(name) / "given", Path(name) / "into"
        given.write_bytes(content)
        into.mkdir()
        beside = (NOTES_SHEET, REGIONS_SHEET)
        found = read(given, most=MOST_SHEETS, beside=beside, into=into, patience=patience)
        return {table.name: _rows(table) for table in tables_of(found.tables)}


def _rows(table: Table) -> list[tuple[int, list[Any]]]:
    return [(number, list(cells)) for number, cells, _ in table.rows()]
