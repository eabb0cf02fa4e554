"""What happens to the log itself, with its words. The mechanism, which every app uses, is audit.events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from audit.events import Event, Group, fact
from audit.models import Work


class OfLog(Event, group=Group("日志", 110)):
    """What all of them share is the heading."""


class Read(OfLog, code="log.read", words="查阅日志"):
    """The auditor searched; `asked` is by what, under the names of the search's fields."""

    asked: Mapping[str, str] = fact(
        "条件", parts={"who": "操作人", "about": "对象", "event": "事件", "since": "自", "until": "至"}
    )


class OfWork(OfLog):
    """Ordered (with the period, if it has one), and later done or given up (with the result)."""

    since: date | None = fact("自", default=None)
    until: date | None = fact("至", default=None)
    state: Work.State | None = fact("结果", default=None)
    found: int | None = fact("发现改动", default=None)
    sha256: str | None = fact("文件摘要", default=None)


class Exported(OfWork, code="log.exported", words="导出日志"):
    """Ordered, made, and given out; the last has only the digest of the file."""


class Verified(OfWork, code="log.verified", words="核验日志"):
    pass


class OfAnchor(OfLog):
    made: str = fact("锚")  # when the anchor was made, as people read it


class TimestampRefused(OfAnchor, code="log.timestamp_refused", words="未取得可信时间戳"):
    reason: str = fact("原因")


class TimestampObtained(OfAnchor, code="log.timestamp_obtained", words="补取可信时间戳"):
    stamped_at: str = fact("时间戳时间")  # by the authority's clock, as it is hashed
