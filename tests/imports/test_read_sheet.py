"""What is read of a sheet, printed row by row."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.boundary import books
from tests.imports.making import workbook


def printed(*files: Path) -> tuple[int, list[dict[str, Any]], str]:
    out, told = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("read_sheet", *map(str, files), stdout=out, stderr=told)
    assert isinstance(ended.value.code, int)
    return ended.value.code, [json.loads(line) for line in out.getvalue().splitlines()], told.getvalue()


def test_every_row_of_every_table_is_a_line(tmp_path: Path) -> None:
    made, text = tmp_path / "机构.xlsx", tmp_path / "机构.csv"
    made.write_bytes(workbook({"甲": [["名称", None, 2.0], [], ["⽼", True, 1.5]], "乙": [[10**16]]}))
    text.write_bytes('名称,代码\n安康,="091"\n'.encode("gb18030"))
    code, lines, told = printed(made, text)
    assert (code, told) == (0, "")
    assert lines[:2] == [
        {"sheet": "甲", "row": 1, "values": ["名称", None, 2], "remarks": []},
        {
            "sheet": "甲",
            "row": 3,
            "values": ["老", True, 1.5],
            "remarks": [{"column": "A", "text": "“⽼”换成了“老”。"}],
        },
    ]
    assert (lines[2]["sheet"], "后几位已经丢失" in lines[2]["remarks"][0]["text"]) == ("乙", True)
    assert lines[4]["values"] == ["安康", "091"]
    assert lines[4]["remarks"] == [{"column": "B", "text": "去掉了表示“这是文本”的符号。"}]


def test_a_file_that_cannot_be_read_says_why_and_the_others_are_read(tmp_path: Path) -> None:
    bad, good = tmp_path / "坏.xlsx", tmp_path / "好.csv"
    bad.write_bytes(books.with_password())
    good.write_text("名称,代码\n", encoding="utf-8")
    code, lines, told = printed(bad, good, tmp_path / "没有.csv")
    assert code == 1
    assert [line["values"] for line in lines] == [["名称", "代码"]]
    assert "✗ 坏.xlsx：读不了。" in told
    assert "✗ 没有.csv：读不了。" in told


def test_a_quotation_mark_without_its_other_swallows_nothing_silently(tmp_path: Path) -> None:
    """One to the end of the file refuses it with its row; one that was dropped is named at the row."""
    swallowed, dropped = tmp_path / "吞.csv", tmp_path / "丢.csv"
    swallowed.write_text('名称,地址\n甲院,"一路\n二楼"\n"乙院,二路\n丙院,三路\n', encoding="utf-8")
    dropped.write_text('名称,地址\n"福寿"养老院,一路\n福"寿"院,"二""路"\n', encoding="utf-8")
    code, lines, told = printed(swallowed, dropped)
    assert code == 1
    assert "✗ 吞.csv：读不了。第 3 行有一个引号没有成对" in told
    assert [line["values"] for line in lines][1:] == [["福寿养老院", "一路"], ['福"寿"院', '二"路']]
    assert [[each["column"] for each in line["remarks"]] for line in lines] == [[], [None], []]
    assert "引号没有成对" in lines[1]["remarks"][0]["text"]


@pytest.mark.parametrize(
    "text", ["<html><table>", "\r\n<!DOCTYPE html>", "\ufeff<table border=1>", '<?xml version="1.0"?>']
)
def test_a_page_named_as_a_sheet_is_called_what_it_is(text: str, tmp_path: Path) -> None:
    page = tmp_path / "名册.xls"
    page.write_text(f"{text}<tr><td>名称</td></tr></table>", encoding="utf-8")
    code, lines, told = printed(page)
    assert (code, lines) == (1, [])
    assert "其实是网页" in told
