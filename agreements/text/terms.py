"""When an agreement takes effect and when its term ends (民法典 201, 202, 490, 502). Pure: dates in, dates out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from agreements.text.filling import Value
from agreements.text.schema import TemplateBody, TermKind
from chinese.dates import cn_day

ONE_DAY = timedelta(days=1)
SIGNED_AROUND = timedelta(
    days=31
)  # how far off the signing may be where years and a last day, but no first, are stated


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
    if rule.kind is TermKind.WITH_MAIN:
        if main_until is None or main_until < effective:
            raise TermUnknown("原协议在双方签章之前已经到期，补充协议不能生效。")
        return Term(effective, effective, main_until)
    starts, ends = rule.first_day_in(values), rule.last_day_in(values)
    if rule.kind is TermKind.DATE_RANGE and (starts is None or ends is None or ends < starts):
        raise TermUnknown("协议没有写明起止日期，无法确定合作期限。")
    years = rule.years_in(values)
    if rule.kind is not TermKind.DATE_RANGE and (years is None or years < 1):
        raise TermUnknown("协议没有写明合作年限，无法确定合作期限。")
    if disagreement := years_and_days(years, starts, ends, signed_on=effective):
        raise TermUnknown(disagreement)
    last = ends or last_day_after_years(starts or effective, years or 0)
    if last < effective:
        raise TermUnknown("协议约定的截止日期早于双方签章的日期，请核对签章日期。")
    return Term(effective, max(starts or effective, effective), last)


def years_and_days(years: int | None, starts: date | None, ends: date | None, *, signed_on: date) -> str:
    """Say how the years that a text states and its days contradict each other; "" where they agree.

    From its first day on the years end on the corresponding day (民法典 202) or, as people write it, the day before.
    A text that names no first day counts from its signing, which may lie some days off the day that was thought of.
    """
    if years is None or ends is None:
        return ""
    last, room = last_day_after_years(starts or signed_on, years), timedelta(0) if starts else SIGNED_AROUND
    if last - ONE_DAY - room <= ends <= last + room:
        return ""
    since = f"从{cn_day(starts)}起" if starts else f"从签章（{cn_day(signed_on)}）起"
    return (
        f"协议写明期限 {years} 年，{since}应到{cn_day(last)}为止，却又写明到{cn_day(ends)}为止。"
        "请改年数或者改日期，使两处一致。"
    )
