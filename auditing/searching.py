"""Searching the log by person, subject, event and period; page after page by keys, however long it is."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from audit.events import ALL
from audit.models import Entry
from auditing.subjects import MOST_MEANT, meant_by
from boundary.paths import key_of
from frame import finding
from institutions.searching import says

PER_PAGE = 50
CLOCK = "系统"


def _choices() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Return the events under their headings, both as the apps declare them."""
    placed = sorted(ALL.values(), key=lambda event: event.group.place)
    grouped = groupby(placed, key=lambda event: event.group.words)
    return [("", "事件：全部"), *((words, [(each.code, each.words) for each in found]) for words, found in grouped)]


class SearchForm(forms.Form):
    who = forms.CharField(required=False, max_length=50, **finding.typed("操作人姓名或用户名"))
    about = forms.CharField(required=False, max_length=100, **finding.typed("对象（协议编号、机构或人名）"))
    event = forms.ChoiceField(
        label="事件", required=False, choices=_choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    since = forms.DateField(required=False, **finding.day("日期从"))
    until = forms.DateField(required=False, **finding.day("日期到"))

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if asked.get("since") and asked.get("until") and asked["since"] > asked["until"]:
            self.add_error("until", "截止日期早于起始日期。")
        return asked


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    older: str  # where the next page begins, "" at the end


def page_of(asked: dict[str, Any], before: str) -> Page:
    """Return the entries that are asked for, newest first, from after `before`, which a page's `older` gave."""
    found = list(_before(_asked_for(asked), before).order_by("-at", "-id")[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    older = f"{shown[-1].at.isoformat()}~{shown[-1].pk}" if len(found) > PER_PAGE else ""
    return Page(shown, older)


def _asked_for(asked: dict[str, Any]) -> QuerySet[Entry]:
    entries = Entry.objects.all()
    if asked.get("who"):
        entries = entries.filter(_by(asked["who"]))
    if asked.get("about"):
        entries = entries.filter(meant_by(asked["about"]))
    if asked.get("event"):
        entries = entries.filter(event=asked["event"])
    if asked.get("since"):
        entries = entries.filter(at__gte=_midnight(asked["since"]))
    if asked.get("until"):
        entries = entries.filter(at__lt=_midnight(asked["until"] + dt.timedelta(days=1)))
    return entries


def _by(text: str) -> Q:
    if text == CLOCK:
        return Q(actor_id=None)
    people = User.objects.filter(says("full_name", text) | Q(username__iexact=text)).order_by("pk")
    # Of somebody who never did anything PostgreSQL would look for entries through the whole log.
    active = people.filter(Exists(Entry.objects.filter(actor_id=OuterRef("pk"))))
    return Q(actor_id__in=list(active.values_list("pk", flat=True)[:MOST_MEANT]))


def _before(entries: QuerySet[Entry], place: str) -> QuerySet[Entry]:
    """Begin after a place; one that is none, typed into the address, is the beginning."""
    at, _, key = place.partition("~")
    try:
        time = parse_datetime(at)
    except ValueError:
        return entries
    last = key_of(key)
    if time is None or timezone.is_naive(time) or last is None:
        return entries
    # Written so that the index of time and key is walked from the place on.
    return entries.filter(at__lte=time).exclude(at=time, id__gte=last)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
