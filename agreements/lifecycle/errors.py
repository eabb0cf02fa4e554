"""The named ways in which a verb refuses, besides those of verbs/errors.py."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chinese.dates import cn_day
from chinese.sentences import joined
from verbs.errors import Unacceptable

if TYPE_CHECKING:
    from agreements.lifecycle.checking import Finding
    from agreements.models import Agreement


class StaleDraft(Exception):
    """The draft was saved elsewhere since this page was opened; nothing was overwritten."""


class Incomplete(Exception):
    """Something required is missing or wrong; `findings` says what, and at which step."""

    def __init__(self, findings: "Sequence[Finding]") -> None:
        super().__init__(joined(finding.text for finding in findings))
        self.findings = findings


class NotApproved(Unacceptable):
    """The own institution wants a leader's approval of this very text first. The message names the cure."""


class EndsEarly(Unacceptable):
    """Signed on that day a renewal ends what it follows so many `days` early: to be accepted, or waited for."""

    def __init__(self, renewal: "Agreement", on: date, days: int) -> None:
        old = renewal.predecessor
        joins = cn_day(old.expires_on + timedelta(days=1)) if old and old.expires_on else ""
        super().__init__(
            f"续签按签章日起算：{cn_day(on)}签章，原协议 {old} 要提前 {days} 天结束。"
            f"双方都同意的，请勾选后再登记；不想提前结束的，请在{joins}或者以后签章，两份期限正好接上。"
        )
        self.days = days


class FarApart(Unacceptable):
    """The two sides' days of signing lie `days` apart, more than is usual: to be accepted, or corrected."""

    def __init__(self, on: date, other: date, days: int, usual: int) -> None:
        super().__init__(
            f"您填写的是{cn_day(on)}，对方登记的是{cn_day(other)}，相差 {days} 天；双方签章一般不超过 {usual} 天。"
            "请对照纸面核对年份和月份。日期没有写错的，请勾选后再登记。"
        )
        self.days = days
