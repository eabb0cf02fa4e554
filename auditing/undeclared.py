"""The words of the events that no app declares yet; goes with the last of them (audit.models.Event)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from audit.events import ALL, Group
from audit.models import Event
from institutions.models import Document, Duty, Role

FACTS = {
    "added": "新增",
    "answered": "已填写",
    "asked": "条件",
    "changed": "有变化",
    "changes": "更改",
    "document": "证照",
    "doubtful": "需决定",
    "due_on": "截止日期",
    "duties": "职责",
    "duty": "职责",
    "edition": "版次",
    "former": "原名",
    "full_name": "姓名",
    "ignored": "未计入",
    "import": "导入编号",
    "name": "名称",
    "new": "可新增",
    "number": "编号",
    "on": "日期",
    "phone": "电话",
    "place": "单位",
    "profile": "一并更新的登记信息",
    "proof": "证明",
    "reason": "原因",
    "region": "地区",
    "renamed": "更名",
    "role": "机构类别",
    "round": "轮次",
    "row": "行",
    "rows": "行数",
    "scan": "扫描件",
    "sessions_ended": "结束的登录数",
    "sha256": "文件摘要",
    "sheet": "表",
    "size": "大小",
    "skipped": "跳过",
    "tally": "合计",
    "title": "标题",
    "to": "改为",
    "unchanged": "无变化",
    "updated": "更新",
    "warned": "有提醒",
    "whose": "计数对象",
    "wrong": "有错误",
}
VALUES = {"duty": Duty.choices, "role": Role.choices, "document": Document.choices}
# By the first word of the code; the more special one first.
GROUPS = {
    "account.acting_switched": Group("账号与登录", 52),
    "account": Group("账号与登录", 51),
    "contacts": Group("访问控制", 61),
    "membership": Group("人员与职责", 70),
    "authority": Group("人员与职责", 70),
    "administrator": Group("人员与职责", 70),
    "import": Group("批量导入", 80),
    "institution": Group("机构", 90),
    "survey": Group("摸底与资格", 100),
}
PARTS: Mapping[str, str] = FACTS


@dataclass(frozen=True)
class Undeclared:
    code: str
    words: str
    group: Group


def events() -> Iterator[Undeclared]:
    for event in Event:
        group = next(group for beginning, group in GROUPS.items() if event.value.startswith(beginning))
        yield Undeclared(event.value, str(event.label), group)


def called(event: str, key: str) -> str:
    return "" if event in ALL else FACTS.get(key, "")


def label_of(event: str, key: str, value: str) -> str:
    return "" if event in ALL else str(dict(VALUES.get(key, [])).get(value, ""))
