"""What a scheme (a region's policy in force) is, as dataclasses. Knows nothing of Django."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chinese.dates import cn_partial
from regions.rule import Rule
from regions.rules import KINDS


@dataclass(frozen=True)
class PartialDate:
    """A date as precise as its source: 2024-02-19, 2021-09, 2021, or nothing at all."""

    text: str

    @property
    def first_day(self) -> date | None:
        """The first day that it can mean. Raises ValueError when there is no such day."""
        if not self.text:
            return None
        numbers = [int(part) for part in self.text.split("-")]
        return date(*[*numbers, 1, 1][:3])

    @property
    def last_day(self) -> date | None:
        """The last day that it can mean."""
        first = self.first_day
        if first is None or self.precision == "day":
            return first
        month = first.month if self.precision == "month" else 12
        return date(first.year, month, calendar.monthrange(first.year, month)[1])

    @property
    def precision(self) -> str:
        """day, month, year or unknown."""
        return {10: "day", 7: "month", 4: "year"}.get(len(self.text), "unknown")

    def __str__(self) -> str:
        if not self.text:
            return "未载明"
        return f"{cn_partial(self.text)}{'（日期空白）' if self.precision == 'month' else ''}"


@dataclass(frozen=True)
class Source:
    file: str  # name of the official text that the digest is of
    digest: str  # SHA-256, hex


@dataclass(frozen=True)
class Target:
    id: str
    label: str
    metric: str
    population: str
    value: int
    unit: str  # "percent" or "count"
    due: date | None
    quote: str


@dataclass(frozen=True)
class Deadline:
    id: str
    label: str
    act: str  # "sign" or "hand_in"
    due: date
    quote: str
    authorities: tuple[str, ...] = ()


@dataclass(frozen=True)
class SetRule:
    """A rule as one scheme sets it, with the sentence that it rests on ("" for a platform default)."""

    rule: Rule
    quote: str
    lower_may_change: bool
    remark: str = ""

    @property
    def platform_default(self) -> bool:
        return not self.quote


@dataclass(frozen=True)
class SchemeBody:
    slug: str
    region: str  # code
    shown_as: str  # what to call the region when the source does not name it; "" otherwise
    certainty: str  # of the region: "confirmed" or "probable"
    title: str
    title_in_source: bool
    issuers: tuple[str, ...]
    document_number: str
    issued_on: PartialDate
    in_force_on: PartialDate
    source: Source | None
    remark: str
    targets: tuple[Target, ...]
    deadlines: tuple[Deadline, ...]
    rules: tuple[SetRule, ...]

    @property
    def in_force_from(self) -> date | None:
        """The first day on which it can hold: its own in-force date, else its issue date, else not known (None)."""
        return self.in_force_on.first_day or self.issued_on.first_day

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> SchemeBody:
        """Build the body from a checked data file."""
        return cls(
            slug=body["slug"],
            region=body["region"],
            shown_as=body.get("shown_as", ""),
            certainty=body.get("certainty", "confirmed"),
            title=body["title"],
            title_in_source=body.get("title_in_source", True),
            issuers=tuple(body["issuers"]),
            document_number=body["document_number"],
            issued_on=PartialDate(body["issued_on"]),
            in_force_on=PartialDate(body["in_force_on"]),
            source=Source(**body["source"]) if "source" in body else None,
            remark=body.get("remark", ""),
            targets=tuple(_target(target) for target in body.get("targets", ())),
            deadlines=tuple(_deadline(deadline) for deadline in body.get("deadlines", ())),
            rules=tuple(_set_rule(rule) for rule in body["rules"]),
        )


def _target(target: Mapping[str, Any]) -> Target:
    due = date.fromisoformat(target["due"]) if "due" in target else None
    return Target(**{**target, "due": due})


def _deadline(deadline: Mapping[str, Any]) -> Deadline:
    authorities = tuple(deadline.get("authorities", ()))
    return Deadline(**{**deadline, "due": date.fromisoformat(deadline["due"]), "authorities": authorities})


def _set_rule(rule: Mapping[str, Any]) -> SetRule:
    return SetRule(
        rule=KINDS[rule["rule"]].from_json(rule["with"]),
        quote=rule.get("quote", ""),
        lower_may_change=rule["lower_may_change"],
        remark=rule.get("remark", ""),
    )
