"""The coverage of a region as a workbook: one sheet of figures, one of institutions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from shutil import copyfileobj
from typing import IO

from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import Group, made, write_notes, write_table
from boundary.workbooks.writing import Book, Styled
from coverage import words
from coverage.days import span_of
from coverage.figures import Counts, InstitutionFigure, Overview
from coverage.forms import AsOfForm, InstitutionsForm
from coverage.listing import Places
from coverage.overview import overview
from coverage.permissions import path_of
from exports.sockets import Asked, Counted, Listed
from regions.models import Region

# Heading and width in characters, by groups: the first says what a row is.
FIGURE_COLUMNS: tuple[Group, ...] = (
    (("范围", 18), ("行政区划代码", 9), ("截至日期", 11)),
    (("应覆盖（家）", 8), ("协议覆盖（家）", 8), ("内设医疗机构覆盖（家）", 9), ("未覆盖（家）", 8), ("覆盖率", 8)),
    (
        ("生效协议（份）", 8),
        ("两部门均已备案（份）", 8),
        ("仅卫生健康部门（份）", 8),
        ("仅民政部门（份）", 8),
        ("均未备案（份）", 8),
    ),
    (("30天内到期（份）", 8), ("60天内到期（份）", 8), ("90天内到期（份）", 8), ("未计入（家）", 8)),
)
INSTITUTION_COLUMNS: tuple[Group, ...] = (
    (("序号", 6), ("养老服务机构", 26), ("县区", 10), ("行政区划代码", 9)),
    (("机构类型", 14), ("覆盖情况", 14), ("还缺什么", 22)),
    (
        ("内设医疗机构", 8),
        ("签约医疗卫生机构（家）", 9),
        ("其中基层（家）", 8),
        ("生效协议（份）", 8),
        ("两部门均已备案（份）", 8),
    ),
    (("最早到期日", 11), ("上一份协议结束日", 11)),
)


BOOK = "医养签约覆盖情况"
CODE = "code"  # in the query: of the region


def _ask(user: User, query: QueryDict) -> Asked:
    region = path_of(user, query.get(CODE, "")).region
    _, on = AsOfForm.asked(query)
    filters = InstitutionsForm(query, Places.of(region, on), region)
    told = filters.in_words()
    months = span_of(query.get("span", "")).months

    def count(most: int | None) -> int:
        return len(filters.found) if most is None else filters.found.counted_up_to(most)

    def write(target: IO[bytes], counted: Counted) -> None:
        figures = overview(region, on, months=months, most=0)  # whom the sheet of institutions names
        copyfileobj(write_book(figures, counted(filters.found), asked=told, by=user), target)

    # Of several that somebody has ordered, the list of exports tells by these words which is which.
    said = f"{region.full_name}，{words.until(on)}；{told}"
    is_long = region.level != Region.Level.COUNTY  # whatever it is narrowed by may be looked for in the whole nation
    return Asked(said, f"{region.full_name}{BOOK}", count, write, subject=region, on=on, is_long=is_long)


def _address(query: QueryDict) -> str:
    asked = query.copy()
    code = "".join(asked.pop(CODE, [""])[-1:])
    return f"{reverse('coverage-institutions', args=[code])}?{asked.urlencode()}"


LISTED = Listed("coverage", BOOK, _address, _ask)


def write_book(figures: Overview, found: Iterable[InstitutionFigure], *, asked: str, by: User) -> BytesIO:
    """Return the workbook. `asked` is what the institutions were filtered by, in words."""
    book = Book()
    heading = f"{figures.name}医养签约覆盖情况（{words.until(figures.on)}）"
    write_table(book, "指标", FIGURE_COLUMNS, _figure_rows(figures), heading=heading)
    write_table(book, "机构", INSTITUTION_COLUMNS, _institution_rows(found), heading=f"{heading}：{asked}")
    write_notes(book, _notes(figures, asked, by))
    return book.content()


def _figure_rows(figures: Overview) -> Iterator[list[Cell | Styled]]:
    yield _figure_row(figures.name, figures.code, figures.on, figures.counts)
    for part in figures.parts:
        yield _figure_row(part.name, part.code, figures.on, part.counts)
    for point in figures.months[:-1]:
        yield _figure_row(figures.name, figures.code, point.on, point.counts)


def _figure_row(name: str, code: str, on: date, counts: Counts) -> list[Cell | Styled]:
    return [
        name,
        code,
        day_cell(on),
        counts.obliged,
        counts.signed,
        counts.own_clinic,
        counts.uncovered,
        words.NO_RATE if counts.rate is None else Styled(float(counts.rate) / 100, is_rate=True),
        counts.agreements,
        counts.filed_both,
        counts.filed_health,
        counts.filed_civil_affairs,
        counts.filed_neither,
        counts.ending_30,
        counts.ending_60,
        counts.ending_90,
        counts.left_out,
    ]


def _notes(figures: Overview, asked: str, by: User) -> Iterator[Sequence[Cell]]:
    yield [
        "应覆盖的机构",
        "；".join(words.where(each) + "：" + words.who(each.obligation) for each in figures.populations),
    ]
    yield from (["未计入", f"{reason}：{number} 家"] for reason, number in words.left_out(figures.counts))
    yield from (["说明", line] for line in words.undated(figures.counts, figures.on))
    yield ["机构表的筛选条件", asked]
    yield from made(by.full_name)


def _institution_rows(found: Iterable[InstitutionFigure]) -> Iterator[list[Cell]]:
    for number, each in enumerate(found, 1):
        yield [
            number,
            each.name,
            each.region_name,
            each.region_code,
            words.KINDS[each.kind],
            words.COVERAGE_CHIPS[each.coverage].word,
            words.lack(each),
            "有" if each.has_clinic else "没有",
            each.partners,
            each.primary_partners,
            each.agreements,
            each.filed_both,
            day_cell(each.next_end),
            day_cell(each.last_end),
        ]
