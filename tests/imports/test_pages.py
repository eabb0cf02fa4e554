"""The pages: who sees and does what, what a refused file says, how far a run is."""

import io
import sys
from types import FrameType

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoCaptureOnCommitCallbacks

import jobs
from accounts.models import User
from audit.models import Entry
from boundary.events import UploadRefused
from imports import progress, read_run, runs
from imports.background import WRITE
from imports.columns import OF_ROLE
from imports.models import InstitutionImport
from imports.shown import worded
from institutions.models import Authority, Duty, Role
from notifications.models import Notice
from tests import factories
from tests.boundary import books
from tests.imports.making import book, checked, fresh, home, sent, text
from tests.reading import facts

State = InstitutionImport.State


@pytest.fixture
def onlooker(health_authority: Authority) -> User:
    """A supervisor of the same bureau: reads, and decides nothing."""
    return factories.MembershipFactory.create(authority=health_authority, duty=Duty.SUPERVISOR).user


def test_an_import_is_its_own_authoritys_and_a_supervisor_only_reads(
    client: Client,
    health_authority: Authority,
    health_reviewer: User,
    authority_administrator: User,
    civil_affairs_officer: User,
    other_reviewer: User,
    onlooker: User,
) -> None:
    run = checked(book(home(1)), health_authority, health_reviewer)
    detail, listed = reverse("import-detail", args=[run.pk]), reverse("import-list")
    for user in (health_reviewer, authority_administrator, onlooker):
        client.force_login(user)
        assert client.get(detail).status_code == 200
        assert run.file_name in client.get(listed).content.decode()
    for user in (civil_affairs_officer, other_reviewer):
        client.force_login(user)
        assert client.get(detail).status_code == 404
        assert run.file_name not in client.get(listed).content.decode()
    client.force_login(onlooker)
    for name in ("import-confirm", "import-decide", "import-recheck", "import-abandon", "import-columns"):
        assert client.post(reverse(name, args=[run.pk])).status_code == 403, name
    assert client.get(reverse("import-upload")).status_code == 403


