"""What an upload would answer, asked from the console."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.agreements.making import scan_pdf
from tests.boundary import bombs, books
from tests.imports.making import book, home


def asked(*files: Path) -> tuple[int, list[str]]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("look_at", *map(str, files), stdout=out)
    assert isinstance(ended.value.code, int)
    return ended.value.code, out.getvalue().splitlines()


def test_what_is_kept_is_told_with_its_pages_and_doubts(tmp_path: Path) -> None:
    scan, sheet, text = tmp_path / "扫描.pdf", tmp_path / "机构.xlsx", tmp_path / "机构.csv"
    scan.write_bytes(scan_pdf(2))
    sheet.write_bytes(book(home(1)))
    text.write_text("机构名称,统一社会信用代码\n安康养老院,\n", encoding="utf-8")
    code, said = asked(scan, sheet, text)
    assert code == 0
    assert said[0] == "✓ 扫描.pdf：收下，PDF，2 页。"
    assert ["第 1 页几乎全是白" in said[1], "第 2 页几乎全是白" in said[2]] == [True, True]
    assert [line.partition("：")[0] for line in said[3:]] == ["✓ 机构.xlsx", "✓ 机构.csv"]
    assert "1 张表，2 行" in said[4]


def test_workbooks_are_judged_as_an_import_would(tmp_path: Path) -> None:
    files = {
        "小.xlsx": books.honest(),
        "展开.xlsx": books.unpacks_to_much(),
        "实体.xlsx": books.billion_laughs(),
        "密码.xlsx": books.with_password(),
        "旧.et": books.old(),
        "改名.xlsx": books.open_document(),
        "空行.csv": books.empty_lines(),
        "国标.csv": "名称,代码\n养老院,1\n".encode("gbk"),
        "空.xlsx": b"",
    }
    paths = [tmp_path / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    code, said = asked(*paths)
    assert code == 1
    assert [line.partition("：")[0] for line in said if line.startswith("✓")] == ["✓ 小.xlsx", "✓ 国标.csv"]
    words = ("异常庞大", "打不开", "打开密码", "旧版 Excel", "OpenDocument", "行太多", "文件是空的")
    refused = [line for line in said if line.startswith("✗")]
    assert [word in line for word, line in zip(words, refused, strict=True)] == [True] * len(words)


def test_one_refusal_is_told_and_shows_in_the_exit_code(tmp_path: Path) -> None:
    bomb, scan, program = tmp_path / "bomb.pdf", tmp_path / "scan.pdf", tmp_path / "扫描.xlsx"
    bomb.write_bytes(bombs.repeated_page())
    scan.write_bytes(scan_pdf(1))
    program.write_bytes(b"MZ\x90\x00")
    code, said = asked(bomb, scan, program, tmp_path / "none.pdf")
    assert code == 1
    told = [line.partition("：")[0] for line in said if not line.startswith(" ")]
    assert told == ["✗ bomb.pdf", "✓ scan.pdf", "✗ 扫描.xlsx", "✗ none.pdf"]
    assert "350000 页" in said[0]
