"""The forms of signing on paper. They turn what was entered into values and stop."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date

from agreements.lifecycle.errors import EndsEarly
from agreements.lifecycle.seen import Point, Seen
from boundary.fields import ACCEPTED, ManyFilesField, ManyFilesInput
from frame.days import DayField
from institutions.models import Role

LONGEST_NUMBER = 18  # digits of the largest that the database takes, and one less


class SignedOnForm(forms.Form):
    on = DayField(
        label="签章日期",
        help_text="以纸上签字盖章的日期为准；纸上没有写日期的，填写实际签章的那一天。",
        error_messages={"required": "请填写签章日期。"},
    )
    # By how many days the person accepts that what a renewal follows ends early: ticked once it has been told.
    days_lost = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    early: EndsEarly | None = None

    def ask_about(self, early: EndsEarly) -> None:
        """Say what the day costs; the page then offers to accept it."""
        self.early = early
        self.add_error("on", str(early))


class ScanForm(forms.Form):
    scans = ManyFilesField(
        label="选择扫描件",
        widget=ManyFilesInput(attrs={"accept": ACCEPTED}),
        help_text="可以是一个 PDF，也可以一次选多张 JPG 或 PNG 图片；每个文件不超过 50 兆。",
        error_messages={"required": "请先选择要上传的扫描件。"},
    )


class RejectScanForm(forms.Form):
    reason = forms.CharField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="请写明哪一页有什么问题，上传的一方会看到这段话。",
        error_messages={"required": "请写明退回原因，上传的一方才知道要重新扫描什么。"},
    )


def scans_seen(posted: QueryDict) -> frozenset[int]:
    """Return the keys of the scans on the page that was sent; none for a request that no page of ours sent."""
    return frozenset(number for each in posted.getlist("scan") if (number := _number(each)) is not None)


def what_was_seen(posted: QueryDict) -> Seen:
    """Return what the second person confirms on the page. What is missing or no such thing was not seen."""
    known = set(Point.values)
    return Seen(
        scans=scans_seen(posted),
        pages=_number(posted.get("pages", "")) or 0,
        days={role: _day(posted.get(f"{role.value}_day", "")) for role in Role},
        points=frozenset(Point(each) for each in posted.getlist("point") if each in known),
    )


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_NUMBER else None


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None
