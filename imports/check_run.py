"""Checking in the background: every row is read and judged before any is written. Progress is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

import jobs
from audit.log import append
from boundary.refused import UploadRefused
from boundary.workbooks.tables import Row, Table
from imports import announcements, events
from imports.background import CHECK
from imports.books import kept_tables
from imports.checking import Checker
from imports.headings import Sheet, is_noise
from imports.marked import keep_marked
from imports.models import ImportRow, InstitutionImport
from imports.runs import FITTING, sheets_of
from imports.tables import MOST_ROWS

BATCH = 1_000
Kept = dict[tuple[int, int], tuple[str, int | None, object, str]]
T = TypeVar("T")


def check(run_id: int) -> None:
    """Check a waiting import. Returns quietly when it is gone, taken or done.

    A sheet that cannot be read fails with its reason; any other error does too, and is raised.
    """
    jobs.run(CHECK, run_id, _check)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _check(run: InstitutionImport) -> None:
    decided = _decisions(run)
    with transaction.atomic():
        jobs.hold(CHECK, run)
        run.rows.all().delete()
    sheets = sheets_of(run)
    checker = Checker(run, sheets)
    ignored = count = 0
    tables = kept_tables(str(run.file.name), [sheet.name for sheet in sheets])
    for place, (sheet, table) in enumerate(zip(sheets, tables, strict=True)):
        for batch in batches(_rows(sheet, table) if sheet.role else (), BATCH):
            taken = [checker.take(place, row) for row in batch if not is_noise(row.cells, sheet)]
            ignored += len(batch) - len(taken)
            count += len(taken)
            if count > MOST_ROWS:
                raise UploadRefused(f"超过 {MOST_ROWS} 行，请按县区分成几个表格上传。")
            _keep(run, checker.check(taken), count)
    if not count:
        raise UploadRefused("表头下面没有需要导入的行。示例行和合计行不导入。")
    _restore(run, decided)
    tally = tally_of(run) | {"ignored": ignored}
    if tally["wrong"]:
        keep_marked(run, sheets)
    with transaction.atomic():
        jobs.keep(CHECK, run, tally=tally, row_count=count, checked_at=timezone.now(), marked=run.marked)
        append(events.Checked(rows=count, tally=tally), by=run.ordered_by or run.uploaded_by, subject=run)
        announcements.checked(run, tally)


def tally_of(run: InstitutionImport) -> dict[str, int]:
    """Return how many rows there are of each outcome, and how many have warnings."""
    counts: dict[str, int] = dict(run.rows.values_list("outcome").annotate(count=Count("pk")).order_by())
    tally = {outcome.value: counts.get(outcome.value, 0) for outcome in ImportRow.Outcome}
    return tally | {"warned": run.rows.filter(is_warned=True).count()}


def _rows(sheet: Sheet, table: Table) -> Iterator[Row]:
    return (row for row in table.rows() if row.number > sheet.heading_row)


def _keep(run: InstitutionImport, rows: Sequence[ImportRow], count: int) -> None:
    """Store a batch with the progress, if the run is still ours."""
    with transaction.atomic():
        jobs.hold(CHECK, run, rows_checked=count)
        ImportRow.objects.bulk_create(rows)


def _decisions(run: InstitutionImport) -> Kept:
    """Return what was decided about which row, with what it was decided about."""
    rows = run.rows.exclude(decision="").values_list(
        "sheet", "number", "outcome", "institution_id", "changes", "decision"
    )
    return {(sheet, number): (*rest,) for sheet, number, *rest in rows.iterator()}


def _restore(run: InstitutionImport, decided: Kept) -> None:
    """Decide as before about rows of which nothing has changed."""
    if not decided:
        return
    rows = []
    for row in run.rows.filter(outcome__in=list(FITTING)).iterator(chunk_size=BATCH):
        outcome, institution, changes, decision = decided.get((row.sheet, row.number), ("", None, None, ""))
        if decision and (row.outcome, row.institution_id, row.changes) == (outcome, institution, changes):
            row.decision = decision
            rows.append(row)
    ImportRow.objects.bulk_update(rows, ["decision"], batch_size=BATCH)
