"""An import's rows as its page shows them: groups with counts, problems at their cells, changes old → new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from chinese.dates import cn_day
from imports.column import Column, Kind
from imports.columns import OF_ROLE
from imports.headings import Sheet
from imports.marked import problem_text
from imports.models import ImportRow, InstitutionImport
from institutions.models import Role
from regions.models import Region

Outcome, Decision, State = ImportRow.Outcome, ImportRow.Decision, InstitutionImport.State
TO_DECIDE = frozenset({Outcome.CHANGED, Outcome.DOUBTFUL})


@dataclass(frozen=True)
class Group:
    slug: str
    word: str
    icon: str
    colour: str
    condition: Q
    empty: str


ADDED = Q(outcome=Outcome.NEW) | Q(decision=Decision.ADD)
CHECKED_GROUPS = (
    Group("wrong", "有错误", "cross", "cinnabar", Q(outcome=Outcome.WRONG), "没有错误的行。"),
    Group("doubtful", "需决定", "hourglass", "amber", Q(outcome=Outcome.DOUBTFUL), "没有需要逐行决定的行。"),
    Group("changed", "有变化", "pencil", "sky", Q(outcome=Outcome.CHANGED), "没有与登记内容不同的行。"),
    Group("new", "可新增", "plus", "pine", Q(outcome=Outcome.NEW), "没有新的机构。"),
    Group("unchanged", "无变化", "tick", "grey", Q(outcome=Outcome.UNCHANGED), "没有与登记内容完全相同的行。"),
    Group("warned", "有提醒", "warning", "amber", Q(is_warned=True), "没有需要留意的行。"),
)
DONE_GROUPS = (
    Group("added", "已新增", "plus", "pine", ADDED, "没有新增机构。"),
    Group("updated", "已更新", "pencil", "sky", Q(decision=Decision.UPDATE), "没有更新机构。"),
    Group("skipped", "已跳过", "right", "grey", Q(decision=Decision.SKIP), "没有跳过的行。"),
    *CHECKED_GROUPS[4:],
)


@dataclass(frozen=True)
class Tab:
    group: Group
    count: int
    is_here: bool


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One row as it is shown."""

    row: ImportRow
    where: str
    name: str
    problems: Sequence[tuple[str, str]]  # level and sentence, the address included
    changes: Sequence[Change]
    can_add: bool


def tabs(run: InstitutionImport, asked: str) -> list[Tab]:
    """Return the groups of a checked or written import with their counts; the asked one, or the first with rows."""
    groups = DONE_GROUPS if run.state == State.DONE else CHECKED_GROUPS
    counts = run.rows.aggregate(**{group.slug: Count("pk", filter=group.condition) for group in groups})
    first = next((group.slug for group in groups if counts[group.slug]), groups[0].slug)
    here = asked if asked in counts else first
    return [Tab(group, counts[group.slug], group.slug == here) for group in groups]


def rows_of(run: InstitutionImport, group: Group) -> QuerySet[ImportRow]:
    return run.rows.filter(group.condition).select_related("institution").order_by("sheet", "number")


def open_count(run: InstitutionImport) -> int:
    """Return how many rows still wait for a decision."""
    return run.rows.filter(outcome__in=TO_DECIDE, decision=Decision.OPEN).count()


def plan(run: InstitutionImport) -> dict[str, int]:
    """Return what a confirmation would do."""
    updates = Q(decision=Decision.UPDATE)
    return run.rows.aggregate(
        added=Count("pk", filter=ADDED),
        updated=Count("pk", filter=updates),
        renamed=Count("pk", filter=updates & Q(changes__has_key="name")),
        skipped=Count("pk", filter=Q(decision=Decision.SKIP)),
        unchanged=Count("pk", filter=Q(outcome=Outcome.UNCHANGED)),
    )


def lines(rows: Iterable[ImportRow], sheets: Sequence[Sheet]) -> list[Line]:
    """Return one page of rows, with one more query for the names of regions."""
    rows = list(rows)
    keys = {key for row in rows for key in row.changes.get("region", [])}
    regions = dict(Region.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    return [_line(row, sheets, regions) for row in rows]


def _line(row: ImportRow, sheets: Sequence[Sheet], regions: dict[int, str]) -> Line:
    sheet = sheets[row.sheet]
    several = sum(bool(each.role) for each in sheets) > 1
    where = f"“{sheet.name}”表第 {row.number} 行" if several else f"第 {row.number} 行"
    columns = OF_ROLE[Role(row.role)]
    changes = [
        Change(column.heading, *(worded(column, value, regions) for value in row.changes[name]))
        for name, column in columns.items()
        if name in row.changes
    ]
    return Line(
        row,
        where,
        row.name or (row.institution.name if row.institution else "（没有名称）"),
        [
            (level, f"第 {row.number} 行{problem_text(sheet, (place, level, text))}")
            for place, level, text in row.problems
        ],
        changes,
        row.outcome == Outcome.DOUBTFUL,
    )


def worded(column: Column, value: object, regions: dict[int, str]) -> str:
    """Return a value as people read it."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.kind is Kind.REGION and isinstance(value, int):
        return regions.get(value, str(value))
    if column.kind is Kind.DAY:
        return cn_day(date.fromisoformat(str(value)))
    if column.words:
        return next((label for label, known in column.words.items() if known == value), str(value))
    return str(value)
