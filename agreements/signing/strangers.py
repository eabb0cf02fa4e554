"""Pages of other agreements in a scan: whom they are not shown. Who sent the file holds the paper and is shown all."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from agreements.models import Scan, ScanPage
from agreements.permissions import visible

NOT_SHOWN = "这一页是另一份协议的，只有上传的人和看得到那份协议的人能看。"
NOT_GIVEN = "这个文件里有另一份协议的页，只有上传的人和看得到那份协议的人能下载。"


def numbers_known(sheets: Iterable[ScanPage], user: User) -> frozenset[str]:
    """Return the numbers of those other agreements, of which pages are among these, that the person may see."""
    numbers = {sheet.of_number for sheet in sheets if sheet.of_number}
    return (
        frozenset(visible(user).filter(number__in=numbers).values_list("number", flat=True)) if numbers else frozenset()
    )


def pages_hidden(sheets: Iterable[ScanPage], user: User) -> frozenset[int]:
    """Return the keys of those scanned pages whose picture the person is not shown."""
    of_others = [sheet for sheet in sheets if sheet.of_number and sheet.scan.uploaded_by_id != user.pk]
    known = numbers_known(of_others, user)
    return frozenset(sheet.pk for sheet in of_others if sheet.of_number not in known)


def is_withheld(scan: Scan, user: User) -> bool:
    """Whether the file as it was sent is not given to the person: a page in it is not shown to them."""
    return bool(pages_hidden(scan.sheets.all(), user))
