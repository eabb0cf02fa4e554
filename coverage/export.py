"""The coverage of a region as a workbook: one sheet of figures, one of institutions."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO

from accounts.models import User
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import made, write_table
from boundary.workbooks.writing import Book, Styled
from chinese.dates import cn_day
from coverage import words
from coverage.figures import Counts, InstitutionFigure, Overview

# Heading and width in characters.
FIGURE_COLUMNS = (
    ("范围", 28),
    ("行政区划代码", 14),
    ("截至日期", 14),
    ("应覆盖（家）", 14),
    ("协议覆盖（家）", 16),
    ("内设医疗机构覆盖（家）", 24),
    ("未覆盖（家）", 14),
    ("覆盖率", 10),
    ("生效协议（份）", 16),
    ("两部门均已备案（份）", 22),
    ("仅卫生健康部门（份）", 22),
    ("仅民政部门（份）", 18),
    ("均未备案（份）", 16),
    ("30天内到期（份）", 18),
    ("60天内到期（份）", 18),
    ("90天内到期（份）", 18),
    ("未计入（家）", 14),
)
INSTITUTION_COLUMNS = (
    ("序号", 6),
    ("县区", 14),
    ("行政区划代码", 14),
    ("养老服务机构", 36),
    ("机构类型", 22),
    ("覆盖情况", 20),
    ("内设医疗机构", 14),
    ("签约医疗卫生机构（家）", 24),
    ("其中基层（家）", 16),
    ("生效协议（份）", 16),
    ("两部门均已备案（份）", 22),
    ("最早到期日", 14),
    ("上一份协议结束日", 18),
    ("还缺什么", 40),
)


def write_book(figures: Overview, found: Iterable[InstitutionFigure], *, asked: str, by: User) -> BytesIO:
    """Return the workbook. `asked` is what the institutions were filtered by, in words."""
    book = Book()
    rows = [*_figure_rows(figures), [], *_notes(figures, asked, by)]
    heading = f"{figures.name}医养签约覆盖情况（截至{cn_day(figures.on)}）"
    write_table(book, "指标", FIGURE_COLUMNS, rows, heading=heading, freeze="B3")
    rows_of_institutions = _institution_rows(found)
    write_table(book, "机构", INSTITUTION_COLUMNS, rows_of_institutions, heading=f"{heading}：{asked}", freeze="E3")
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
    yield from (["说明", line] for line in words.undated(figures.counts))
    yield ["机构表的筛选条件", asked]
    yield from made(by.full_name)


def _institution_rows(found: Iterable[InstitutionFigure]) -> Iterator[list[Cell]]:
    for number, each in enumerate(found, 1):
        yield [
            number,
            each.region_name,
            each.region_code,
            each.name,
            words.KINDS[each.kind],
            words.COVERAGE_CHIPS[each.coverage].word,
            "有" if each.has_clinic else "没有",
            each.partners,
            each.primary_partners,
            each.agreements,
            each.filed_both,
            day_cell(each.next_end),
            day_cell(each.last_end),
            words.lack(each),
        ]
