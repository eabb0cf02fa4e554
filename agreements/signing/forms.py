"""The forms of signing on paper. They turn what was entered into values and stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date

from agreements.lifecycle.errors import EndsEarly, FarApart
from agreements.lifecycle.pages import PagesShown, Place, as_people_count, named, read_as
from agreements.lifecycle.seen import Point, Seen
from agreements.models import Scan, ScanPage
from agreements.models.scan_page import NO_PAGE
from boundary.fields import ACCEPTED, ManyFilesField, ManyFilesInput, WordsField
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
    """Files to send; `waiting` are the person's own that a new one may take the place of."""

    scans = ManyFilesField(
        label="选择扫描件",
        widget=ManyFilesInput(attrs={"accept": ACCEPTED}),
        help_text="可以是一个 PDF，也可以一次选多张 JPG 或 PNG 图片；每个文件不超过 50 兆。",
        error_messages={"required": "请先选择要上传的扫描件。"},
    )

    def __init__(self, *args: Any, waiting: Sequence[Scan] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if waiting:
            own = [(str(scan.pk), f"代替 {scan.original_name}") for scan in sorted(waiting, key=as_people_count)]
            self.fields["replaces"] = forms.ChoiceField(
                label="新的文件是",
                choices=[("", "添加的文件"), *own],
                required=False,
                help_text="代替的，新文件检查通过以后，原来那个文件自动取回。",
                error_messages={"invalid_choice": "要代替的文件已经核验、退回或取回，请重新选择。"},
            )

    @property
    def to_replace(self) -> int | None:
        """The key of the scan whose place the files take, None where they are added."""
        chosen = self.cleaned_data.get("replaces")
        return int(chosen) if chosen else None


class PlacingForm(forms.Form):
    """Of one person's pages that no machine could read, or that are there twice, which pages of which copies they are.

    Proposed is what the page's own code says. Of pages without one, what is missing, in the order of the files' names
    (the worker is done with the files in any order, and browsers send them in any), but only where as many are missing:
    else an empty back would be proposed for a page. What is left open stays as it is. `coded`: the only place that a
    page may be said to show, by its key, where its code could be read.
    """

    reason = WordsField(
        label="怎样认出来的",
        max_length=200,
        help_text="写明为什么读不出、凭什么认出是这一页，核验的人会看到，例如：二维码被印章盖住，看页脚页码。",
        error_messages={"required": "请写明理由：为什么读不出，怎样认出是这一页的。"},
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        sheets: Sequence[ScanPage],
        shown: PagesShown,
        coded: Mapping[int, Place] | None = None,
    ) -> None:
        super().__init__(data)
        self.sheets = leafed_by_file(sheets)
        every = [(copy, page) for copy in shown.made for page in range(1, shown.expected + 1)]
        known, read = coded or {}, {sheet.pk: read_as(sheet) for sheet in self.sheets if _is_open(sheet)}
        missing = [(copy, page) for copy in shown.due for page in shown.missing(copy)]
        left = [place for place in missing if place not in known.values() and [place] not in read.values()]
        if len(left) < sum(pk not in known and not places for pk, places in read.items()):
            left = []
        for sheet in self.sheets:
            own = [known[sheet.pk]] if sheet.pk in known else every
            places = own if sheet.pk in known else read.get(sheet.pk, [])
            if _is_open(sheet) and not places and left:
                places = [left.pop(0)]
            proposed = sheet.place or (_value(places[0]) if len(places) == 1 else "")
            self.fields[name_of(sheet)] = forms.ChoiceField(
                label=named([sheet]),
                required=False,
                initial=proposed,
                choices=[
                    *([("", "还不知道")] if not sheet.place else []),
                    *((_value(place), f"第 {place[0]} 份正本第 {place[1]} 页") for place in own),
                    (NO_PAGE, "不是正本的页（空白背面、重复扫描）"),
                ],
                error_messages={"invalid_choice": "没有这一页，请重新选择。"},
            )
        self.order_fields([*(name_of(sheet) for sheet in self.sheets), "reason"])

    @property
    def rows(self) -> list[tuple[ScanPage, forms.BoundField]]:
        """Each page with its field, but empty backs."""
        return [(sheet, self[name_of(sheet)]) for sheet in self.sheets if not _is_back(sheet)]

    @property
    def white_rows(self) -> list[tuple[ScanPage, forms.BoundField]]:
        """Empty backs, set aside or to be, unless somebody says that they are something else."""
        return [(sheet, self[name_of(sheet)]) for sheet in self.sheets if _is_back(sheet)]

    @property
    def blanks(self) -> list[ScanPage]:
        """The empty backs among them, which may be set aside at once."""
        return [sheet for sheet in self.sheets if sheet.is_blank]

    @property
    def blanks_in_words(self) -> str:
        return named(self.blanks)

    @property
    def places(self) -> dict[int, Place | None]:
        """What is said anew, by the key of the page."""
        chosen = {sheet: self.cleaned_data.get(name_of(sheet), "") for sheet in self.sheets}
        return {sheet.pk: place_of(value) for sheet, value in chosen.items() if value and value != sheet.place}


def _is_open(sheet: ScanPage) -> bool:
    """Whether a page may be proposed for it: an empty back is no page of the copies before somebody says so."""
    return not sheet.place and not sheet.is_blank


def _is_back(sheet: ScanPage) -> bool:
    return sheet.is_blank or sheet.is_set_aside


def leafed_by_file(sheets: Iterable[ScanPage]) -> list[ScanPage]:
    """Return pages file by file, as people count them."""
    return sorted(sheets, key=lambda sheet: (as_people_count(sheet.scan), sheet.scan_id, sheet.number))


def name_of(sheet: ScanPage) -> str:
    """Return what the field of a page is called."""
    return f"page_{sheet.pk}"


def place_of(value: str) -> Place | None:
    """Return copy and page of a choice of `PlacingForm`, None for no page of the copies."""
    if value == NO_PAGE:
        return None
    copy, page = value.split("-")
    return int(copy), int(page)


def _value(place: Place) -> str:
    return f"{place[0]}-{place[1]}"


class SendBackForm(forms.Form):
    """One page is to be scanned anew."""

    reason = WordsField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="请写明这一页有什么问题，上传的一方会看到这段话。其余的页继续有效。",
        error_messages={"required": "请写明退回原因，上传的一方才知道要重新扫描什么。"},
    )


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


def blanks_seen(posted: QueryDict) -> frozenset[int]:
    """Return the keys of the empty pages of which the person says that they are no pages of the copies."""
    return frozenset(number for each in posted.getlist("blank") if (number := _number(each)) is not None)


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
