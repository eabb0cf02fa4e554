"""Pages of other agreements in a scan: whom they are not shown. Who sent the file holds the paper and is shown all."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from accounts.models import User
from agreements.lifecycle.finding import numbers_by_code
from agreements.models import Scan, ScanPage
from agreements.permissions import visible

NOT_SHOWN = "这一页是另一份协议的，只有上传的人和看得到那份协议的人能看。"
NOT_GIVEN = "这个文件里有另一份协议的页，只有上传的人和看得到那份协议的人能下载。"


def numbers_known(sheets: Iterable[ScanPage], user: User) -> frozenset[str]:
    """Return the numbers of those other agreements, of which pages are among these, that the person may see."""
    return _seen_of({sheet.of_number for sheet in sheets if sheet.of_number}, user)


def _seen_of(numbers: Collection[str], user: User) -> frozenset[str]:
    return (
        frozenset(visible(user).filter(number__in=numbers).values_list("number", flat=True)) if numbers else frozenset()
    )


def pages_hidden(sheets: Iterable[ScanPage], user: User) -> frozenset[int]:
    """Return the keys of those scanned pages whose picture the person is not shown: each agreement of which a page lies
    there has to be one that they may see, for two sheets may lie on one glass."""
    numbers = {
        sheet.pk: numbers_by_code(sheet.picture.seen) | {sheet.of_number}
        for sheet in sheets
        if sheet.of_number and sheet.scan.uploaded_by_id != user.pk
    }
    known = _seen_of({number for each in numbers.values() for number in each}, user)
    return frozenset(key for key, each in numbers.items() if not each <= known)


def is_withheld(scan: Scan, user: User) -> bool:
    """Whether the file as it was sent is not given to the person: a page in it is not shown to them."""
    return bool(pages_hidden(scan.sheets.all(), user))
