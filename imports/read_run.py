"""Reading in the background: a cell opens the sheet, its rows are kept, its columns are guessed. Nobody else opens it.

What is wrong with the sheet is its refusal, shown at the import's page; when no cell could be had, it waits again.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

import jobs
from audit.log import append
from boundary.cell.tables import read as read_tables
from boundary.events import UploadRefused as RefusedEvent
from boundary.refused import NotNow, UploadRefused
from boundary.storage import on_disk
from imports import announcements
from imports.background import CHECK, MOST_ATTEMPTS, READ
from imports.books import keep_rows, tables_of
from imports.headings import look_at
from imports.models import InstitutionImport
from imports.runs import is_ready
from imports.tables import MOST_SHEETS, NOTES_SHEET, REGIONS_SHEET

State = InstitutionImport.State
NO_HEADING = "表格里没有找到表头。请下载模板，或检查第一行是不是各列的名称。"


def read(run_id: int) -> None:
    """Read a waiting import, and ring for the same person's next. Returns quietly when it is gone, taken or done.

    Of one person one sheet is opened at a time, so that nobody holds all cells.
    """
    alone = InstitutionImport.objects.filter(state=State.OPENING, uploaded_by=OuterRef("uploaded_by"))
    run = jobs.claim(READ, run_id, Q(~Exists(alone)))
    if run is None:
        return
    try:
        jobs.carry_out(READ, run, _read)
    finally:
        _ring_for_next(run)


def _read(run: InstitutionImport) -> None:
    with TemporaryDirectory(prefix="yiyang-import-") as name:
        try:
            _open(run, Path(name))
        except NotNow:
            if run.attempts >= MOST_ATTEMPTS:
                raise
            jobs.put_back(READ, run)  # the sweep rings: cells may be had then
        except UploadRefused as refusal:
            _refuse(run, str(refusal))


def _open(run: InstitutionImport, folder: Path) -> None:
    into = folder / "read"
    into.mkdir()
    beside = (NOTES_SHEET, REGIONS_SHEET)
    found = read_tables(on_disk(run.file, folder), most=MOST_SHEETS, beside=beside, into=into)
    tables = tables_of(found.tables)
    sheets = [look_at(table, run.authority, counts_from_1904=found.counts_from_1904) for table in tables]
    if not any(sheet.headings for sheet in sheets):
        raise UploadRefused(NO_HEADING)
    with transaction.atomic():
        jobs.hold(READ, run)
    keep_rows(str(run.file.name), found.tables, folder)
    ready = is_ready(sheets)
    with transaction.atomic():
        facts = {"sheets": [sheet.as_json() for sheet in sheets], "hidden_sheets": list(found.hidden)}
        jobs.end(READ, run, State.WAITING if ready else State.MAPPING, **facts)
        if ready:
            jobs.ring_on_commit(CHECK, run.pk)


def _refuse(run: InstitutionImport, reason: str) -> None:
    """End it with the reason. The file goes, since nobody may be given what no cell could read; its digest stays."""
    with transaction.atomic():
        jobs.end(READ, run, State.REFUSED, failure=reason, file="")
        event = RefusedEvent(reason=reason, name=run.file_name, bytes=run.size, sha256=run.sha256)
        append(event, by=run.ordered_by, subject=run)
        announcements.refused(run, reason)
        sheet = str(run.file.name)
        transaction.on_commit(lambda: default_storage.delete(sheet), robust=True)


def _ring_for_next(run: InstitutionImport) -> None:
    """Ring for the next of the same person; one that was put back is for the sweep."""
    waiting = InstitutionImport.objects.filter(state=State.RECEIVED, uploaded_by=run.uploaded_by_id)
    for pk in waiting.exclude(pk=run.pk).order_by("pk").values_list("pk", flat=True)[:1]:
        jobs.ring_on_commit(READ, pk)
