"""The pages that a second person goes through: which they have ticked, and which comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from accounts.models import User
from agreements.models import PageTick, ScanPage


@dataclass(frozen=True)
class Look:
    """One scanned page for one person. `ticks`: who has compared it, themselves too."""

    sheet: ScanPage
    is_ticked: bool
    ticks: tuple[PageTick, ...] = ()

    @property
    def may_be_ticked(self) -> bool:
        """Whether the page can stand as what it is."""
        return self.sheet.sent_back_at is None and self.sheet.finding in ScanPage.CAN_STAND

    @property
    def is_left(self) -> bool:
        """Whether the person has to compare it still."""
        return self.sheet.sent_back_at is None and not self.is_ticked


def looked_at(sheets: Iterable[ScanPage], *, by: User) -> list[Look]:
    """Return waiting pages in their order, each with what a person said of it."""
    every = list(sheets)
    prefetch_related_objects(every, "ticks__by")
    return [_look(sheet, by) for sheet in every]


def _look(sheet: ScanPage, by: User) -> Look:
    ticks = tuple(sheet.ticks.all())
    return Look(sheet, any(tick.by_id == by.pk for tick in ticks), ticks)


def beside(looks: list[Look], sheet: ScanPage) -> tuple[Look | None, Look | None]:
    """Return the pages before and after one, None at either end."""
    places = [each.sheet.pk for each in looks]
    at = places.index(sheet.pk)
    return (looks[at - 1] if at else None), (looks[at + 1] if at + 1 < len(looks) else None)


def next_left(looks: list[Look], sheet: ScanPage) -> Look | None:
    """Return the next page to compare after one, from the beginning again after the last; None once all are done."""
    places = [each.sheet.pk for each in looks]
    at = places.index(sheet.pk) + 1 if sheet.pk in places else 0
    return next((each for each in [*looks[at:], *looks[:at]] if each.is_left and each.sheet.pk != sheet.pk), None)
