"""What happens to imports, with its words. What is done to single institutions is logged about them."""

from __future__ import annotations

from collections.abc import Mapping

from audit.events import Event, Group, fact
from imports.models import ImportRow

Tally = Mapping[str, int]  # rows of each outcome
OUTCOMES = {
    **{outcome.value: str(outcome.label) for outcome in ImportRow.Outcome},
    "warned": "有提醒",
    "ignored": "未计入",
    "added": "新增",
    "updated": "更新",
    "renamed": "更名",
    "skipped": "跳过",
}


class OfImport(Event, group=Group("批量导入", 80)):
    """What all of them share is the heading."""


class Uploaded(OfImport, code="import.uploaded", words="上传导入表格"):
    name: str = fact("名称")
    size: int = fact("大小")
    sha256: str = fact("文件摘要")


class ColumnsSet(OfImport, code="import.columns_set", words="确认导入表格的各列"):
    pass


class CheckOrdered(OfImport, code="import.check_ordered", words="要求重新核对导入表格"):
    pass


class Checked(OfImport, code="import.checked", words="核对导入表格"):
    rows: int = fact("行数")
    tally: Tally = fact("合计", parts=OUTCOMES)


class Decided(OfImport, code="import.decided", words="决定导入的行"):
    """About one row, by its key, or about all `rows` of an outcome that were still open."""

    decision: ImportRow.Decision = fact("决定")
    rows: int = fact("行数")
    row: int | None = fact("行", default=None)
    outcome: ImportRow.Outcome | None = fact("核对结果", default=None)


class Confirmed(OfImport, code="import.confirmed", words="确认导入"):
    pass


class Done(OfImport, code="import.done", words="完成导入"):
    tally: Tally = fact("合计", parts=OUTCOMES)


class Failed(OfImport, code="import.failed", words="导入未成功"):
    reason: str = fact("原因")


class Abandoned(OfImport, code="import.abandoned", words="放弃导入"):
    pass
