"""Whether the term that the register will reckon with is the one that the text states.

A text may state years, a first day and a last day, in blanks or in its own words; each that it states is named in
`term`, so that what contradicts itself is seen when a draft is filled in, and not when the wrong day has come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from agreements.catalogue.mistake import Mistake
from agreements.text.schema import BlankKind, TemplateBody, TermKind, TermRule
from chinese.dates import cn_day
from chinese.numerals import NUMERAL, whole_number

MOST_YEARS = 50  # more is the year of a date
OF_THE_TERM = re.compile("期限|有效期|合作期|服务期|协议期|合作时间|起至")
BEFORE_YEARS = r"(?:期限|有效期|合作期|服务期|协议期|之日起|，共|，为期)[^。；;，,0-9０-９]{0,8}?"
YEARS = re.compile(rf"{BEFORE_YEARS}({NUMERAL})\s*年(?!\s*[0-9０-９]+\s*月)")
YEARS_BLANK = re.compile(rf"{BEFORE_YEARS}\{{([a-z][a-z0-9_]*)\}}\s*年")
DAY = r"(?:(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日|\{([a-z][a-z0-9_]*)\})"
FIRST_DAY = re.compile(rf"[自从]\s*{DAY}|{DAY}\s*(?:起\s*)?[至到]")
LAST_DAY = re.compile(rf"[至到]\s*{DAY}")


def term_mistakes(body: TemplateBody) -> Iterator[Mistake]:
    """Yield where `term` names blanks that are none of its kind, or not what the text states."""
    kinds = {blank.id: blank.kind for blank in body.blanks}
    yield from _blanks_of(body.term, kinds)
    if (body.term.kind is TermKind.WITH_MAIN) != (body.purpose == "supplement"):
        yield ("term", "kind"), "补充协议（purpose: supplement）的期限只能随原协议（with_main），其他范本不能"
    if body.term.to_blank and body.term.from_blank == body.term.to_blank:
        yield ("term", "to_blank"), "起止日期不能是同一个填写项"
    yield from _given_days(body.term)
    if body.term.kind is not TermKind.WITH_MAIN:
        for block in body.blocks:
            if OF_THE_TERM.search(block.text):
                yield from _stated(block.text, body.term, kinds)


def _blanks_of(term: TermRule, kinds: dict[str, BlankKind]) -> Iterator[Mistake]:
    for field, name, kind, word in (
        ("blank", term.blank, BlankKind.INTEGER, "整数"),
        ("from_blank", term.from_blank, BlankKind.DATE, "日期"),
        ("to_blank", term.to_blank, BlankKind.DATE, "日期"),
    ):
        if name and name not in kinds:
            yield ("term", field), f"没有名为“{name}”的填写项"
        elif name and kinds[name] is not kind:
            yield ("term", field), f"“{name}”应当是{word}（kind: {kind}）"


def _given_days(term: TermRule) -> Iterator[Mistake]:
    for field, text in (("starts_on", term.starts_on), ("ends_on", term.ends_on)):
        if text and not is_a_day(text):
            yield ("term", field), f"没有“{text}”这一天，请照正文核对"


def is_a_day(text: str) -> bool:
    """Whether an ISO date names a day that there is."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _stated(text: str, term: TermRule, kinds: dict[str, BlankKind]) -> Iterator[Mistake]:
    """Yield what one line states of the term that `term` does not name so."""
    for word in YEARS.findall(text):
        years = whole_number(word)
        if years is not None and years <= MOST_YEARS and years != term.years:
            yield ("term",), f"正文写明期限 {years} 年，这里不是：请在 term 里写 years: {years}"
    for name in YEARS_BLANK.findall(text):
        if name != term.blank and kinds.get(name) is BlankKind.INTEGER:
            yield ("term",), f"正文的期限年数由“{name}”填写：请在 term 里写 blank: {name}"
    last = LAST_DAY.search(text)
    if last is None:
        return
    yield from _day("写明期限到", last.groups(), ("ends_on", term.ends_on), ("to_blank", term.to_blank), kinds)
    first = FIRST_DAY.search(text)
    if first is not None:
        found = first.groups()[:4] if any(first.groups()[:4]) else first.groups()[4:]
        starts = ("starts_on", term.starts_on), ("from_blank", term.from_blank)
        yield from _day("写明期限从", found, *starts, kinds)


def _day(
    words: str,
    found: tuple[str | None, ...],
    fixed: tuple[str, str],
    asked: tuple[str, str],
    kinds: dict[str, BlankKind],
) -> Iterator[Mistake]:
    *numbers, name = found
    if name:
        if kinds.get(name) is BlankKind.DATE and asked[1] != name:
            yield ("term",), f"正文{words}“{name}”：请在 term 里写 {asked[0]}: {name}"
        return
    try:
        day = date(*(int(number or 0) for number in numbers))
    except ValueError:
        yield ("term",), f"正文{words}{'-'.join(str(number) for number in numbers)}，没有这一天，请核对来源文件"
        return
    if fixed[1] != day.isoformat():
        yield ("term",), f"正文{words}{cn_day(day)}：请在 term 里写 {fixed[0]}: {day.isoformat()}"
