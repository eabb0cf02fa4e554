"""What contradicts itself in the answers of one text: rules of its template, and bureaus that are not this county's.

The wizard asks when a page is saved, the check asks again: parties may have been chosen anew meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.db.models import Value as Literal

from agreements.models import Agreement
from agreements.text.contradictions import contradictions_in
from agreements.text.filling import Value
from agreements.text.schema import Blank, BlankKind, TemplateBody, TermKind
from agreements.text.terms import last_day_after_years, years_and_days
from chinese.dates import cn_day
from institutions.models import Authority, Institution, MedicalProfile
from regions.models import Region

LONG_TERM_YEARS = 5
LAST_DAY = re.compile(r"[至到]\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
# Words by which bureaus of the two kinds are called behind the name of their place.
BUREAUS = {
    "health": ("卫生健康委员会", "卫生健康委", "卫生健康局", "卫健委", "卫健局"),
    "civil_affairs": ("民政局",),
}


@dataclass(frozen=True)
class Clash:
    """One contradiction, told at a blank. Certain ones stop the text, others are asked about."""

    field: str
    text: str
    certain: bool


def clashes(agreement: Agreement, values: Mapping[str, Value | None], *, on: date) -> list[Clash]:
    """Return what contradicts itself, or that day, in the typed answers (by blank id) of this agreement's text."""
    body = agreement.chosen_version.parsed
    rules = contradictions_in(body.contradictions, values, known_of_parties(agreement))
    bureaus = ((blank, str(values[blank.id])) for blank in body.blanks if _names_a_bureau(blank, values))
    found = [Clash(rule.at, rule.text, rule.certain) for rule in rules]
    found += [clash for blank, name in bureaus for clash in _bureau(agreement.region, blank, name)]
    return found + list(_term(body, values, on))


def known_of_parties(agreement: Agreement) -> dict[str, str]:
    """Return what the register says of the parties, in its words, by `text.contradictions.FACTS`."""
    medical = agreement.medical
    profile = medical.profile if medical else None
    if medical is None or not isinstance(profile, MedicalProfile):
        return {}
    return {
        "medical.kind": profile.get_kind_display(),
        "medical.level": profile.get_level_display(),
        "medical.ownership": medical.get_ownership_display(),
    }


def _term(body: TemplateBody, values: Mapping[str, Value | None], on: date) -> Iterator[Clash]:
    years, ends = values.get(body.term.blank), body.term.last_day_in(values)
    if body.term.kind is TermKind.BLANK_YEARS and isinstance(years, int) and years > LONG_TERM_YEARS:
        yield Clash(body.term.blank, f"合作期限 {years} 年，比通常的长，请核对。", certain=False)
    if ends is not None and ends <= on:
        printed = f"这份范本写明的合作期限到{cn_day(ends)}为止，已经过去，请改选另一份范本。"
        asked = "合作期限的截止日期已经过去，请核对。"
        yield Clash(body.term.to_blank, asked if body.term.to_blank else printed, certain=True)
        return
    yield from _years_and_days(body, values, on)


def _years_and_days(body: TemplateBody, values: Mapping[str, Value | None], on: date) -> Iterator[Clash]:
    """Years and days of the term that contradict each other; from signing on they can only run later than today."""
    term = body.term
    years, starts, ends = term.years_in(values), term.first_day_in(values), term.last_day_in(values)
    if told := years_and_days(years, starts, ends, signed_on=on):
        too_short = years is not None and ends is not None and ends < last_day_after_years(on, years)
        yield Clash(term.to_blank or term.blank, told, certain=starts is not None or too_short)
    for blank in body.blanks:
        said = values.get(blank.id)
        for day in _last_days_in(said) if blank.kind is BlankKind.TEXT and isinstance(said, str) else ():
            if years_and_days(years, starts, day, signed_on=on) or day != (ends or day):
                words = f"这里写了“至{cn_day(day)}”，和协议的合作期限对不上。说的如果是合作期限，请改成一致。"
                yield Clash(blank.id, words, certain=False)


def _last_days_in(text: str) -> Iterator[date]:
    """Yield the days until which a free answer says that something runs."""
    for year, month, day in LAST_DAY.findall(text):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue


def _names_a_bureau(blank: Blank, values: Mapping[str, Value | None]) -> bool:
    return blank.kind is BlankKind.AUTHORITY and bool(values.get(blank.id))


def _bureau(region: Region, blank: Blank, name: str) -> Iterator[Clash]:
    """Compare the bureau named in the text with the one that the agreement will be filed with."""
    if said_twice := _printed_anyway(blank, name):
        rather = f"请只填“{name.removesuffix(said_twice)}”。"
        yield Clash(blank.id, f"“{said_twice}”不用填，协议里已经印在后面，这里只要地名。{rather}", certain=True)
        return
    filed_with = Authority.objects.for_region(region, blank.fact)
    if filed_with and filed_with.name in (name, *(name + word for word in blank.followed_by)):
        return
    rather = f"这份协议由{filed_with.name}备案，请改过来。" if filed_with else "请改成本县区的主管部门。"
    home = Institution.objects.filter(name=name).first()
    if home is not None:
        yield Clash(blank.id, f"“{name}”是机构，不是主管部门。{rather}", certain=True)
    elif elsewhere := _other_place(region, name):
        yield Clash(blank.id, f"“{name}”在{elsewhere}，不是{region.full_name}的主管部门。{rather}", certain=True)
    elif filed_with and not _reads_as(filed_with, blank, name):
        text = f"“{name}”看不出是{filed_with.name}，这份协议由它备案，请核对写法。"
        yield Clash(blank.id, text, certain=False)


def _printed_anyway(blank: Blank, name: str) -> str:
    """Return the bureau's word that was typed though the text prints one behind the blank; "" where there is none."""
    words = {*blank.followed_by, *BUREAUS.get(blank.fact, ())} if blank.followed_by else set()
    typed = [word for word in words if name.endswith(word) and name != word]
    return max(typed, key=len, default="")


def _other_place(region: Region, name: str) -> str:
    """Return the place that is named and is not the agreement's own; "" where there is none.

    Its own places are taken out first: 城区 is a county of its own elsewhere, and stands in 越城区.
    """
    rest = _without(name, [own for place in region.chain() for own in (place.full_name, place.name)])
    if len(rest) < 2:
        return ""
    places = Region.objects.filter(level__gte=Region.Level.PROVINCE, is_grouping=False)
    named = places.annotate(written=Literal(rest)).filter(written__contains=F("name"))
    found = max(named, key=lambda place: (place.level, len(place.name)), default=None)
    return found.full_name if found else ""


def _reads_as(filed_with: Authority, blank: Blank, name: str) -> bool:
    """Whether the words name the place of the bureau, and else nothing but what such a bureau is called."""
    chain = filed_with.region.chain()
    rest = _without(name, [own for place in chain for own in (place.full_name, place.name)])
    return filed_with.region.name in name and rest in ("", *BUREAUS.get(blank.fact, ()))


def _without(text: str, words: list[str]) -> str:
    for word in sorted(filter(None, words), key=len, reverse=True):
        text = text.replace(word, "")
    return text
