"""What happened to one copy, from its first filing on: one line an event, who and when."""

from collections.abc import Iterator

from agreements.register.timeline import Line
from audit.log import facts, history
from audit.models import Entry, Event
from filing.models import Filing

SENTENCES = {
    Event.FILING_OPENED: "建立了报送任务",
    Event.FILING_SUBMITTED: "报送了备案",
    Event.FILING_WITHDRAWN: "撤回了报送",
    Event.FILING_TAKEN_UP: "接收了备案材料",
    Event.FILING_HANDED_OVER: "转交了审核",
    Event.FILING_ACCEPTED: "受理备案",
    Event.FILING_RETURNED: "退回补正",
    Event.FILING_RESUBMITTED: "补正后重新报送",
    Event.RECEIPT_RENDERED: "生成了备案回执",
    Event.RECEIPT_FAILED: "生成备案回执时出错",
}


def lines(filing: Filing) -> list[Line]:
    """Return the history of all rounds of this copy, newest first. Downloads are left out."""
    entries = history(filing.agreement).filter(event__in=SENTENCES, data__filing__in=_rounds(filing))
    return [Line(entry.actor_name, SENTENCES[Event(entry.event)], entry.at, _detail(entry)) for entry in entries]


def _rounds(filing: Filing) -> list[int]:
    same = Filing.objects.filter(agreement=filing.agreement, authority=filing.authority)
    return list(same.values_list("pk", flat=True))


def _detail(entry: Entry) -> str:
    return "；".join(_words(entry))


def _words(entry: Entry) -> Iterator[str]:
    data = facts(entry)
    for name, word in (("number", "备案号"), ("reason", "原因"), ("to", "转交"), ("round", "第几次报送")):
        if name in data:
            yield f"{word}：{data[name]}"
