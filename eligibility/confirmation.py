"""Whether institutions have been found eligible, as their pages and the choice of a partner show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chinese.dates import cn_ahead, cn_day
from eligibility.checklist import required_of
from eligibility.models import EligibilityCase
from institutions.models import Institution
from institutions.problems import Problem, Severity
from regions.schemes import RuleSet

NOTICE_DAYS = 60


@dataclass(frozen=True)
class Eligibility:
    """`until`: the last day of the confirmation in force, or None without one."""

    until: date | None
    source: str
    problems: tuple[Problem, ...]


def valid_until(institutions: Iterable[Institution | int], on: date) -> dict[int, date]:
    """Return the last day of the confirmation that holds on a day, by institution, in one query."""
    held = EligibilityCase.objects.valid_on(on).filter(institution__in=list(institutions)).order_by("valid_to")
    return {place: until for place, until in held.values_list("institution", "valid_to") if until}


def eligibility_of(
    institution: Institution, rules: RuleSet, on: date, *, known: dict[int, date] | None = None
) -> Eligibility | None:
    """Return what these rules say of the institution; None where nothing is asked of it.

    `known` is the answer of `valid_until`, for many institutions at once.
    """
    checklist = required_of(institution, rules)
    if checklist is None:
        return None
    until = (valid_until([institution], on) if known is None else known).get(institution.pk)
    severity = Severity.BLOCKS if checklist.without == "blocks" else Severity.WARNS
    return Eligibility(until, checklist.source, tuple(_problems(until, on, severity)))


def _problems(until: date | None, on: date, severity: Severity) -> list[Problem]:
    if until is None:
        sentence = "本地规定签约前由卫生健康部门逐项核对医疗机构的资格，目前没有有效的核对结果。"
        return [Problem("eligibility_missing", severity, sentence)]
    days = (until - on).days
    if days <= NOTICE_DAYS:
        left = cn_ahead(days)
        return [Problem("eligibility_ending", Severity.WARNS, f"资格核对结果{left}到期（{cn_day(until)}）。")]
    return []
