"""Whether what was filled in can be, and what somebody should look at again. Pure: values in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from institutions.models import Role
from surveys.questions import AGE_BANDS, Question, questions

Values = Mapping[str, Any]  # by field: whole numbers, yes or no, the services' ids, the day; None where nothing is said


@dataclass(frozen=True)
class Finding:
    """One thing about one field. `is_error`: it cannot be submitted so; else a person says that it is right."""

    field: str
    text: str
    is_error: bool = True


class Incomplete(Exception):
    """What is missing or cannot be; nothing was submitted."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("".join(finding.text for finding in findings))
        self.findings = findings


def errors(role: Role | str, values: Values, *, today: date) -> list[Finding]:
    """Return what keeps the survey from being submitted."""
    asked = questions(role)
    found = [*_day(values.get("surveyed_on"), today), *_unanswered(asked, values), *_parts(asked, values)]
    if Role(role) is Role.ELDER_CARE:
        found += _age_bands(values)
    elif not values.get("services"):
        found.append(Finding("services", "请勾选能够提供的服务，至少一项。"))
    return found


def doubts(role: Role | str, values: Values) -> list[Finding]:
    """Return what is possible but rare, for a person to confirm."""
    return list(_elder_care_doubts(values) if Role(role) is Role.ELDER_CARE else _medical_doubts(values))


def _day(day: date | None, today: date) -> Iterator[Finding]:
    if day is None:
        yield Finding("surveyed_on", "请填写统计日期。")
    elif day > today:
        yield Finding("surveyed_on", "统计日期不能晚于今天。")


def _unanswered(asked: tuple[Question, ...], values: Values) -> Iterator[Finding]:
    for question in asked:
        if values.get(question.field) is None:
            sentence = "请填写数字，没有的填 0。" if question.is_count else "请选择“是”或“否”。"
            yield Finding(question.field, sentence)


def _parts(asked: tuple[Question, ...], values: Values) -> Iterator[Finding]:
    whole = {question.field: question for question in asked}
    for question in asked:
        count, limit = values.get(question.field), values.get(question.among)
        if count is not None and limit is not None and count > limit:
            of = whole[question.among]
            yield Finding(question.field, f"不能多于{of.label}（{limit} {of.unit}）。")


def _age_bands(values: Values) -> Iterator[Finding]:
    bands: list[int] = [band for name in AGE_BANDS if (band := values.get(name)) is not None]
    total = values.get("residents")
    if total is None or len(bands) < len(AGE_BANDS):
        return
    added = sum(bands)
    if added != total:
        sentence = f"四个年龄段合计 {added} 人，与入住老年人总数 {total} 人不一致，请核对。"
        yield Finding("residents", sentence)
    need_care = (values.get("residents_disabled") or 0) + (values.get("residents_partly_disabled") or 0)
    if need_care > total:
        yield Finding("residents_partly_disabled", f"失能与部分失能合计 {need_care} 人，多于入住老年人总数。")


def _elder_care_doubts(values: Values) -> Iterator[Finding]:
    beds, residents = values.get("beds"), values.get("residents")
    if beds and residents and residents > beds:
        yield Finding("residents", f"入住 {residents} 人，多于床位 {beds} 张。", is_error=False)
    if not values.get("services"):
        yield Finding("services", "没有勾选任何需要的服务。", is_error=False)
    if not values.get("clinic_rooms") and not values.get("visiting_rooms"):
        yield Finding("visiting_rooms", "没有可供医生上门服务的房间。", is_error=False)


def _medical_doubts(values: Values) -> Iterator[Finding]:
    if values.get("teams") and not values.get("team_members"):
        yield Finding("team_members", "有服务团队，团队人员却是 0 人。", is_error=False)
    if values.get("partners_possible") and not values.get("teams"):
        yield Finding("teams", "还可以签约，却没有服务团队。", is_error=False)
