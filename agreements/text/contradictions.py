"""What cannot stand together in one text, or only oddly: rules of one template, as data. Pure: knows no row.

A rule holds for the template that states it and for no other. What holds for every text is in `lifecycle/clashes.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# What is known of the parties, and how the register words it: 二级, 社区卫生服务中心, 公办.
FACTS = ("medical.kind", "medical.level", "medical.ownership")


@dataclass(frozen=True)
class Condition:
    """What one answer, or one fact of a party, is. Exactly one of `blank` and `fact` is named, and one test:
    the schema of template files sees to that.

    A test of what is not known, i.e. of an empty blank, does not hold; only `filled: false` asks for just that.
    """

    blank: str = ""
    fact: str = ""
    among: tuple[str, ...] = ()
    other_than: tuple[str, ...] = ()
    equals: int | None = None
    above: int | None = None
    filled: bool | None = None

    def holds(self, values: Mapping[str, Any], facts: Mapping[str, str]) -> bool:
        """Whether it holds for these typed answers (by blank id) and these facts (by FACTS)."""
        value = values.get(self.blank) if self.blank else facts.get(self.fact)
        known = value not in (None, "")
        if self.filled is not None:
            return known is self.filled
        if not known:
            return False
        if self.among or self.other_than:
            return str(value) in self.among if self.among else str(value) not in self.other_than
        return isinstance(value, int | Decimal) and self._measures(value)

    def _measures(self, number: int | Decimal) -> bool:
        return number == self.equals if self.equals is not None else self.above is not None and number > self.above


@dataclass(frozen=True)
class Contradiction:
    """What may not be so at once. `text` says it, with the way out, at the blank `at`.

    Certain: it stops the text. Else one is asked, and can go on after saying that it is meant.
    """

    when: tuple[Condition, ...]
    at: str
    text: str
    certain: bool = True


def contradictions_in(
    rules: Iterable[Contradiction], values: Mapping[str, Any], facts: Mapping[str, str]
) -> Iterator[Contradiction]:
    """Yield the rules that typed answers and facts run into, in the template's order."""
    for rule in rules:
        if all(condition.holds(values, facts) for condition in rule.when):
            yield rule


def from_row(row: Mapping[str, Any]) -> Contradiction:
    """Rebuild a rule from its JSON."""
    return Contradiction(**{**row, "when": tuple(_condition(each) for each in row["when"])})


def _condition(row: Mapping[str, Any]) -> Condition:
    return Condition(**{**row, **{name: tuple(row.get(name, ())) for name in ("among", "other_than")}})
