"""The ledger in xlsx."""

from datetime import datetime
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements.models import Agreement
from boundary.workbooks.cells import Cell, neutral
from institutions.models import Institution
from tests import factories
from tests.agreements.making import agreed


def ledger(client: Client, user: User, **asked: str) -> Workbook:
    client.force_login(user)
    response = client.get(reverse("agreement-export"), asked)
    assert response.status_code == 200
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    return load_workbook(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]  # a file response


def lines(book: Workbook) -> list[dict[str, object]]:
    heading, *rows = book["台账"].iter_rows(values_only=True)
    return [dict(zip(map(str, heading), row, strict=True)) for row in rows]


def test_a_final_agreement_has_all_its_columns(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    final = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    [line] = lines(ledger(client, medical_clerk))
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert line == {
        "序号": 1,
        "协议编号": final.number,
        "状态": "文本已定",
        "所在县区": "越城区",
        "行政区划代码": "330602",
        "养老服务机构": "越城区福星养老院",
        "养老服务机构统一社会信用代码": draft.elder_care.uscc if draft.elder_care else None,
        "医疗卫生机构": "越城区塔山街道社区卫生服务中心",
        "医疗卫生机构统一社会信用代码": draft.medical.uscc if draft.medical else None,
        "范本": "养医联合体服务协议",
        "范本性质": "官方文本",
        "范本版本": 1,
        "合作期限": "2098-01-01 至 2099-12-31",
        "起草方": "越城区福星养老院",
        "起草日期": today,
        "送对方确认日期": today,
        "定稿日期": today,
        "正本份数": 4,
        "定稿文本摘要": final.frozen_texts.get().digest,
    }


def test_it_honours_filters_and_says_so(
    client: Client, draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    factories.DraftAgreementFactory.create(drafted_by=elder_care_institution, created_by=elder_care_clerk)
    book = ledger(client, elder_care_clerk, q="塔山", state="draft")
    assert [line["协议编号"] for line in lines(book)] == [draft.number]
    notes = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert notes["筛选条件"] == "协议编号或机构名称：塔山；状态：起草中"
    assert notes["份数"] == 1
    assert notes["导出人"] == elder_care_clerk.full_name


def test_it_is_not_paged_and_costs_the_same(
    client: Client,
    elder_care_clerk: User,
    elder_care_institution: Institution,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    factories.DraftAgreementFactory.create_batch(60, drafted_by=elder_care_institution, created_by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    with django_assert_num_queries(9):  # session, person, places (2), two lists of choices, the log (2), rows
        response = client.get(reverse("agreement-export"))
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a file response
    assert len(lines(load_workbook(BytesIO(content)))) == 60


def test_a_stranger_gets_an_empty_ledger(client: Client, draft: Agreement, stranger: User) -> None:
    assert lines(ledger(client, stranger)) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("福星\x07养老院", "福星养老院"),
        ("福星=养老院", "福星=养老院"),
        (-2, -2),
        (None, None),
        ("", ""),
    ],
)
def test_no_text_becomes_a_formula(given: Cell, kept: Cell) -> None:
    assert neutral(given) == kept
    assert not isinstance(neutral(given), datetime)


def test_a_name_like_a_formula_stays_a_text_in_the_file(
    client: Client, draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    elder_care_institution.name = '=HYPERLINK("http://example.org")'
    elder_care_institution.save(update_fields=["name"])
    book = ledger(client, elder_care_clerk)
    cells = [cell for row in book["台账"].iter_rows() for cell in row]
    assert "'" + elder_care_institution.name in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)
