"""An agreement's history in plain Chinese: one line an event, who and when."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from agreements.models import Agreement, AgreementKind
from audit.log import facts, history
from audit.models import Entry, Event
from frame.templatetags.dates import cn_day
from institutions.models import Role

# The other side has no business with how a draft came about.
DRAFTING = frozenset({Event.AGREEMENT_DRAFTED, Event.AGREEMENT_STEP_SAVED})
SENTENCES = {
    Event.AGREEMENT_DRAFTED: "建立了草稿",
    Event.AGREEMENT_STEP_SAVED: "填写了协议",
    Event.AGREEMENT_SENT: "把协议送对方确认",
    Event.AGREEMENT_RETURNED: "退回修改",
    Event.AGREEMENT_AGREED: "确认了协议，文本定稿",
    Event.AGREEMENT_WITHDRAWN: "撤回了协议",
    Event.AGREEMENT_SIGNED: "登记了签章日期",
    Event.SCAN_ATTACHED: "上传了签章扫描件",
    Event.SCAN_REJECTED: "核验扫描件，没有通过",
    Event.AGREEMENT_IN_FORCE: "核验了扫描件，协议生效",
    Event.AGREEMENT_TERMINATED: "提前终止了协议",
    Event.AGREEMENT_EXPIRED: "记录协议到期",
    Event.AGREEMENT_SUPERSEDED: "续签生效，本协议由续签接替",
    Event.COPIES_REQUESTED: "申请生成正本",
    Event.COPIES_RENDERED: "生成了正本",
    Event.COPIES_FAILED: "生成正本时出错",
    Event.COPY_DOWNLOADED: "下载了文件",
}


def _day(text: str) -> str:
    return cn_day(date.fromisoformat(text))


# What an event's own facts say, for those whose facts are more than a reason or an institution.
TELLING: dict[Event | None, Callable[[Mapping[str, Any]], str]] = {
    Event.AGREEMENT_SIGNED: lambda data: f"{Role(data['role']).label}：{_day(data['on'])}",
    Event.SCAN_ATTACHED: lambda data: f"{data['name']}，{data['pages']} 页",
    Event.AGREEMENT_IN_FORCE: lambda data: f"期限至{_day(data['expires_on'])}",
    Event.AGREEMENT_TERMINATED: lambda data: f"最后一天：{_day(data['on'])}，原因：{data['reason']}",
    Event.AGREEMENT_SUPERSEDED: lambda data: f"续签协议 {data['by_renewal']}",
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
    data, event = facts(entry), Event(entry.event) if entry.event in Event else None
    if event in TELLING:
        return TELLING[event](data)
    if "reason" in data:
        return f"原因：{data['reason']}"
    if "predecessor" in data:
        return f"{AgreementKind(data['kind']).label}，原协议 {data['predecessor']}"
    if "institution" in data:
        return f"代表 {data['institution']}"
    return ""
