"""The words for what stands in entries as a code: for the names of facts, and for values of a closed vocabulary."""

from collections.abc import Iterable, Mapping
from functools import cache

from django.db.models import Field, Model

from agreements.drafting.steps import STEPS
from agreements.models import AgreementKind
from audit.models import Work
from eligibility.checklist import Checklist
from eligibility.models import EligibilityCase
from institutions.models import Authority, Document, Duty, ElderCareProfile, Institution, MedicalProfile, Role
from surveys.models import Survey
from surveys.service_catalogue import catalogue

FACTS = {
    "about": "对象",
    "added": "新增",
    "address": "页面",
    "answered": "已填写",
    "answers": "填写内容",
    "asked": "条件",
    "attached": "上传的文件",
    "authority": "主管部门",
    "begun": "开始",
    "by_renewal": "续签协议",
    "case": "资格编号",
    "changed": "有变化",
    "changes": "更改",
    "code": "代码",
    "copies": "份数",
    "copy": "份",
    "day": "日期",
    "deadline": "期限",
    "detached": "移除的文件",
    "digest": "内容摘要",
    "document": "证照",
    "doubtful": "需决定",
    "due_on": "截止日期",
    "duties": "职责",
    "duty": "职责",
    "edition": "版次",
    "ended": "结束的登录数",
    "entries": "条数",
    "event": "事件",
    "evidence": "证明材料编号",
    "expires_on": "期限止",
    "file": "文件",
    "files": "文件摘要",
    "filing": "备案编号",
    "filings": "备案编号",
    "finding": "核对意见",
    "findings": "核对结果",
    "first": "第一步",
    "former": "原名",
    "found": "发现改动",
    "full_name": "姓名",
    "ignored": "未计入",
    "import": "导入编号",
    "institution": "机构",
    "is_final": "正式文本",
    "is_met": "符合",
    "issuer": "身份提供方",
    "item": "条件",
    "items": "条件",
    "key": "编号",
    "kind": "类别",
    "left": "剩余",
    "list": "清单",
    "method": "方式",
    "name": "名称",
    "name_digest": "名称摘要",
    "new": "可新增",
    "not_listed": "未逐条记录的次数",
    "number": "编号",
    "on": "日期",
    "operator_uscc": "举办单位代码",
    "pages": "页数",
    "phone": "电话",
    "place": "单位",
    "predecessor": "上一份协议",
    "profile": "一并更新的登记信息",
    "proof": "证明",
    "reason": "原因",
    "region": "地区",
    "renamed": "更名",
    "revision": "修订号",
    "role": "机构类别",
    "round": "轮次",
    "row": "行",
    "rows": "行数",
    "scan": "扫描件",
    "second": "第二步",
    "sessions_ended": "结束的登录数",
    "sha256": "文件摘要",
    "sheet": "表",
    "since": "自",
    "size": "大小",
    "skipped": "跳过",
    "slug": "代号",
    "stamped_at": "时间戳时间",
    "state": "结果",
    "step": "步骤",
    "tally": "合计",
    "title": "标题",
    "to": "改为",
    "unchanged": "无变化",
    "until": "至",
    "updated": "更新",
    "username": "用户名",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
    "warned": "有提醒",
    "what": "操作",
    "who": "操作人",
    "whose": "计数对象",
    "with_main": "随原协议终止",
    "words": "说明",
    "wrong": "有错误",
    "yes": "回答",
}
# What an entry tells of these rows it tells field by field, under the names that the forms have too.
TOLD_BY_FIELD: tuple[type[Model], ...] = (Institution, MedicalProfile, ElderCareProfile, Survey)
FACTORS = {
    "password": "密码",
    "code": "动态口令",
    "recovery_code": "恢复码",
    "enrolled": "绑定手机",
    "identity": "统一身份认证",
}
REASONS = {"forbidden": "没有权限", "unseen": "看不到的内容", "idle": "长时间没有操作"}
FILES = {"source": "原表", "marked": "标注问题的表格"}


def called(key: str, items: Mapping[str, str]) -> str:
    """Return what people call a fact, where `items` are the conditions of the case that the entry is about."""
    return items.get(key) or FACTS.get(key) or _labels().get(key, key)


def in_words(key: str, value: str, items: Mapping[str, str]) -> str:
    """Return what people call the value of a fact, or the value itself: most are words already."""
    if key in ("item", "items"):
        return items.get(value, value)
    return _VOCABULARY.get(key, {}).get(value) or _choices().get(key, {}).get(value, value)


def items_of(cases: Iterable[object]) -> Mapping[object, Mapping[str, str]]:
    """Return the conditions of each eligibility case by their id, as the case itself keeps them; one query."""
    kept = EligibilityCase.objects.in_bulk({case for case in cases if isinstance(case, int)})
    lists = {key: Checklist.from_json(case.checklist) for key, case in kept.items()}
    return {key: {item.id: item.label for item in checklist.items} for key, checklist in lists.items()}


@cache
def _labels() -> Mapping[str, str]:
    return {field.name: str(field.verbose_name) for field in _fields()}


@cache
def _choices() -> Mapping[str, Mapping[str, str]]:
    found = {"services": {service.id: service.label for service in catalogue().services}}
    for field in _fields():
        if field.flatchoices:
            found.setdefault(field.name, {}).update({str(value): str(label) for value, label in field.flatchoices})
    return found


def _fields() -> Iterable["Field[object, object]"]:
    return [field for model in TOLD_BY_FIELD for field in model._meta.concrete_fields]


def _of(choices: list[tuple[str, str]]) -> dict[str, str]:
    return {value: str(label) for value, label in choices}


_VOCABULARY: Mapping[str, Mapping[str, str]] = {
    "duty": _of(Duty.choices),
    "role": _of(Role.choices),
    "kind": _of(AgreementKind.choices) | _of(Authority.Kind.choices) | _of(Work.Kind.choices),
    "state": _of(Work.State.choices),
    "step": {step.slug: step.title for step in STEPS},
    "document": _of(Document.choices),
    "file": FILES,
    "first": FACTORS,
    "second": FACTORS,
    "reason": REASONS,
}
