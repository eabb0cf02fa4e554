"""An agreement's history in plain Chinese: one line an event, who and when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from agreements.models import Agreement
from audit.log import facts, history
from audit.models import Entry, Event

# The other side has no business with how a draft came about.
DRAFTING = frozenset({Event.AGREEMENT_DRAFTED, Event.AGREEMENT_STEP_SAVED})
SENTENCES = {
    Event.AGREEMENT_DRAFTED: "建立了草稿",
    Event.AGREEMENT_STEP_SAVED: "填写了协议",
    Event.AGREEMENT_SENT: "把协议送对方确认",
    Event.AGREEMENT_RETURNED: "退回修改",
    Event.AGREEMENT_AGREED: "确认了协议，文本定稿",
    Event.AGREEMENT_WITHDRAWN: "撤回了协议",
    Event.COPIES_REQUESTED: "申请生成正本",
    Event.COPIES_RENDERED: "生成了正本",
    Event.COPIES_FAILED: "生成正本时出错",
    Event.COPY_DOWNLOADED: "下载了文件",
}


@dataclass(frozen=True)
class Line:
    who: str
    what: str
    at: datetime
    detail: str = ""


def lines(agreement: Agreement, *, for_drafting_side: bool) -> list[Line]:
    """Return the history, newest first; savings of one person in a row become one line."""
    entries = history(agreement, leave_out=frozenset() if for_drafting_side else DRAFTING)
    return list(_told(entries))


def _told(entries: Iterable[Entry]) -> Iterator[Line]:
    for (event, who), run in groupby(entries, lambda entry: (Event(entry.event), entry.actor_name)):
        same = list(run)
        if event is Event.AGREEMENT_STEP_SAVED and len(same) > 1:
            yield Line(who, f"{SENTENCES[event]}（{len(same)} 次）", same[0].at)
        else:
            yield from (Line(who, SENTENCES.get(event, event.label), entry.at, _detail(entry)) for entry in same)


def _detail(entry: Entry) -> str:
    data = facts(entry)
    if "reason" in data:
        return f"原因：{data['reason']}"
    if "institution" in data:
        return f"代表 {data['institution']}"
    return ""
