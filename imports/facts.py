"""Whether the facts of one institution fit together: a row of the sheet laid over what is registered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from imports.cells import Level, Remark
from imports.columns import OF_ROLE, required_of
from imports.registered import Facts
from institutions.identifiers import licence_warnings, uscc_warnings
from institutions.models import Role

COUNTED = ("residents", "residents_60", "residents_65", "residents_80")


def doubts(role: Role, values: Facts, known: Facts, *, region_code: str, today: date) -> Iterator[Remark]:
    """Yield what does not fit and what looks odd. `values` is the row, `known` the register, {} for a new one."""
    merged = {**known, **values}
    for column in required_of(role):
        if merged.get(column.field) in (None, ""):
            yield Remark(column.field, Level.ERROR, "没有填写。")
    if role == Role.MEDICAL:
        yield from _of_licence(merged, today)
    else:
        yield from _of_residents(merged)
        yield from _of_clinic(merged)
        yield from _of_filing(merged, today)
    yield from _of_identity(merged, values, region_code)
    if _is_after(merged.get("opened_on"), today):
        yield Remark("opened_on", Level.WARNING, "晚于今天，请核对。")


def _of_residents(merged: dict[str, Any]) -> Iterator[Remark]:
    for wider, narrower in pairwise(COUNTED):
        if (merged.get(narrower) or 0) > (merged.get(wider) or 0):
            more, fewer = OF_ROLE[Role.ELDER_CARE][narrower].heading, OF_ROLE[Role.ELDER_CARE][wider].heading
            text = f"“{more}”（{merged[narrower]}）不能多于“{fewer}”（{merged.get(wider) or 0}）。"
            yield Remark(narrower, Level.ERROR, text)
    if merged.get("beds") and (merged.get("residents") or 0) > merged["beds"]:
        text = f"入住人数（{merged['residents']}）多于床位数（{merged['beds']}），请核对。"
        yield Remark("residents", Level.WARNING, text)


def _of_clinic(merged: dict[str, Any]) -> Iterator[Remark]:
    if merged.get("has_own_clinic") and merged.get("own_clinic_until"):
        text = f"已登记内设医疗机构于 {merged['own_clinic_until']} 停办，请先在机构页面更正停办日期。"
        yield Remark("has_own_clinic", Level.ERROR, text)
    if merged.get("own_clinic_since") and not (merged.get("has_own_clinic") or merged.get("own_clinic_until")):
        text = "填写了设立日期，但“内设医疗机构”不是“是”，请核对。"
        yield Remark("own_clinic_since", Level.WARNING, text)


def _of_filing(merged: dict[str, Any], today: date) -> Iterator[Remark]:
    filed_on, last_day = merged.get("filed_on"), merged.get("filing_valid_to")
    if filed_on and last_day and filed_on > last_day:
        yield Remark("filed_on", Level.ERROR, f"晚于已登记的备案最后有效日（{last_day}），请在机构页面登记新的备案。")
    if _is_after(filed_on, today):
        yield Remark("filed_on", Level.ERROR, f"备案日期（{filed_on}）不能晚于今天，请改正。")


def _of_licence(merged: dict[str, Any], today: date) -> Iterator[Remark]:
    start, end = merged.get("licence_valid_from"), merged.get("licence_valid_to")
    if start and end and end <= start:
        yield Remark("licence_valid_to", Level.ERROR, f"应晚于“许可证有效期起”（{start}）。")
    elif end and date.fromisoformat(end) < today:
        yield Remark("licence_valid_to", Level.WARNING, f"许可证已于 {end} 到期，续期前不能签约。")


def _of_identity(merged: dict[str, Any], values: Facts, region_code: str) -> Iterator[Remark]:
    code = merged.get("uscc") or ""
    if "uscc" in values:
        for text in uscc_warnings(code, merged.get("ownership") or ""):
            yield Remark("uscc", Level.WARNING, text)
    if not code and not merged.get("operator_name"):
        text = "没有统一社会信用代码，也没有举办单位，补全前不能签约。"
        yield Remark("uscc", Level.WARNING, text)
    if "licence_number" in values:
        for text in licence_warnings(merged["licence_number"], region_code, code):
            yield Remark("licence_number", Level.WARNING, text)


def _is_after(day: Any, today: date) -> bool:
    return bool(day) and date.fromisoformat(str(day)) > today
