"""New validity of a licence or filing. The profile holds the newest period; every one entered is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Self

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import append
from chinese.dates import cn_day
from institutions import announcements, events
from institutions.facts import Profile, as_logged
from institutions.lifecycle.locking import locked
from institutions.models import ElderCareProfile, Institution, ValidityPeriod
from institutions.permissions import can_enter_validity, is_competent
from institutions.validity import document_of
from uploads.models import Upload
from uploads.receiving import account, receive
from verbs.errors import NotAllowed, Unacceptable, WrongState

PERIOD = "validity-period"  # the purpose of such an upload


@dataclass(frozen=True)
class Period:
    number: str
    valid_from: date | None
    valid_to: date | None  # last day, included

    def as_facts(self) -> dict[str, str]:
        """Return what is kept of it while the scan that goes with it is judged."""
        days = {"valid_from": self.valid_from, "valid_to": self.valid_to}
        return {"number": self.number, **{name: day.isoformat() for name, day in days.items() if day is not None}}

    @classmethod
    def from_facts(cls, facts: Mapping[str, str]) -> Self:
        start, end = (date.fromisoformat(facts[name]) if name in facts else None for name in ("valid_from", "valid_to"))
        return cls(facts["number"], start, end)


def send_period(institution: Institution, period: Period, *, by: User, file: File[Any]) -> Upload:
    """Take in a scan with the period that it proves, which is entered once the file was judged.

    Raises as `enter_period`, as far as that is known now, and UploadRefused at once for what need not be opened for it.
    """
    with transaction.atomic():
        row = locked(institution)
        _refuse(row, period, by=by)
        facts = period.as_facts()
        part = sha256(repr(facts).encode()).hexdigest()[:40]  # the same scan with other days is another statement
        return receive(PERIOD, row.pk, file, by=by, sender=account(by), part=part, facts=facts)


def enter_period(institution: Institution, period: Period, *, by: User, upload: Upload | None = None) -> Institution:
    """Enter a new period of the institution's licence or filing and tell who watches it; `upload` is a judged scan.

    Raises NotAllowed to all but its own people and the bureau that watches it, Unacceptable for a period that ends
    before it starts, or that says what is registered already.
    """
    with transaction.atomic():
        row = locked(institution)
        profile = _refuse(row, period, by=by)
        _enter(row, profile, period, by=by, upload=upload)
        announcements.validity_entered(row, period.valid_to, by=by)
    return row


def _refuse(row: Institution, period: Period, *, by: User) -> Profile:
    """Raise what speaks against a period; return what it would be written to."""
    if period.valid_from and period.valid_to and period.valid_to <= period.valid_from:
        raise Unacceptable("有效期止应当晚于有效期起。", "valid_to")
    profile = _profile_of(row)
    if not can_enter_validity(by, row):
        raise NotAllowed("新的有效期由本机构的经办人、管理员或对口主管部门的审核员登记。")
    if _present_period(profile) == period:
        raise Unacceptable("填写的有效期与已登记的相同，没有需要保存的内容。")
    return profile


def withdraw_filing(institution: Institution, *, by: User, last_day: date, reason: str) -> Institution:
    """Note that an elder-care filing was cancelled (注销、撤销); `last_day` is the last day on which it held.

    Raises WrongState if there is none, NotAllowed to all but the bureau that watches it, Unacceptable for a day to come
    or before the filing.
    """
    with transaction.atomic():
        row = locked(institution)
        profile = _profile_of(row)
        if not isinstance(profile, ElderCareProfile) or not (profile.filing_number or profile.filed_on):
            raise WrongState("没有登记养老机构备案，不需要注销。")
        if not is_competent(by, row):
            raise NotAllowed("备案的注销由所在地民政部门的审核员登记。")
        if last_day > timezone.localdate():
            raise Unacceptable("最后有效日不能晚于今天。", "last_day")
        if profile.filed_on is not None and last_day < profile.filed_on:
            raise Unacceptable(f"最后有效日不能早于备案日期（{cn_day(profile.filed_on)}）。", "last_day")
        _enter(row, profile, Period(profile.filing_number, profile.filed_on, last_day), by=by, reason=reason)
        announcements.filing_withdrawn(row, last_day, reason, by=by)
    return row


def _profile_of(row: Institution) -> Profile:
    if row.profile is None:
        raise WrongState(f"还没有登记{row.get_role_display()}的基本信息，请先补全。")
    return row.profile


def _present_period(profile: Profile) -> Period:
    number, start, end = profile.PERIOD
    return Period(getattr(profile, number), getattr(profile, start), getattr(profile, end))


def _enter(
    row: Institution,
    profile: Profile,
    period: Period,
    *,
    by: User,
    upload: Upload | None = None,
    reason: str | None = None,
) -> None:
    before = _present_period(profile)
    _keep_first(row, before)
    values = (period.number, period.valid_from, period.valid_to)
    written = {
        name: (getattr(profile, name), value)
        for name, value in zip(profile.PERIOD, values, strict=True)
        if getattr(profile, name) != value
    }
    for name, (_, value) in written.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(written))
    kept = _kept(row, period, by, upload)
    event = events.Changed(changes=as_logged(written), scan=kept.scan_sha256 or None, reason=reason)
    append(event, by=by, subject=row)


def _keep_first(row: Institution, before: Period) -> None:
    """Keep what the profile held before the first renewal; from then on every period has its row."""
    if before != Period("", None, None) and not row.validity_periods.exists():
        ValidityPeriod.objects.create(
            institution=row,
            document=document_of(row),
            number=before.number,
            valid_from=before.valid_from,
            valid_to=before.valid_to,
        )


def _kept(row: Institution, period: Period, by: User, upload: Upload | None) -> ValidityPeriod:
    kept = ValidityPeriod(
        institution=row,
        document=document_of(row),
        number=period.number,
        valid_from=period.valid_from,
        valid_to=period.valid_to,
        entered_by=by,
    )
    if upload is not None:
        kept.upload, kept.scan.name = upload, upload.file.name
        kept.scan_content_type, kept.scan_sha256 = upload.content_type, upload.sha256
    kept.save()
    return kept
