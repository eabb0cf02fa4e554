"""An entry as an auditor reads it: who, in which role, did what to what; and the rest, folded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from audit.log import facts
from audit.models import Entry
from yiyang.log_pages.subjects import names_of, subject_of
from yiyang.log_pages.values import in_words

WORDS = {
    "address": "页面",
    "asked": "条件",
    "authority": "主管部门",
    "begun": "开始",
    "by_renewal": "续签协议",
    "case": "资格编号",
    "changes": "更改",
    "code": "代码",
    "copy": "份",
    "day": "日期",
    "deadline": "期限",
    "due_on": "截止日期",
    "duties": "职责",
    "duty": "职责",
    "edition": "版次",
    "ended": "结束的登录数",
    "entries": "条数",
    "expires_on": "期限止",
    "filing": "备案编号",
    "filings": "备案编号",
    "first": "第一步",
    "found": "发现改动",
    "full_name": "姓名",
    "institution": "机构",
    "is_final": "正式文本",
    "issuer": "身份提供方",
    "key": "编号",
    "kind": "类别",
    "left": "剩余",
    "list": "清单",
    "method": "方式",
    "name": "名称",
    "name_digest": "名称摘要",
    "not_listed": "未逐条记录的次数",
    "number": "编号",
    "on": "日期",
    "pages": "页数",
    "phone": "电话",
    "place": "单位",
    "predecessor": "上一份协议",
    "reason": "原因",
    "region": "地区",
    "revision": "修订号",
    "round": "轮次",
    "rows": "行数",
    "scan": "扫描件",
    "second": "第二步",
    "sessions_ended": "结束的登录数",
    "sha256": "文件摘要",
    "since": "自",
    "size": "大小",
    "stamped_at": "时间戳时间",
    "state": "结果",
    "step": "步骤",
    "tally": "合计",
    "title": "标题",
    "until": "至",
    "username": "用户名",
    "what": "操作",
    "whose": "计数对象",
}


@dataclass(frozen=True)
class Line:
    entry: Entry
    subject: str
    facts: list[tuple[str, str]]


def lines_of(entries: Iterable[Entry]) -> list[Line]:
    """Return the lines of one page, naming their subjects in one query for each kind."""
    entries = list(entries)
    names = names_of(subject_of(entry) for entry in entries)
    return [Line(entry, names[subject_of(entry)], list(_told(facts(entry)))) for entry in entries]


def _told(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        yield WORDS.get(key, key), _in_words(value, key)


def _in_words(value: object, key: str) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_in_words(one, key) for one in value) or "—"
    if isinstance(value, Mapping):
        return "；".join(f"{WORDS.get(name, name)} {_in_words(one, name)}" for name, one in value.items()) or "—"
    return in_words(key, str(value))
