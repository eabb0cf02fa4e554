"""The ledger in xlsx."""

from io import BytesIO

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl.workbook import Workbook

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from agreements.register.ledger import LISTED
from boundary.workbooks.cells import NOT_IN_XML, Cell, looks_like_a_formula, plain
from chinese.dates import cn_day
from filing import lifecycle as filings
from filing import opening
from institutions.models import Authority, Institution
from tests import factories
from tests.agreements.making import agreed, in_force, save
from tests.exporting import workbook
from tests.reading import cell_value


def ledger(client: Client, user: User, **asked: str) -> Workbook:
    client.force_login(user)
    return workbook(client, "agreements", asked)


def lines(book: Workbook) -> list[dict[str, object]]:
    _, heading, *rows = book["台账"].iter_rows(values_only=True)
    return [dict(zip(map(str, heading), map(cell_value, row), strict=True)) for row in rows]


def test_a_final_agreement_has_all_its_columns(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    final = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    [line] = lines(ledger(client, medical_clerk))
    today = timezone.localdate()
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
        "合作期限": "2098年1月1日至2099年12月31日",
        **dict.fromkeys(("养老服务机构签章日期", "医疗卫生机构签章日期", "生效日期", "期限起", "期限止", "最后有效日")),
        "类别": "首次签约",
        **dict.fromkeys(("原协议", "补充协议")),
        "起草方": "越城区福星养老院",
        "起草日期": today,
        "送对方确认日期": today,
        "定稿日期": today,
        "正本份数": 4,
        "定稿文本摘要": final.frozen_texts.get().digest,
        **dict.fromkeys(("卫生健康部门备案号", "卫生健康部门备案日期", "民政部门备案号", "民政部门备案日期")),
    }


def test_one_in_force_has_its_days_its_filings_and_what_belongs_to_it(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    main = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    opened = opening.open_filings(main, by=elder_care_clerk)
    [filing] = [each for each in opened if each.authority.kind == Authority.Kind.HEALTH]
    taken = filings.take_up(filings.submit(filing, by=elder_care_clerk), by=health_reviewer)
    accepted = filings.accept(taken, by=health_reviewer)
    begun = lifecycle.start_supplement(main, by=elder_care_clerk)
    answers = {**begun.answers, "supplement_terms": "每月坐诊改为两次。"}
    supplement = in_force(
        save(begun, by=elder_care_clerk, step="terms", answers=answers),
        drafter=elder_care_clerk,
        answerer=medical_clerk,
    )
    lifecycle.start_supplement(main, by=elder_care_clerk)  # a draft belongs to nothing yet
    book = ledger(client, medical_clerk)
    by_number = {str(line["协议编号"]): line for line in lines(book)}
    line = by_number[main.number]
    for heading, day in (
        ("养老服务机构签章日期", main.elder_care_signed_on),
        ("医疗卫生机构签章日期", main.medical_signed_on),
        ("生效日期", main.effective_on),
        ("期限起", main.starts_on),
        ("期限止", main.expires_on),
        ("卫生健康部门备案日期", timezone.localdate()),
    ):
        assert day is not None
        assert line[heading] == day, heading
    assert (line["卫生健康部门备案号"], line["民政部门备案号"]) == (accepted.number, None)
    assert line["补充协议"] == supplement.number
    assert by_number[supplement.number]["原协议"] == main.number
    title = book["台账"]["A1"].value
    assert title == f"医养签约合作协议台账（全部） {cn_day(timezone.localdate())}"


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


def test_it_is_not_paged_and_costs_the_same(elder_care_clerk: User, elder_care_institution: Institution) -> None:
    """Nothing is asked row by row: as many questions for each 500, whatever they hold."""

    def queries(more: int) -> tuple[int, int]:
        made = {"drafted_by": elder_care_institution, "created_by": elder_care_clerk}
        factories.DraftAgreementFactory.create_batch(more, **made)
        asked = LISTED.ask(elder_care_clerk, QueryDict())
        with CaptureQueriesContext(connection) as captured:
            asked.write(BytesIO(), lambda rows: iter(list(rows)))
        return len(captured), asked.count(None)

    assert queries(3) == (7, 3)
    assert queries(57) == (7, 60)


def test_a_stranger_gets_an_empty_ledger(client: Client, draft: Agreement, stranger: User) -> None:
    assert lines(ledger(client, stranger)) == []


@pytest.mark.parametrize(
    ("given", "marked"),
    [
        ("=1+1", True),
        ("+86", True),
        ("-2", True),
        ("@SUM(A1)", True),
        (" =1", True),
        ("\t=1", True),
        ("\x01=1", True),
        (" \x02 @SUM(A1)", True),
        ("\ud800=1", True),
        ("_x003D_1", True),
        ("_x0001_=1", True),
        ("福星_x003D_养老院", False),
        ("福星\x07养老院", False),
        ("福星=养老院", False),
        (-2, False),
        (None, False),
        ("", False),
    ],
)
def test_which_texts_are_marked_as_such(given: Cell, *, marked: bool) -> None:
    assert looks_like_a_formula(given) is marked
    assert plain(given) == (NOT_IN_XML.sub("", given) if isinstance(given, str) else given)


def test_a_name_like_a_formula_stays_a_text_in_the_file(
    client: Client, draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    elder_care_institution.name = '=HYPERLINK("http://example.org")'
    elder_care_institution.save(update_fields=["name"])
    book = ledger(client, elder_care_clerk)
    cells = [cell for row in book["台账"].iter_rows() for cell in row]
    assert elder_care_institution.name in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)
