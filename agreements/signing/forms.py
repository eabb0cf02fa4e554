"""The forms of signing on paper. They turn what was entered into values and stop."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date

from agreements.lifecycle.errors import EndsEarly, FarApart
from agreements.lifecycle.pages import as_people_count
from agreements.lifecycle.seen import Point, Seen
from agreements.models import Scan
from agreements.models.scan import in_words
from boundary.fields import ACCEPTED, ManyFilesField, ManyFilesInput, WordsField
from frame.days import DayField
from institutions.models import Role

MOST_PAGES = 500  # of one file
LONGEST_NUMBER = 18  # digits of the largest that the database takes, and one less


class SignedOnForm(forms.Form):
    on = DayField(
        label="签章日期",
        help_text="以纸上签字盖章的日期为准；纸上没有写日期的，填写实际签章的那一天。",
        error_messages={"required": "请填写签章日期。"},
    )
    # By how many days the person accepts that what a renewal follows ends early: ticked once it has been told.
    days_lost = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    # Likewise by how many days the other side's day lies further from this one than is usual.
    days_apart = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    early: EndsEarly | None = None
    far: FarApart | None = None

    def ask_about(self, early: EndsEarly) -> None:
        """Say what the day costs; the page then offers to accept it."""
        self.early = early
        self.add_error("on", str(early))

    def ask_about_the_other_day(self, far: FarApart) -> None:
        """Say how far the two days lie apart; the page then offers to accept it."""
        self.far = far
        self.add_error("on", str(far))


class ScanForm(forms.Form):
    scans = ManyFilesField(
        label="选择扫描件",
        widget=ManyFilesInput(attrs={"accept": ACCEPTED}),
        help_text="可以是一个 PDF，也可以一次选多张 JPG 或 PNG 图片；每个文件不超过 50 兆。",
        error_messages={"required": "请先选择要上传的扫描件。"},
    )


class PlacingForm(forms.Form):
    """Of one person's waiting files which pages of which copy they show; proposed is what is missing, in the order
    of the files' names: the worker is done with the files in any order, and browsers send them in any."""

    def __init__(
        self, data: QueryDict | None, *, scans: Sequence[Scan], copies: Sequence[int], missing: Iterable[int]
    ) -> None:
        super().__init__(data)
        self.scans = scans = sorted(scans, key=as_people_count)
        self.fields["copy"] = forms.TypedChoiceField(
            label="扫描的是哪一份正本",
            coerce=int,
            choices=[(copy, f"第 {copy} 份") for copy in copies],
            initial=scans[0].copy if scans else None,
            error_messages={"required": "请选择扫描的是哪一份正本。"},
        )
        left = list(missing)
        for scan in scans:
            proposed, left = (scan.placed, left) if scan.placed else (left[: scan.page_count], left[scan.page_count :])
            self.fields[f"pages_{scan.pk}"] = forms.CharField(
                label=f"{scan.original_name}（{scan.page_count} 页）是第几页",
                initial=in_words(proposed) if len(proposed) == scan.page_count else "",
                max_length=200,
                help_text="按文件里的顺序写，例如 3 或者 1-4；空白或多出的页写 0。" if scan == scans[0] else "",
                error_messages={"required": f"请写明{scan.original_name}是第几页。"},
            )

    def clean(self) -> dict[str, Any]:
        """Turn the page numbers that were written into lists."""
        cleaned = super().clean() or {}
        for scan in self.scans:
            name = f"pages_{scan.pk}"
            if name in cleaned:
                try:
                    cleaned[name] = pages_written(cleaned[name])
                except ValueError:
                    self.add_error(name, "请只写页码，例如 3、1-4，或者 1，2，0。")
        return cleaned

    @property
    def pages(self) -> dict[int, list[int]]:
        return {scan.pk: self.cleaned_data[f"pages_{scan.pk}"] for scan in self.scans}


def pages_written(typed: str) -> list[int]:
    """Return the page numbers of 1-3，5 or 第 1 页 in their order.

    Raises ValueError for anything else, and for far too many.
    """
    pages: list[int] = []
    plain = re.sub(r"[第页]", " ", unicodedata.normalize("NFKC", typed)).strip()
    for part in re.split(r"[,，、;；\s]+", re.sub(r"\s*([-–—~～至])\s*", r"\1", plain)):
        first, dash, last = re.sub(r"[–—~～至]", "-", part).partition("-")
        begin, end = _page_number(first), _page_number(last if dash else first)
        if begin > end:
            raise ValueError(part)
        pages += range(begin, end + 1)
    if len(pages) > MOST_PAGES:
        raise ValueError(typed)
    return pages


def _page_number(typed: str) -> int:
    number = _number(typed)
    if number is None or number > MOST_PAGES:
        raise ValueError(typed)
    return number


class RejectScanForm(forms.Form):
    reason = WordsField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="请写明哪一页有什么问题，上传的一方会看到这段话。",
        error_messages={"required": "请写明退回原因，上传的一方才知道要重新扫描什么。"},
    )


def scans_seen(posted: QueryDict) -> frozenset[int]:
    """Return the keys of the scans on the page that was sent; none for a request that no page of ours sent."""
    return frozenset(number for each in posted.getlist("scan") if (number := _number(each)) is not None)


def scans_bad(posted: QueryDict) -> frozenset[int]:
    """Return the keys of the scans that will not do: those named, or the only one that there was."""
    named = frozenset(number for each in posted.getlist("bad") if (number := _number(each)) is not None)
    seen = scans_seen(posted)
    return named or (seen if len(seen) == 1 else frozenset())


def what_was_seen(posted: QueryDict) -> Seen:
    """Return what the second person confirms on the page. What is missing or no such thing was not seen."""
    known = set(Point.values)
    return Seen(
        scans=scans_seen(posted),
        pages=_number(posted.get("pages", "")) or 0,
        placing=posted.get("placing", ""),
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
