"""The demo's filings: from the day they were opened to the state that agreements.csv names, by the verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from accounts.models import User
from agreements.lifecycle import certify_rescan, send_scan
from agreements.models import Agreement
from demo.certifying import seen_of, tick_all
from demo.loading import DemoDataError, Row
from demo.past import moment, on_day, set_back_filing, set_back_scans
from demo.scans import scan_of
from filing import handing_in, lifecycle
from filing.models import Filing, HandIn
from institutions.models import Duty, Membership
from uploads.at_once import as_file, judged

HAND_IN = ("submit",)
REVIEW = (*HAND_IN, "take_up")
CORRECT = (*REVIEW, "return", "resubmit")
RESCAN = (*REVIEW, "return", "rescan", "resubmit")
# What the other authority, which has accepted the old scan, does with the new one that is handed in beside it.
HANDED_IN, NOTED = "handed-in", "noted"
WAIVED = "waived"
ACTS: dict[str, tuple[str, ...]] = {
    "": (),
    "due": (),
    WAIVED: (),  # until its agreement has ended
    "submitted": HAND_IN,
    "under_review": REVIEW,
    "accepted": (*REVIEW, "accept"),
    "returned": (*REVIEW, "return"),
    "resubmitted": CORRECT,
    "corrected": (*CORRECT, "take_up", "accept"),
    HANDED_IN: (*REVIEW, "accept"),
    NOTED: (*REVIEW, "accept"),
    "rescanned": RESCAN,
    "rescanned-accepted": (*RESCAN, "take_up", "accept"),
}
DAYS_TO_HAND_IN = timedelta(days=3)
DAYS_BETWEEN_ACTS = timedelta(days=2)
REASONS = "扫描件第二页的骑缝章不清楚，请重新扫描后报送。"
CORRECTED = "已重新扫描第二页，骑缝章清楚。"
NO_COPY_WANTED = "协议已提前终止，双方不再合作，不再需要报送。"
SCANNED_AGAIN = "第二页已重新扫描，骑缝章清楚。"
SCANNED_AGAIN_PAGE = 2
AFTERWARDS = "平台启用前签订的协议，现补报备案。"


def file_all(agreement: Agreement, row: Row, *, clerk: User, partner: User, signed_on: date) -> None:
    """Take the filings of an agreement where the row wants them: first what has the scan that turns out bad."""
    every = agreement.filings.with_parties()
    for filing in sorted(every, key=lambda each: row[each.authority.kind] not in {HANDED_IN, NOTED}):
        _file(filing, row[filing.authority.kind], clerk=clerk, partner=partner, signed_on=signed_on)
    for hand_in in HandIn.objects.with_filing().filter(filing__in=every):
        _hand_in(hand_in, row[hand_in.filing.authority.kind], clerk=clerk)


def _file(filing: Filing, state: str, *, clerk: User, partner: User, signed_on: date) -> None:
    """Take a filing that is due to a state of ACTS, as if it had been submitted soon after signing."""
    if state not in ACTS:
        raise DemoDataError(f"agreements.csv 中的备案状态 {state} 不认识。")
    day, remark = _handing_in(signed_on, ACTS[state])
    for act in ACTS[state]:
        day = min(day, timezone.localdate())
        with on_day(day):
            if act == "rescan":
                _scan_again(filing.agreement, clerk=clerk, partner=partner, day=day)
            else:
                filing = _do(act, filing, clerk=clerk, remark=remark, day=day)
        if act in MOMENT_OF:
            filing = set_back_filing(filing, MOMENT_OF[act], day)
        day += DAYS_BETWEEN_ACTS


def _scan_again(agreement: Agreement, *, clerk: User, partner: User, day: date) -> None:
    """Scan the page again that an authority could not read, and have the other side certify it."""
    content = scan_of(agreement, only=SCANNED_AGAIN_PAGE)
    judged(send_scan(agreement, by=clerk, file=as_file(content, "演示重新扫描.pdf")))
    set_back_scans(agreement, uploaded=day)
    tick_all(agreement, by=partner, at=moment(day))
    certify_rescan(agreement, by=partner, seen=seen_of(agreement), at=moment(day))


def _hand_in(hand_in: HandIn, state: str, *, clerk: User) -> None:
    """Hand the new scan in, on the day after it was certified where the authority has taken note of it since."""
    today = timezone.localdate()
    scanned = hand_in.filing.agreement.scans.latest("checked_at").checked_at
    day = timezone.localdate(scanned) + timedelta(days=1) if state == NOTED else today - DAYS_BETWEEN_ACTS
    day = min(day, today)
    with on_day(day):
        hand_in = handing_in.hand_in(hand_in, by=clerk, remark=SCANNED_AGAIN, at=moment(day))
    if state == NOTED:
        day = min(day + DAYS_BETWEEN_ACTS, today)
        with on_day(day):
            handing_in.note(hand_in, by=_reviewer_of(hand_in.filing), at=moment(day))


def waive(agreement: Agreement, row: Row) -> None:
    """Have the authorities do without the copies of what has ended, where the row says so."""
    for filing in agreement.filings.with_parties().filter(state=Filing.State.DUE):
        if row[filing.authority.kind] == WAIVED:
            lifecycle.waive(filing, by=_reviewer_of(filing), reason=NO_COPY_WANTED)


def _handing_in(signed_on: date, acts: tuple[str, ...]) -> tuple[date, str]:
    """Return the day of submitting, and what the clerk says to it.

    What gets a number is never submitted in an earlier year: numbers carry the year of loading, and a number of this
    year on a decision of last year would be wrong. So what was signed in earlier years is filed afterwards, as at a new
    platform.
    """
    new_year = timezone.localdate().replace(month=1, day=1)
    day = signed_on + DAYS_TO_HAND_IN
    if "accept" not in acts or day >= new_year:
        return day, ""
    return new_year + timedelta(days=signed_on.day + 6), AFTERWARDS


def _do(act: str, filing: Filing, *, clerk: User, remark: str, day: date) -> Filing:
    reviewer, at = _reviewer_of(filing), moment(day)
    acts: dict[str, Callable[[], Filing]] = {
        "submit": lambda: lifecycle.submit(filing, by=clerk, remark=remark),
        "take_up": lambda: lifecycle.take_up(filing, by=reviewer),
        "accept": lambda: lifecycle.accept(filing, by=reviewer, at=at),
        "return": lambda: lifecycle.return_(filing, by=reviewer, reasons=REASONS, at=at),
        "resubmit": lambda: lifecycle.resubmit(filing, by=clerk, remark=CORRECTED),
    }
    return acts[act]()


# What is decided is written once, on its day: the verb is told it.
MOMENT_OF = {"submit": "submitted_at", "take_up": "taken_up_at", "resubmit": "submitted_at"}


def _reviewer_of(filing: Filing) -> User:
    posts = Membership.objects.filter(authority=filing.authority_id, duty=Duty.REVIEWER).select_related("user")
    post = posts.order_by("pk").first()
    if post is None:
        raise DemoDataError(f"people.csv 中没有{filing.authority}的审核员。")
    return post.user
