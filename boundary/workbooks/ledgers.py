"""Ledgers (台账) in xlsx: one sheet of rows, one that says what it holds. Every app's ledger is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from django.utils import timezone

from boundary.workbooks.cells import Cell
from boundary.workbooks.writing import Book, Styled
from chinese.dates import cn_day

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD_ROWS = 2  # title and headings
HEAD_COLOUR = "E8EFE9"
Column = tuple[str, int]  # heading and width in characters
Group = Sequence[Column]  # columns that are read together; the first group of a table says what each row is
NOTES = 18, 96  # widths of a note's word and its sentence


def write_ledger(
    target: IO[bytes], groups: Sequence[Group], rows: Iterable[Sequence[Cell]], *, title: str, asked: str, by: str
) -> None:
    """Write the workbook: the ledger under its title and headings, and a sheet of notes.

    `rows` is read once and not kept, however long it is. `asked` is the filter in words, `by` who asked, by full name.
    """
    book = Book()
    count = write_table(book, "台账", groups, rows, heading=f"{title}（{asked}）")
    write_notes(book, _notes(title, asked, by, count))
    book.save(target)


def write_table(
    book: Book, title: str, groups: Sequence[Group], rows: Iterable[Sequence[Cell | Styled]], *, heading: str
) -> int:
    """Write a page to be printed: what it holds and of which day, the headings, the rows. Return how many these are."""
    page = book.page(title, *([width for _, width in group] for group in groups), head_rows=HEAD_ROWS)
    page.entitle(f"{heading} {cn_day(timezone.localdate())}", len(groups[0]))
    page.tabulate([Styled(word, is_bold=True, fill=HEAD_COLOUR) for group in groups for word, _ in group])
    count = 0
    for row in rows:
        page.tabulate(row)
        count += 1
    return count


def write_notes(book: Book, notes: Iterable[Sequence[Cell]]) -> None:
    """Add the page that says what the workbook holds: a word and a sentence in each line."""
    page = book.page("说明", NOTES)
    for line in notes:
        page.tabulate(line)


def _notes(title: str, asked: str, by: str, count: int) -> Iterator[list[Cell]]:
    yield ["内容", title]
    yield ["筛选条件", asked]
    yield ["份数", count]
    yield from made(by)


def made(by: str) -> Iterator[list[Cell]]:
    """Yield the notes on when a workbook was made, and for whom, by full name."""
    yield ["导出时间", f"{cn_day(timezone.localdate())} {timezone.localtime():%H:%M}"]
    yield ["导出人", by]
