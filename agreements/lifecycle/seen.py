"""What the second person says that they have seen of the signed paper: nothing is certified on less."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db import models

from accounts.models import User
from agreements.lifecycle.scans import sheets_to_tick
from agreements.models import Agreement, Scan
from institutions.models import Role
from verbs.errors import Unacceptable

NO_SCANS = "还没有待核验的扫描件，请先上传签章后的协议。"
LOOK_AGAIN = "下面是最新的，请重新逐页核对。"
ANOTHER_TEXT = "协议在您打开这一页以后撤回修改过，现在是重新定稿的文本。请按现在的文本打印、签章，再来登记。"


class Point(models.TextChoices):
    """What only a person can see; each is confirmed by itself."""

    SEALS = "seals", "双方印章（签字）清晰"
    DAYS = "days", "纸上的签章日期与登记的一致"
    TEXT = "text", "文本与定稿一致，没有涂改、缺页、错页"


@dataclass(frozen=True)
class Seen:
    """The scans by their keys, which pages of which copies they show (`placing_of`), both days, the points.

    That each page was compared is no word of the moment: it was ticked before (`looking.tick_page`).
    """

    scans: frozenset[int]
    placing: str
    days: dict[Role, date | None]
    points: frozenset[Point]


def days_of(agreement: Agreement) -> dict[Role, date | None]:
    """Return the day of signing that each side has entered."""
    return {Role.MEDICAL: agreement.medical_signed_on, Role.ELDER_CARE: agreement.elder_care_signed_on}


def placing_of(agreement: Agreement) -> str:
    """Return a digest of which pages the waiting scans are said to show, as the page carries it; "" without any."""
    sheets = sheets_to_tick(agreement).order_by("pk").values_list("pk", "finding", "copy", "page")
    said = ";".join(f"{pk}={finding}:{copy}-{page}" for pk, finding, copy, page in sheets)
    return sha256(said.encode()).hexdigest() if said else ""


def unticked(agreement: Agreement, by: User) -> int:
    """Return how many waiting pages a person has not ticked."""
    return sheets_to_tick(agreement).exclude(ticks__by=by).count()


def text_shown(agreement: Agreement) -> str:
    """Return what a page of signing carries of the text that it is about: its digest, "" where none stands."""
    return agreement.frozen.digest if agreement.frozen else ""


def refuse_another_text(row: Agreement, seen: str | None) -> None:
    """Raise Unacceptable unless the page that was sent was opened for the text of a locked agreement."""
    if seen is not None and seen != text_shown(row):
        raise Unacceptable(ANOTHER_TEXT)


def refuse_unseen_scans(row: Agreement, scans: frozenset[int]) -> None:
    """Raise Unacceptable unless these are the very scans that wait on a locked agreement."""
    waiting = set(row.scans.filter(state=Scan.State.UPLOADED).values_list("pk", flat=True))
    if not waiting:
        raise Unacceptable(NO_SCANS)
    if waiting != scans:
        raise Unacceptable(f"扫描件在您打开这一页以后换过或添过，{LOOK_AGAIN}")


def refuse_unseen(row: Agreement, seen: Seen, by: User) -> None:
    """Raise Unacceptable unless all that is to be certified of a locked agreement has been seen, and nothing else."""
    refuse_unseen_scans(row, seen.scans)
    if seen.placing != placing_of(row):
        raise Unacceptable(f"各页的页码在您打开这一页以后改过，{LOOK_AGAIN}")
    if seen.days != days_of(row):
        raise Unacceptable(f"登记的签章日期在您打开这一页以后更正过，{LOOK_AGAIN}")
    if left := unticked(row, by):
        raise Unacceptable(f"还有 {left} 页您没有逐页核对，请先打开这些页，一页一页核对并勾选。")
    missing = [f"“{point.label}”" for point in Point if point not in seen.points]
    if missing:  # all of them: whoever ticks what is named is not refused a second time
        raise Unacceptable(f"请逐项核对并勾选：{'、'.join(missing)}。")
