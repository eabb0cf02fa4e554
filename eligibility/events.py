"""What happens to eligibility cases, with its words. All of it is logged about the institution."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from audit.events import Event, Group, fact

# What stands in an answer; which condition it answers is told by the case's own list (auditing.words).
ANSWER = {"yes": "回答", "number": "编号", "day": "日期", "words": "说明", "files": "文件摘要"}


class AboutCase(Event, group=Group("摸底与资格", 101)):
    """Which case of the institution, by its key, and which round of asking it is."""

    case: int = fact("资格编号")
    round: int = fact("轮次")


class Answered(AboutCase, code="eligibility.answered", words="填报资格条件"):
    """Begun, answered to `items`, or a file attached to or detached from one `item`."""

    begun: bool | None = fact("开始", default=None)
    items: list[str] | None = fact("条件", default=None)
    item: str | None = fact("条件", default=None)
    attached: str | None = fact("上传的文件", default=None)
    detached: str | None = fact("移除的文件", default=None)
    sha256: str | None = fact("文件摘要", default=None)


class Submitted(AboutCase, code="eligibility.submitted", words="提交资格条件"):
    answers: Mapping[str, Any] = fact("填写内容", parts=ANSWER)


class Reviewed(AboutCase, code="eligibility.reviewed", words="核对资格条件"):
    findings: Mapping[str, bool | None] = fact("核对结果")


class Confirmed(AboutCase, code="eligibility.confirmed", words="确认资格条件"):
    valid_from: date = fact("有效期起")
    valid_to: date = fact("有效期止")


class Refused(AboutCase, code="eligibility.refused", words="资格条件不符"):
    reason: str = fact("原因")


class Expired(AboutCase, code="eligibility.expired", words="资格到期"):
    valid_to: date | None = fact("有效期止", default=None)


class Withdrawn(AboutCase, code="eligibility.withdrawn", words="撤销资格"):
    reason: str = fact("原因")
