"""A sheet is opened once, in a cell, by a job: what comes of it, and whose fault it is when nothing does."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from boundary.refused import NOT_NOW
from imports import check_run, read_run, runs
from imports.background import MOST_ATTEMPTS, NOT_READ
from imports.books import kept_tables, rows_name
from imports.models import InstitutionImport
from imports.sweeping import drop_old_rows
from institutions.models import Authority
from tests.imports.making import book, checked, clinic, fresh, home, sent, uploaded, workbook
from verbs.errors import WrongState

State = InstitutionImport.State


def test_without_a_cell_it_waits_again_and_at_last_a_person_lets_it(
    client: Client, health_authority: Authority, health_reviewer: User, settings: Settings, tmp_path: Path
) -> None:
    folder = settings.CELL_FOLDER
    settings.CELL_FOLDER = tmp_path / "cells"
    settings.CELL_FOLDER.write_text("no folder")
    run = sent(book(home(1)), health_authority, health_reviewer)
    said = []
    for _ in range(MOST_ATTEMPTS):
        said.append(fresh(run).state)
        read_run.read(run.pk)
    assert said == [State.RECEIVED] * MOST_ATTEMPTS
    assert (fresh(run).state, fresh(run).failure) == (State.UNREAD, NOT_NOW)
    client.force_login(health_reviewer)
    detail, source = (reverse(name, args=[run.pk]) for name in ("import-detail", "import-source"))
    page = client.get(detail).content.decode()
    assert [NOT_NOW in page, "不用再上传" in page, "重新打开</button>" in page, source in page] == [
        True,
        True,
        True,
        False,
    ]
    assert client.get(source).headers["Location"] == detail
    with pytest.raises(WrongState):
        runs.recheck(fresh(run), by=health_reviewer)
    settings.CELL_FOLDER = folder
    assert client.post(reverse("import-recheck", args=[run.pk])).status_code == 302
    assert (fresh(run).state, fresh(run).failure, fresh(run).attempts) == (State.RECEIVED, "", 0)
    read_run.read(run.pk)
    assert fresh(run).state == State.WAITING


def test_a_fault_of_ours_is_not_said_of_the_sheet(health_authority: Authority, health_reviewer: User) -> None:
    run = sent(book(home(1)), health_authority, health_reviewer)
    default_storage.delete(str(run.file.name))
    with pytest.raises(FileNotFoundError):
        read_run.read(run.pk)
    assert (fresh(run).state, fresh(run).failure) == (State.UNREAD, NOT_READ)


def test_the_sheet_itself_is_never_opened_again(health_authority: Authority, health_reviewer: User) -> None:
    """Checking and marking read the rows that a cell left; they go with the rows of the import."""
    run = checked(book(home(1, beds="x"), home(2), medical=[clinic(1)]), health_authority, health_reviewer)
    sheet = str(run.file.name)
    default_storage.delete(sheet)
    default_storage.save(sheet, ContentFile(b"PK, and nothing else"))
    runs.recheck(run, by=health_reviewer)
    check_run.check(run.pk)
    again = fresh(run)
    assert (again.state, again.tally, bool(again.marked)) == (State.CHECKED, run.tally, True)
    names = [rows_name(sheet, place) for place in (0, 1)]
    assert [default_storage.exists(name) for name in names] == [True, True]
    assert [len(list(table.rows())) for table in kept_tables(sheet, ["", ""])] == [3, 2]
    runs.abandon(again, by=health_reviewer)
    InstitutionImport.objects.update(state_since=timezone.now() - timedelta(days=91))
    assert drop_old_rows() == 1
    assert [default_storage.exists(name) for name in names] == [False, False]


def test_a_sheet_that_a_person_must_explain_leads_to_its_columns(
    client: Client, health_authority: Authority, health_reviewer: User
) -> None:
    client.force_login(health_reviewer)
    run = sent(workbook({"台账": [["甲", "乙", "丙"], [1, 2, 3]]}), health_authority, health_reviewer)
    progress = reverse("import-progress", args=[run.pk])
    waiting = client.get(reverse("import-detail", args=[run.pk])).content.decode()
    columns = reverse("import-columns", args=[run.pk])
    assert client.get(columns).headers["Location"] == reverse("import-detail", args=[run.pk])
    assert [progress in waiting, "刷新" in waiting, "等待打开" in waiting] == [True, True, True]
    read_run.read(run.pk)
    assert client.get(progress).headers["HX-Redirect"] == columns
    page = client.get(reverse("import-detail", args=[run.pk])).content.decode()
    assert "确认各列</a>" in page, "whoever has no script comes by here"


def test_a_sheet_without_a_heading_is_refused(health_authority: Authority, health_reviewer: User) -> None:
    run = uploaded(workbook({"台账": [[1, 2], [3, 4]]}), health_authority, health_reviewer)
    assert (run.state, run.failure[:10], run.sheets) == (State.REFUSED, "表格里没有找到表头。", [])
