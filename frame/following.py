"""Pages of a list that people work on: 下一页 goes on after the last row that was shown.

Counted by OFFSET, a page leaves out as many rows as were dealt with on the page before it, and shows again what was
pushed on by new ones. The numbers stay, to jump by; between them it is the last row's own values that count.

What a page costs does not grow with the list: it is counted up to a thousand, the numbers end there and 下一页 goes on;
and only the rows that are shown are fetched with all that was added to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable, OrderBy
from django.http import QueryDict
from django.utils.functional import cached_property

PER_PAGE = 25
AFTER = "after"
MOST_COUNTED = 1_000
FEW_DIGITS = 8  # of a page's number


@dataclass(frozen=True)
class Key:
    """One thing that rows are ordered by."""

    expression: Combinable
    is_down: bool
    nulls_last: bool

    def beyond(self, name: str, value: object) -> Q:
        """Return the condition of standing after `value` in the column `name`."""
        unknown = Q(**{f"{name}__isnull": True})
        if value is None:
            return Q(pk__in=[]) if self.nulls_last else ~unknown
        further = Q(**{f"{name}__{'lt' if self.is_down else 'gt'}": value})
        return further | unknown if self.nulls_last else further


class CountingUpTo(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Counts the rows of a list up to `MOST_COUNTED`; how many there are beyond that, nobody turns pages to see."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @cached_property
    def _counted(self) -> int:
        assert isinstance(self.object_list, QuerySet)  # noqa: S101 -- `page_of` gives it nothing else
        return self.object_list.order_by().values("pk")[: MOST_COUNTED + 1].count()

    @property
    def is_more(self) -> bool:
        return "_counted" in self.__dict__ and self._counted > MOST_COUNTED

    @property
    def count_in_words(self) -> str:
        return f"{self.count} 多" if self.is_more else str(self.count)


class FollowedPage(Page):  # type: ignore[type-arg]  # generic in the stubs only
    """A page that knows from its rows, not from its number, whether more come, and after which.

    `leaves_out`: it is the first by its number, now that so much was dealt with, and rows stand before it all the same.
    """

    def __init__(
        self, rows: Sequence[Any], number: int, paginator: Any, *, goes_on: bool, after: str, leaves_out: bool
    ) -> None:
        super().__init__(rows, number, paginator)
        self.goes_on = goes_on
        self.after = after
        self.leaves_out = leaves_out

    def has_previous(self) -> bool:
        return self.number > 1 or self.leaves_out

    def has_next(self) -> bool:
        return self.goes_on

    def previous_page_number(self) -> int:
        return max(1, self.number - 1)

    def next_page_number(self) -> int:
        return self.number + 1


def page_of(
    found: QuerySet[Any], query: QueryDict, *, per_page: int = PER_PAGE, count: int | None = None
) -> FollowedPage:
    """Return the page that an address asks for: by `page` alone by number, with `after` what follows that row.

    `found` has its order; its key decides where the rest is equal. `count`: how many there are, where that is known.
    What is no token of this order is as if it were not there.
    """
    order = _order(found)
    keys = [_key(term) for term in order]
    ordered = found.annotate(**{f"follows{i}": key.expression for i, key in enumerate(keys)}).order_by(*order)
    paginator = CountingUpTo(ordered, per_page)
    if count is not None:
        paginator.count = count
    number = paginator.get_page(query.get("page")).number
    places = ordered.values_list("pk", *(f"follows{i}" for i in range(len(keys))))
    shown_before = _values(query.get(AFTER, ""), keys, ordered)
    rows = list(places.filter(_after(keys, shown_before))[: per_page + 1]) if shown_before else []
    leaves_out = number == 1 and 0 < len(rows) < paginator.count
    if rows and paginator.is_more and number == paginator.num_pages:
        number = _beyond(query, number)
    if not rows:  # by number, or nothing follows any more
        first = (number - 1) * per_page
        rows = list(places[first : first + per_page + 1])
    goes_on, rows = len(rows) > per_page, rows[:per_page]
    after = _token(keys, rows[-1][1:]) if goes_on else ""
    shown = whole(found, [pk for pk, *_ in rows])
    return FollowedPage(shown, number, paginator, goes_on=goes_on, after=after, leaves_out=leaves_out)


def whole(found: QuerySet[Any], keys: Sequence[Any]) -> list[Any]:
    """Return the rows of these keys, in their order, with all that was added to them.

    Which rows stand where is asked beforehand, of narrow rows: what a list adds to each is many questions, which the
    database would answer for every row that it passes over, and plan for as if there were few.
    """
    rows = {row.pk: row for row in found.order_by().filter(pk__in=keys)} if keys else {}
    return [rows[key] for key in keys if key in rows]


def _beyond(query: QueryDict, last: int) -> int:
    """Return the number that the address asks for, of a page that was reached by 下一页 beyond the last counted one."""
    asked = query.get("page", "")
    return max(last, int(asked)) if asked.isdecimal() and len(asked) < FEW_DIGITS else last


def _order(found: QuerySet[Any]) -> list[Any]:
    """Return what the rows are ordered by, the key at the end at the latest: no two rows stand at one place."""
    order = list(found.query.order_by or found.model._meta.ordering or ())
    has_key = any(term in {"pk", "-pk", "id", "-id"} for term in order if isinstance(term, str))
    return order if has_key else [*order, "pk"]


def _key(term: Any) -> Key:
    if isinstance(term, OrderBy):
        last = bool(term.nulls_last) or not (term.nulls_first or term.descending)
        return Key(term.expression, term.descending, last)
    if isinstance(term, str):
        return Key(F(term.removeprefix("-")), term.startswith("-"), not term.startswith("-"))
    return Key(term, is_down=False, nulls_last=True)  # PostgreSQL has unknown values last going up, first going down


def _after(keys: list[Key], values: list[object]) -> Q:
    """Return the condition of coming after a row: further by one key, and equal by all before it."""
    rest, equal = Q(pk__in=[]), Q()
    for i, (key, value) in enumerate(zip(keys, values, strict=True)):
        name = f"follows{i}"
        rest |= equal & key.beyond(name, value)
        equal &= Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    return rest


def _token(keys: list[Key], values: Sequence[object]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return signing.dumps(plain, salt=_salt(keys), compress=True)


def _values(token: str, keys: list[Key], ordered: QuerySet[Any]) -> list[object]:
    try:
        plain = signing.loads(token, salt=_salt(keys))
    except signing.BadSignature:
        return []
    fields = [ordered.query.annotations[f"follows{i}"].output_field for i in range(len(keys))]
    return [field.to_python(value) for field, value in zip(fields, plain, strict=True)]


def _salt(keys: list[Key]) -> str:
    """One order's tokens are none of another's."""
    return f"following {keys!r}"
