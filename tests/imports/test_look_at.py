"""What an upload would answer, asked from the console."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.agreements.making import scan_pdf
from tests.boundary import bombs
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
