"""What happens at the border: files and lists given out, uploads and requests refused."""

from __future__ import annotations

from audit.events import Event, fact


class FileDownloaded(Event, code="copy.downloaded", words="下载文件", sentence="下载了文件"):
    """A stored file was given out; `sha256` is of the file. The others say which of its kind it was."""

    sha256: str = fact("文件摘要")
    copy: int | str | None = fact("份", default=None)  # a copy's number, or "print" for the combined file
    scan: int | None = fact("扫描件", default=None)
    evidence: int | None = fact("证明材料编号", default=None)
    file: str | None = fact("文件", default=None)


class ListExported(Event, code="list.exported", words="导出台账"):
    """A ledger was given out. `asked` tells in words by what it was narrowed."""

    list: str = fact("清单")
    asked: str = fact("条件")
    rows: int | None = fact("行数", default=None)
    on: str | None = fact("日期", default=None)
