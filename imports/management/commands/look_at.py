"""What an upload would answer to files, without keeping them. Exit code 0 only when all of them would be kept.

It stands here because this is the lowest app that takes both kinds of files: scans, and tables to import.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from boundary.cell.tables import read as read_tables
from boundary.refused import UploadRefused
from boundary.uploads import LARGEST_BYTES, look_at
from imports.books import refuse_by_size, tables_of
from imports.tables import MOST_SHEETS, NOTES_SHEET, REGIONS_SHEET

SHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how workbooks begin, the last those of old or with a password
NAMED = frozenset({".xlsx", ".xls", ".et", ".ods", ".csv", ".txt"})  # what else an import would be asked to take
NAMES = {"application/pdf": "PDF", "image/jpeg": "JPG 图片", "image/png": "PNG 图片"}


class Command(BaseCommand):
    help = "说明上传这些文件会得到什么答复：收下（几页），或者不收的原因。全部收下时退出码为 0，否则为 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        refused = 0
        for path in options["files"]:
            try:
                for line in _answers(path):
                    self.stdout.write(line)
            except (UploadRefused, OSError) as refusal:
                refused += 1
                self.stdout.write(f"✗ {path.name}：不收。{refusal}")
        sys.exit(1 if refused else 0)


def _answers(path: Path) -> Iterator[str]:
    """Yield what is said of a file that is kept. Raises UploadRefused, OSError."""
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)  # one byte more shows that it is too large
    if content.startswith(SHEETS) or path.suffix.lower() in NAMED:
        refuse_by_size(len(content))
        counts = _counts(path)
        yield f"✓ {path.name}：收下（导入机构），{len(counts)} 张表，{sum(counts)} 行。列名和内容在导入时核对。"
        return
    seen = look_at(content)
    yield f"✓ {path.name}：收下，{NAMES[seen.content_type]}，{seen.page_count} 页。"
    for doubt in seen.doubts:
        yield f"  提醒：第 {doubt.page} 页{doubt.words}"


def _counts(path: Path) -> list[int]:
    """Return how many rows each table has, once all of them were looked at. Raises UploadRefused, OSError."""
    with TemporaryDirectory(prefix="yiyang-import-") as folder:
        found = read_tables(path, most=MOST_SHEETS, beside=(NOTES_SHEET, REGIONS_SHEET), into=Path(folder))
        return [sum(1 for _ in table.rows()) for table in tables_of(found.tables)]
