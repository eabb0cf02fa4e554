"""The figures of coverage on a page: in words, and in links that keep the day."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django import template

from coverage import words
from coverage.figures import Coverage, InstitutionFigure, Obligation, Overview, Population, TargetFigure
from frame.chips import Chip
from regions.models import Region

register = template.Library()


@register.simple_tag
def as_of(on: date, **more: str) -> str:
    """The query of an address that keeps the day asked about: ?on=2026-11-22&coverage=uncovered."""
    return f"?{urlencode({'on': on.isoformat(), **more})}"


@register.filter
def until(on: date) -> str:
    return words.until(on)


@register.filter
def headline(figures: Overview) -> str:
    return words.headline(figures)


@register.filter
def goal(target: TargetFigure) -> str:
    return words.goal(target)


@register.filter
def percent(value: Decimal | None) -> str:
    return words.rate(value)


@register.filter
def who(obligation: Obligation) -> str:
    return words.who(obligation)


@register.filter
def where(population: Population) -> str:
    return words.where(population)


@register.filter
def place(figure: InstitutionFigure, region: Region) -> str:
    return words.place(figure.region_name, figure.region_full_name, region)


@register.filter
def lack(figure: InstitutionFigure) -> str:
    return words.lack(figure)


@register.filter
def past(figure: InstitutionFigure) -> str:
    return words.past(figure)


@register.filter
def kind(value: str) -> str:
    return words.KINDS[value]


@register.filter
def coverage_chip(coverage: Coverage) -> Chip:
    return words.COVERAGE_CHIPS[coverage]
