"""The pages: who sees and does what, what a refused file says, how far a run is."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

import jobs
from accounts.models import User
from audit.models import Entry
from boundary.events import UploadRefused
from imports import progress, runs
from imports.background import WRITE
from imports.models import InstitutionImport
from institutions.models import Authority, Duty
from tests import factories
from tests.imports.making import book, checked, home

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


def test_a_refused_file_says_why_and_is_logged(client: Client, health_reviewer: User) -> None:
    client.force_login(health_reviewer)
    own = Authority.objects.get(memberships__user=health_reviewer)
    answer = client.post(reverse("import-upload"), {"authority": own.pk, "sheet": io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0")})
    assert (answer.status_code, "不是表格文件" in answer.content.decode()) == (422, True)
    assert Entry.objects.filter(event=UploadRefused.code, subject_id=own.pk).count() == 1
    foreign = factories.AuthorityFactory.create(region=factories.region("330604"))
    sheet = io.BytesIO(book(home(1)))
    assert client.post(reverse("import-upload"), {"authority": foreign.pk, "sheet": sheet}).status_code == 422
    assert not InstitutionImport.objects.exists()


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
    assert (answer.headers["Location"], run.state) == (reverse("import-detail", args=[run.pk]), State.WAITING)


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


def test_a_row_that_is_not_there_is_answered_however_long_its_number(
    client: Client, health_authority: Authority, health_reviewer: User
) -> None:
    run = checked(book(home(1)), health_authority, health_reviewer)
    client.force_login(health_reviewer)
    decide = reverse("import-decide", args=[run.pk])
    answers = [client.post(decide, {"row": "9" * digits, "decision": "skip"}).status_code for digits in (18, 5000)]
    assert answers == [409, 404]
    assert not run.rows.exclude(decision="").exists()
