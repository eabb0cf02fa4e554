"""What happens at the border: files and lists given out, uploads and requests refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import TextChoices

from audit.events import Event, Group, fact

ACCESS = "访问控制"  # another app's reading of contacts stands between what is refused and what is given out


class Refusal(TextChoices):
    """Why a signed-in person did not get what they asked for."""

    FORBIDDEN = "forbidden", "没有权限"
    UNSEEN = "unseen", "看不到的内容"


class FileDownloaded(
    Event, code="copy.downloaded", words="下载文件", sentence="下载了文件", group=Group("协议文件", 21)
):
    """A stored file was given out; `sha256` is of the file. The others say which of its kind it was."""

    sha256: str = fact("文件摘要")
    copy: int | str | None = fact("份", default=None)  # a copy's number, or "print" for the combined file
    scan: int | None = fact("扫描件", default=None)
    evidence: int | None = fact("证明材料编号", default=None)
    file: str | None = fact("文件", default=None)


class AccessRefused(Event, code="access.refused", words="无权限的操作被拒绝", group=Group(ACCESS, 60)):
    """One refusal, with the name of the address and what stood in it, or the count of those without a line."""

    reason: Refusal = fact("原因")
    address: str | None = fact("页面", default=None)
    method: str | None = fact("方式", default=None)
    key: Mapping[str, str] | None = fact("编号", default=None)
    not_listed: int | None = fact("未逐条记录的次数", default=None)


class RateLimited(Event, code="access.rate_limited", words="操作过于频繁被拒绝", group=Group(ACCESS, 60)):
    what: str = fact("操作")  # a key of settings.RATE_LIMITS
    whose: str = fact("计数对象")  # "account" or "address"


class ListExported(Event, code="list.exported", words="导出台账", group=Group(ACCESS, 62)):
    """A ledger was given out. `asked` tells in words by what it was narrowed."""

    list: str = fact("清单")
    asked: str = fact("条件")
    rows: int | None = fact("行数", default=None)
    on: str | None = fact("日期", default=None)


class UploadRefused(Event, code="upload.refused", words="上传文件被拒绝", group=Group(ACCESS, 62)):
    """A file was not taken; `reason` is what its uploader was told."""

    reason: str = fact("原因")
    name: str = fact("名称")
    bytes: int = fact("大小")
    sha256: str = fact("文件摘要")

    def details(self) -> Iterator[str]:
        yield f"原因：{self.reason}"
