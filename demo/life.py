"""The demo's agreements from the final text on: signed on paper, scanned, certified, filed, ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.models import Agreement
from agreements.text.schema import TemplateBody, TermKind
from demo import filings
from demo.certifying import seen_of, tick_all
from demo.loading import DemoDataError, Row
from demo.on_screen import SUPPLEMENT_SIGNED, SUPPLEMENT_WAITS
from demo.past import moment, on_day, set_back_agreement, set_back_scans
from demo.scans import scan_of
from uploads.at_once import as_file, judged

# Endings of agreements.csv that begin with the signing, in the order of an agreement's life.
SIGNED = ("signing-one", "signing-both", "scanned", "scan-rejected", "rescinded")
SUPPLEMENTED_ON_SCREEN = (SUPPLEMENT_SIGNED, SUPPLEMENT_WAITS)
NOT_SCANNED = ("signing-one", "signing-both", "rescinded")
BOUND = ("in_force", "expired", "terminated", "renewing", "renewed", "supplemented", *SUPPLEMENTED_ON_SCREEN)
YEARS_OF_DATE_RANGE = 2
CREATED, SENT, AGREED, DRAFTER_SIGNED = (timedelta(days=days) for days in (12, 8, 5, 2))  # before the later signature
UPLOADED, CERTIFIED = timedelta(days=1), timedelta(days=2)  # after it
AGO = re.compile(r"(\d+) days ago")
ENDS = re.compile(r"ends in (-?\d+) days")
UNREADABLE = "扫描件第二页缺了下半页，请重新扫描后上传。"


def term_ends_on(signed: str) -> date | None:
    """Return the last day of the term where `signed` says so: "ends in N days"."""
    found = ENDS.fullmatch(signed)
    return timezone.localdate() + timedelta(days=int(found.group(1))) if found else None


def signed_on(signed: str, years: int) -> date:
    """Return the day of the later signature: "N days ago", or so that a term of `years` "ends in N days"."""
    if last := term_ends_on(signed):
        return last - relativedelta(years=years)
    found = AGO.fullmatch(signed)
    if found is None:
        raise DemoDataError(f"agreements.csv 中的签章时间“{signed}”不认识。")
    return timezone.localdate() - timedelta(days=int(found.group(1)))


def years_of(agreement: Agreement) -> int:
    """Return how many years the term runs by the template and what was filled in; a supplement has none of its own."""
    body: TemplateBody = agreement.chosen_version.parsed
    if body.term.kind is TermKind.WITH_MAIN:
        return 0
    if body.term.kind is TermKind.DATE_RANGE:
        return YEARS_OF_DATE_RANGE
    if body.term.kind is TermKind.FIXED_YEARS and body.term.years:
        return body.term.years
    years = agreement.values().get(body.term.blank)
    if not isinstance(years, int):
        raise DemoDataError(f"{agreement.number} 没有写明合作年限。")
    return years


@dataclass(frozen=True)
class Signing:
    """One final text on its way through the paper, with the clerks of both sides."""

    agreement: Agreement
    row: Row
    drafter: User
    answerer: User
    on: date  # the later signature

    def print(self) -> None:
        """Make the copies that were ordered with the text, as the worker does: nothing else can be signed."""
        for ordered in self.agreement.renditions.final():
            renditions.render(ordered.pk)

    def sign(self) -> None:
        """Enter the dates: the drafting side's first, the other's unless only one has signed."""
        drafting, answering = self.agreement.drafting_role, self.agreement.answering_role
        lifecycle.record_signing(self.agreement, by=self.drafter, role=drafting, on=self.on - DRAFTER_SIGNED)
        if self.row["ending"] != "signing-one":
            lifecycle.record_signing(self.agreement, by=self.answerer, role=answering, on=self.on)
        set_back_agreement(self.agreement, updated_at=self.on)

    def scan(self) -> None:
        """Upload the scan; turn it down where the ending says so."""
        content = scan_of(self.agreement)
        sent = lifecycle.send_scan(self.agreement, by=self.drafter, file=as_file(content, "演示扫描件.pdf"))
        judged(sent, pictures=self.row["ending"] == "scanned")  # those somebody will certify
        set_back_scans(self.agreement, uploaded=self.on + UPLOADED)
        if self.row["ending"] == "scan-rejected":
            scans, at = seen_of(self.agreement).scans, moment(self.certified_on)
            lifecycle.reject_scan(self.agreement, by=self.answerer, reason=UNREADABLE, seen=scans, at=at)

    @cached_property
    def certified_on(self) -> date:
        return min(self.on + CERTIFIED, timezone.localdate())

    def certify(self) -> Agreement:
        """Bring it into force, open the filings and take them where the row wants them."""
        with on_day(self.certified_on):
            at = moment(self.certified_on)
            tick_all(self.agreement, by=self.answerer, at=at)
            agreement = lifecycle.certify(self.agreement, by=self.answerer, seen=seen_of(self.agreement), at=at)
        set_back_agreement(agreement, updated_at=self.certified_on)
        filings.file_all(agreement, self.row, clerk=self.drafter, partner=self.answerer, signed_on=self.on)
        return agreement

    def run(self) -> Agreement:
        """Go as far as the row's ending wants, and return the agreement as it then stands."""
        self.print()
        set_back_agreement(self.agreement, updated_at=self.on - AGREED)
        with on_day(self.on):
            self.sign()
            if self.row["ending"] not in NOT_SCANNED:
                self.scan()
        agreement = self.certify() if self.row["ending"] not in SIGNED else self.agreement
        agreement.refresh_from_db()
        return agreement


def terminate(agreement: Agreement, *, by: User, reason: str) -> None:
    """End an agreement in the middle of what it has run so far."""
    if agreement.starts_on is None:
        raise DemoDataError(f"{agreement.number} 尚未生效，不能终止。")
    last = agreement.starts_on + (timezone.localdate() - agreement.starts_on) / 2
    with on_day(last):
        lifecycle.terminate(agreement, by=by, on=last, reason=reason, notified_on=last)
    set_back_agreement(agreement, updated_at=last)
