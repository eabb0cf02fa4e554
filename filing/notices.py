"""The words and the people that notices about a filing share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.urls import reverse

from agreements import notices
from filing.models import Filing


def facts(filing: Filing, *more: str) -> str:
    """Return the body of a notice: with which authority, which agreement, and what else is to be known."""
    return notices.facts(filing.agreement, f"备案部门：{filing.authority.name}", *more)


def page(filing: Filing) -> str:
    """Return the address of the filing's page."""
    return reverse("filing-detail", args=[filing.pk])


def both_clerks(filings: Sequence[Filing]) -> Callable[[Filing], list[int]]:
    """Return who are the clerks of both parties of each filing, with one query."""
    of = notices.both_clerks([filing.agreement for filing in filings])
    return lambda filing: of(filing.agreement)
