"""Copy × page: what the scans show of each page of each copy, and what they show besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts.models import User
from agreements.lifecycle.pages import (
    BLANK_BACKS,
    PagesShown,
    bare_in_words,
    copies_made,
    cure_of_differing,
    differing_in_words,
    named,
    places_in_words,
    unknown_in_words,
)
from agreements.models import Agreement, Counterpart, ScanPage
from agreements.signing.strangers import numbers_known
from chinese.sentences import bare

Finding = ScanPage.Finding


@dataclass(frozen=True)
class Cell:
    """What is known of one page of one copy, in a word of at most four characters, and where it was seen."""

    word: str
    icon: str
    tone: str  # of the chip colours
    where: str = ""


@dataclass(frozen=True)
class Row:
    page: int
    cells: list[Cell]


@dataclass(frozen=True)
class Besides:
    """Scanned pages that stand in no cell, or do not stand there any more, and why."""

    where: str
    what: str
    tone: str


@dataclass(frozen=True)
class Table:
    copies: list[Counterpart]
    due: Collection[int]  # the copies that have to come back
    takes_all: bool
    rows: list[Row]
    besides: list[Besides]


NOT_DUE = Cell("可不交", "info", "grey")
MISSING = Cell("缺", "warning", "amber")
BEFORE = Cell("已核验", "tick", "pine")
BY_FINDING = {
    Finding.UNSIGNED: ("没有签章", "cross", "cinnabar"),
    Finding.VOIDED: ("已作废", "cross", "cinnabar"),
    Finding.OTHER_TEXT: ("文本不同", "cross", "cinnabar"),
}


def table_of(agreement: Agreement, shown: PagesShown, *, for_user: User) -> Table | None:
    """Return the table for a person, None while there are no copies. Whose a foreign page is, only they are told who
    may see that agreement."""
    copies = copies_made(agreement)
    if not copies:
        return None
    by_place: defaultdict[tuple[int, int], list[ScanPage]] = defaultdict(list)
    for sheet in shown.sheets:
        by_place[sheet.copy or 0, sheet.page or 0].append(sheet)
    rows = [
        Row(page, [_cell(shown, (copy.number, page), by_place[copy.number, page]) for copy in copies])
        for page in range(1, shown.expected + 1)
    ]
    in_cells = {(copy.number, row.page) for copy in copies for row in rows}
    outside = [sheet for sheet in shown.sheets if sheet.sent_back_at or (sheet.copy, sheet.page) not in in_cells]
    known = numbers_known(outside, for_user)
    unsigned = [sheet for sheet in shown.sheets if sheet.bare and not sheet.sent_back_at]
    besides = _besides(outside, known) + [
        Besides(named([sheet]), bare_in_words(sheet), "cinnabar") for sheet in unsigned
    ]
    return Table(copies, shown.due, shown.takes_all, rows, besides)


def _cell(shown: PagesShown, place: tuple[int, int], sheets: list[ScanPage]) -> Cell:
    live = [sheet for sheet in sheets if not sheet.sent_back_at]
    where = named(live)
    found = [sheet for sheet in live if sheet.finding == Finding.FOUND]
    strange = [sheet for sheet in live if sheet.finding != Finding.FOUND]
    if strange:
        return Cell(*BY_FINDING[Finding(strange[0].finding)], where)
    if len(found) > 1:
        return Cell("重复", "warning", "cinnabar", where)
    if found:
        return _found(found[0], where)
    if sheets:
        return Cell("请重扫", "back", "cinnabar")
    if place in shown.before:
        return BEFORE
    return MISSING if place[0] in shown.due else NOT_DUE


def _found(sheet: ScanPage, where: str) -> Cell:
    if sheet.is_by_hand:
        return Cell("人工标明", "person", "amber", where)
    return Cell("有", "tick", "pine", where)


def _besides(sheets: Iterable[ScanPage], known: Collection[str]) -> list[Besides]:
    """Say of these pages what they are, once of all that are the same: of ten empty backs no ten lines."""
    alike: dict[tuple[str, str], list[ScanPage]] = {}
    for sheet in sheets:
        alike.setdefault(_what(sheet, known), []).append(sheet)
    return [Besides(_where(each), *told) for told, each in alike.items()]


def _where(sheets: list[ScanPage]) -> str:
    """Name pages; of those that were sent back their places too, for there new ones are awaited."""
    places = places_in_words([sheet for sheet in sheets if sheet.sent_back_at and sheet.copy])
    return named(sheets) + (f"（{places}）" if places else "")


def _what(sheet: ScanPage, known: Collection[str]) -> tuple[str, str]:
    """Return what a page is that stands in no cell, and in what colour that is told."""
    if sheet.sent_back_at:
        return f"已退回，请重新扫描这一页。原因：{sheet.sent_back_reason}", "cinnabar"
    if sheet.finding == Finding.FOREIGN:
        whose = f"是协议 {sheet.of_number} 的" if sheet.of_number in known else "是另一份协议的"
        return f"{whose}，请取回或者更换这个文件", "cinnabar"
    if sheet.finding == Finding.NO_PAGE:
        return f"不是正本的页（由上传的人标明：{bare(sheet.hand_reason)}）", "grey"
    if sheet.finding == Finding.UNREADABLE and sheet.differing:
        words = f"{differing_in_words(sheet).removeprefix('的')}。{cure_of_differing(sheet)}"
        return words, "amber" if sheet.is_bent else "cinnabar"
    if sheet.is_blank:
        return BLANK_BACKS[0], "amber"
    if sheet.finding == Finding.UNREADABLE:
        what, cure = unknown_in_words(sheet)
        return f"{what.removeprefix('的')}，{cure.removesuffix('。')}", "amber"
    return "印的不是定稿的文本", "cinnabar"