def test_a_refused_file_says_why_and_is_logged(
    client: Client, health_reviewer: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client.force_login(health_reviewer)
    own = Authority.objects.get(memberships__user=health_reviewer)
    nothing = client.post(reverse("import-upload"), {"authority": own.pk, "sheet": io.BytesIO()})
    assert (nothing.status_code, InstitutionImport.objects.exists()) == (422, False)
    answer = client.post(reverse("import-upload"), {"authority": own.pk, "sheet": io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0")})
    run = InstitutionImport.objects.get()
    detail, source = (reverse(name, args=[run.pk]) for name in ("import-detail", "import-source"))
    assert (answer.headers["Location"], run.state) == (detail, State.RECEIVED)
    assert client.get(source).headers["Location"] == detail, "nobody is given what nobody has looked at"
    kept = str(run.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        read_run.read(run.pk)
    page = client.get(detail).content.decode()
    assert ("不是表格文件" in page, "上传改好的表格" in page, "重新打开" in page) == (True, True, False)
    entry = Entry.objects.get(event=UploadRefused.code, subject_id=run.pk)
    assert (entry.actor_id, entry.data["sha256"]) == (health_reviewer.pk, run.sha256)
    assert Notice.objects.filter(recipient=health_reviewer, subject_id=run.pk).count() == 1
    assert (fresh(run).state, client.get(source).headers["Location"]) == (State.REFUSED, detail)
    assert not default_storage.exists(kept)
    foreign = factories.AuthorityFactory.create(region=factories.region("330604"))
    sheet = io.BytesIO(book(home(1)))
    assert client.post(reverse("import-upload"), {"authority": foreign.pk, "sheet": sheet}).status_code == 422
    assert InstitutionImport.objects.get() == run


OPENERS = ("openpyxl", "zipfile", "csv", "xml", "defusedxml", "gzip")


def test_a_sheet_that_was_given_up_before_a_cell_had_read_it_is_given_out_to_nobody(
    client: Client, health_authority: Authority, health_reviewer: User
) -> None:
    client.force_login(health_reviewer)
    run = sent(b"PK and what nobody has looked at", health_authority, health_reviewer)
    detail, source = (reverse(name, args=[run.pk]) for name in ("import-detail", "import-source"))
    runs.abandon(run, by=health_reviewer)
    assert client.get(source).headers["Location"] == detail
    assert source not in client.get(detail).content.decode()


def test_the_answer_to_an_upload_opens_nothing(client: Client, health_reviewer: User) -> None:
    """Whatever is sent, a workbook or a bomb: no code that opens tables runs before the answer, nor does a cell."""
    client.force_login(health_reviewer)
    own = Authority.objects.get(memberships__user=health_reviewer)
    assert client.get(reverse("import-upload")).status_code == 200  # a process's first request loads all views
    ran: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            ran.add(str(frame.f_globals.get("__name__", "")))

    for content in (book(home(1)), books.billion_laughs(), text(home(2))):
        sys.setprofile(note)
        try:
            answer = client.post(reverse("import-upload"), {"authority": own.pk, "sheet": io.BytesIO(content)})
        finally:
            sys.setprofile(None)
        assert answer.status_code == 302
    assert "imports.runs" in ran
    assert not {name for name in ran if name.split(".")[0] in OPENERS or name.startswith("boundary.cell")}
    assert set(InstitutionImport.objects.values_list("state", flat=True)) == {State.RECEIVED}


def test_one_person_has_only_so_many_sheets_unopened(client: Client, health_reviewer: User) -> None:
    client.force_login(health_reviewer)
    own = Authority.objects.get(memberships__user=health_reviewer)
    for number in range(runs.MOST_UNOPENED):
        sent(b"%d" % number, own, health_reviewer)
    answer = client.post(reverse("import-upload"), {"authority": own.pk, "sheet": io.BytesIO(b"one more")})
    assert (answer.status_code, "还有 20 个没有打开" in answer.content.decode()) == (422, True)


def test_the_template_filled_in_goes_through_without_a_question(client: Client, health_reviewer: User) -> None:
    client.force_login(health_reviewer)
    own = Authority.objects.get(memberships__user=health_reviewer)
    got = client.get(reverse("import-template", args=[own.pk]))
    filled = load_workbook(io.BytesIO(got.getvalue()))
    sheet = filled["养老服务机构"]
    places = {str(cell.value).strip("*"): place for place, cell in enumerate(sheet[1], start=1)}
    facts = {"机构名称": "安康养老院", "所在县区": "越城区", "地址": "一路 1 号", "法定代表人（负责人）": "赵堃"}
    for heading, value in {**facts, "性质": "公办", "机构类型": "养老机构"}.items():
        sheet.cell(row=3, column=places[heading], value=value)
    file = io.BytesIO()
    filled.save(file)
    file.seek(0)
    file.name = "机构导入模板.xlsx"
    answer = client.post(reverse("import-upload"), {"authority": own.pk, "sheet": file})
    run = InstitutionImport.objects.get()
    assert (answer.headers["Location"], run.state) == (reverse("import-detail", args=[run.pk]), State.RECEIVED)
    read_run.read(run.pk)
    assert fresh(run).state == State.WAITING, fresh(run).failure


def test_progress_is_told_from_outside_the_transaction_and_ends_with_the_page(
    client: Client, health_authority: Authority, health_reviewer: User
) -> None:
    run = checked(book(home(1)), health_authority, health_reviewer)
    client.force_login(health_reviewer)
    url = reverse("import-progress", args=[run.pk])
    assert client.get(url).headers["HX-Refresh"] == "true"
    runs.confirm(run, by=health_reviewer)
    assert "已排队" in client.get(url).content.decode()
    jobs.claim(WRITE, run.pk)
    progress.tell(run.pk, 12_000, 40_000)
    assert "<strong>12000</strong> 行，共 40000 行" in client.get(url).content.decode()
    assert client.get(reverse("import-detail", args=[run.pk])).status_code == 200


def test_every_group_shows_its_rows_in_few_queries(
    client: Client, health_authority: Authority, health_reviewer: User, django_assert_max_num_queries: object
) -> None:
    existing = factories.OpenElderCareFactory.create()
    rows = [home(1), home(2, uscc=existing.uscc, region="330602"), home(3, beds="x", phone=57588000001)]
    run = checked(book(*rows, *(home(number) for number in range(4, 40))), health_authority, health_reviewer)
    client.force_login(health_reviewer)
    for group, part in (("wrong", "应填写整数"), ("changed", "<ins>"), ("new", "下一页"), ("warned", "丢失了开头")):
        with django_assert_max_num_queries(25):  # type: ignore[operator]  # pytest-django's own fixture
            page = client.get(reverse("import-detail", args=[run.pk]), {"group": group}).content.decode()
        assert part in page, group
    changed = facts(client.get(reverse("import-detail", args=[run.pk]), {"group": "changed"}).content.decode())
    assert changed["机构名称"] == f"原为 {existing.name} → 改为 {rows[1]['name']}"


def test_a_row_that_is_not_there_is_answered_however_long_its_number(
    client: Client, health_authority: Authority, health_reviewer: User
) -> None:
    run = checked(book(home(1)), health_authority, health_reviewer)
    client.force_login(health_reviewer)
    decide = reverse("import-decide", args=[run.pk])
    answers = [client.post(decide, {"row": "9" * digits, "decision": "skip"}).status_code for digits in (18, 5000)]
    assert answers == [409, 404]
    assert not run.rows.exclude(decision="").exists()


def test_days_are_shown_as_people_write_them() -> None:
    assert worded(OF_ROLE[Role.ELDER_CARE]["opened_on"], "2019-05-01", {}) == "2019年5月1日"
