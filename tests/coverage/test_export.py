"""The workbook column by column: every number under its own heading."""

from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from coverage.export import write_book
from coverage.overview import institutions, overview
from regions.models import Region
from tests.coverage.histories import (
    CIVIL_AFFAIRS,
    HEALTH,
    Home,
    Stage,
    accept,
    moment,
    write_agreement,
    write_clinic,
    write_home,
)
from tests.reading import cell_value

ON = date(2026, 11, 22)
STARTS = date(2026, 1, 1)


def sheets(stage: Stage, region: Region) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of both sheets by their headings; empty cells are left out."""
    content = write_book(overview(region, ON), institutions(region, ON), asked="全部", by=stage.by)
    book = load_workbook(BytesIO(content.getvalue()), read_only=True)
    found = {}
    for sheet in (book["指标"], book["机构"]):
        _, heads, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [
            {str(head): cell_value(value) for head, value in zip(heads, row, strict=False) if value not in (None, "")}
            for row in rows
        ]
    return found


def test_every_number_stands_under_its_heading(stage: Stage) -> None:
    """Three filed with health alone, two with civil affairs alone, one with both, none with neither: all differ."""
    filed = [(HEALTH,)] * 3 + [(CIVIL_AFFAIRS,)] * 2 + [(HEALTH, CIVIL_AFFAIRS)]
    ends = [date(2026, 12, 1), date(2027, 1, 10), date(2027, 1, 20), date(2027, 2, 10), *[date(2027, 12, 31)] * 2]
    for number, (kinds, end) in enumerate(zip(filed, ends, strict=True), 1):
        home = write_home(Home(), stage, f"第{number}养老院")
        agreement = write_agreement(stage, home, write_clinic(stage), STARTS, end)
        for kind in kinds:
            accept(stage, agreement, kind, moment(STARTS))
    bare = write_home(Home(has_clinic=True), stage, "第七养老院")
    write_agreement(stage, bare, write_clinic(stage), STARTS, date(2026, 3, 31), state="expired")
    write_home(Home(filed_on=None), stage)
    found = sheets(stage, stage.regions["330602"])
    whole, *months = [row for row in found["指标"] if row.get("行政区划代码") == "330602"]
    assert whole == {
        "范围": "浙江省绍兴市越城区",
        "行政区划代码": "330602",
        "截至日期": date(2026, 11, 22),
        "应覆盖（家）": 7,
        "协议覆盖（家）": 6,
        "内设医疗机构覆盖（家）": 0,
        "未覆盖（家）": 1,
        "覆盖率": 0.857,
        "生效协议（份）": 6,
        "两部门均已备案（份）": 1,
        "仅卫生健康部门（份）": 3,
        "仅民政部门（份）": 2,
        "均未备案（份）": 0,
        "30天内到期（份）": 1,
        "60天内到期（份）": 3,
        "90天内到期（份）": 4,
        "未计入（家）": 1,
    }
    # The day itself stands in the first row, and nowhere again.
    assert [row["截至日期"] for row in months][-2:] == [date(2026, 9, 30), date(2026, 10, 31)]
    assert len(months) == 12
    by_name = {row["养老服务机构"]: row for row in found["机构"]}
    assert by_name["第七养老院"] == {
        "序号": 7,
        "县区": "越城区",
        "行政区划代码": "330602",
        "养老服务机构": "第七养老院",
        "机构类型": "养老机构",
        "覆盖情况": "未覆盖",
        "内设医疗机构": "有",
        "签约医疗卫生机构（家）": 0,
        "其中基层（家）": 0,
        "生效协议（份）": 0,
        "两部门均已备案（份）": 0,
        "上一份协议结束日": date(2026, 3, 31),
        "还缺什么": "没有生效的协议",
    }
    assert by_name["第6养老院"]["最早到期日"] == date(2027, 12, 31)
    assert by_name["第6养老院"]["两部门均已备案（份）"] == 1
    assert "上一份协议结束日" not in by_name["第6养老院"]
