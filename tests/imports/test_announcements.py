"""The uploader may have left the page: how each run ended is told in the inbox, once, and logged as who ordered it."""

import pytest
from django.db import ProgrammingError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit import origin
from audit.models import Entry
from imports import check_run, runs, write_run
from imports import events as import_events
from imports.background import FAULT
from imports.models import ImportRow, InstitutionImport
from institutions import events as institution_events
from institutions.models import Authority
from notifications.models import Notice
from tests import factories
from tests.imports.making import book, checked, fresh, home, uploaded, written


def told(run: InstitutionImport, user: User) -> list[tuple[str, str]]:
    """Return what the person was told of the import: title, and the last line but for the bureau."""
    notices = Notice.objects.filter(recipient=user, subject_id=run.pk, subject_type="imports.institutionimport")
    return [(each.title, each.body.split("\n")[1]) for each in notices.order_by("id")]


def test_each_end_is_told_once_however_often_the_task_comes(
    client: Client, health_authority: Authority, health_reviewer: User, authority_administrator: User
) -> None:
    existing = factories.OpenElderCareFactory.create()
    run = checked(book(home(1), home(2, uscc=existing.uscc), home(3)), health_authority, health_reviewer)
    check_run.check(run.pk)
    found = ("机构导入完成：机构.xlsx", "新增 2 家，更新 1 家（其中更名 1 家），跳过 0 行。")
    to_decide = (
        "导入表格核对完毕：机构.xlsx",
        "没有错误。有 1 行与已登记的机构有关，请看清变化，决定以后再导入。",
    )
    assert told(run, health_reviewer) == [to_decide]
    runs.recheck(run, by=health_reviewer)
    check_run.check(run.pk)
    run = written(fresh(run), authority_administrator)
    write_run.write(run.pk)
    assert told(run, health_reviewer) == [to_decide, to_decide, found]
    assert told(run, authority_administrator) == [found], "who confirmed is told as well"
    client.force_login(health_reviewer)
    newest = Notice.objects.filter(recipient=health_reviewer).latest("id")
    opened = client.get(reverse("inbox-open", args=[newest.pk]))
    assert opened.headers["Location"] == reverse("import-detail", args=[run.pk])


def test_what_could_not_be_is_told_with_its_reason(
    health_authority: Authority, health_reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = checked(book(home(1, beds="x"), home(2, phone=57588000001)), health_authority, health_reviewer)
    [(title, line)] = told(wrong, health_reviewer)
    assert (title, line[:8]) == ("导入表格核对完毕：机构.xlsx", "1 行有错误，什")
    empty = checked(book(), health_authority, health_reviewer)
    assert told(empty, health_reviewer) == [
        ("机构没有导入：机构.xlsx", "表头下面没有需要导入的行。示例行和合计行不导入。")
    ]
    broken = checked(book(home(3)), health_authority, health_reviewer)
    runs.confirm(broken, by=health_reviewer)
    monkeypatch.setattr(write_run, "LOCK", "SELECT broken")
    with pytest.raises(ProgrammingError):
        write_run.write(broken.pk)
    assert told(broken, health_reviewer)[1:] == [("机构没有导入：机构.xlsx", FAULT)]


def test_what_the_worker_logs_bears_who_ordered_it_in_which_role_and_from_where(
    health_authority: Authority, health_reviewer: User, authority_administrator: User
) -> None:
    existing = factories.OpenElderCareFactory.create()
    with origin.coming_from(address="192.0.2.7", user_agent="浏览器", request_id="CHECK234"):
        origin.set_role("审核员 · 越城区卫生健康局")
        run = uploaded(book(home(1), home(2, uscc=existing.uscc)), health_authority, health_reviewer)
    check_run.check(run.pk)
    with origin.coming_from(address="192.0.2.8", user_agent="浏览器", request_id="WRITE234"):
        origin.set_role("管理员 · 越城区卫生健康局")
        runs.recheck(run, by=authority_administrator)
    check_run.check(run.pk)
    runs.decide(run, ImportRow.Decision.UPDATE, by=health_reviewer, outcome="changed")
    with origin.coming_from(address="192.0.2.8", user_agent="浏览器", request_id="WRITE235"):
        origin.set_role("管理员 · 越城区卫生健康局")
        runs.confirm(run, by=authority_administrator)
    write_run.write(run.pk)
    assert origin.current() == origin.NOWHERE
    entries = Entry.objects.filter(request_id__in=["CHECK234", "WRITE234", "WRITE235"]).order_by("id")
    shown = [(each.event, each.actor_id, each.role[:3], each.request_id) for each in entries]
    first = (health_reviewer.pk, "审核员", "CHECK234")
    again = (authority_administrator.pk, "管理员", "WRITE234")
    second = (authority_administrator.pk, "管理员", "WRITE235")
    assert shown == [
        (import_events.Uploaded.code, *first),
        (import_events.Checked.code, *first),
        (import_events.CheckOrdered.code, *again),
        (import_events.Checked.code, *again),
        (import_events.Confirmed.code, *second),
        (institution_events.Added.code, *second),
        (institution_events.Renamed.code, *second),
        (institution_events.Changed.code, *second),
        (import_events.Done.code, *second),
    ]
    assert {each.address for each in entries} == {"192.0.2.7", "192.0.2.8"}
