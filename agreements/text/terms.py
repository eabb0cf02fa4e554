"""When an agreement takes effect and when its term ends (民法典 201, 202, 490, 502). Pure: dates in, dates out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from agreements.text.filling import Value
from agreements.text.schema import TemplateBody, TermKind


class TermUnknown(ValueError):
    """The text does not say how long the agreement runs, or says something impossible. The message is for people."""


@dataclass(frozen=True)
class Term:
    """`effective_on`: the contract binds; `starts_on` … `expires_on`: the days of the term, both included."""

    effective_on: date
    starts_on: date
    expires_on: date


def last_day_after_years(start: date, years: int) -> date:
    """Return the last day of a period of whole years.

    The first day is not counted (民法典 201); the period ends on the corresponding day, or at the end of the
    month where there is none (202): two years from 2022-11-30 end on 2024-11-30, one from 2024-02-29 on 2025-02-28.
    """
    return start + relativedelta(years=years)


def formed_on(signed: Mapping[str, date]) -> date:
    """Return when the contract was formed: when both have signed or sealed, i.e. the later day (民法典 490).

    `signed` maps each role to the day on which that side signed.
    """
    return max(signed.values())


def term_of(
    body: TemplateBody, values: Mapping[str, Value], signed: Mapping[str, date], *, main_until: date | None = None
) -> Term:
    """Return the agreement's dates by its template's rule. Raises TermUnknown.

    `main_until` is the last day of the agreement that a supplement belongs to. Filing never delays effect
    (民法典 502). All templates so far take effect when both have signed or sealed.
    """
    effective = formed_on(signed)
    rule = body.term
    if rule.kind is TermKind.DATE_RANGE:
        starts, ends = values.get(rule.from_blank), values.get(rule.to_blank)
        if not isinstance(starts, date) or not isinstance(ends, date) or ends < starts:
            raise TermUnknown("协议没有写明起止日期，无法确定合作期限。")
        if ends < effective:
            raise TermUnknown("协议约定的截止日期早于双方签章的日期，请核对签章日期。")
        return Term(effective, max(starts, effective), ends)
    if rule.kind is TermKind.WITH_MAIN:
        if main_until is None or main_until < effective:
            raise TermUnknown("原协议在双方签章之前已经到期，补充协议不能生效。")
        return Term(effective, effective, main_until)
    years = rule.years if rule.kind is TermKind.FIXED_YEARS else values.get(rule.blank)
    if not isinstance(years, int) or years < 1:
        raise TermUnknown("协议没有写明合作年限，无法确定合作期限。")
    return Term(effective, effective, last_day_after_years(effective, years))
