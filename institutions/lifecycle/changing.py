"""Changing facts of an institution, field by field, so that two people at once lose nothing; and adding one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.log import append
from audit.models import Event
from institutions.errors import Unacceptable
from institutions.lifecycle.locking import Profile, field_label, holder_of, locked, plain, profile_or_new
from institutions.models import Institution

NEVER_HERE = frozenset({"id", "role", "name", "status", "former_names", "closed_on", "suspended_on", "institution"})


@dataclass(frozen=True)
class Overtake:
    """One field that somebody else changed since the person read it."""

    field: str
    seen: Any
    now: Any
    wanted: Any

    @property
    def label(self) -> str:
        return field_label(self.field)


class Overtaken(Exception):
    """Somebody else changed the same fields meanwhile; nothing was written."""

    def __init__(self, overtakes: list[Overtake]) -> None:
        super().__init__("、".join(each.label for each in overtakes))
        self.overtakes = overtakes


def change(institution: Institution, *, by: User, changes: Mapping[str, tuple[Any, Any]]) -> Institution:
    """Write new facts; `changes` maps a field of the institution or its profile to what was seen and what is wanted.

    A field is written only if it still is as it was seen, or is so already. Raises Overtaken where it is neither, and
    Unacceptable where the facts do not fit together.
    """
    with transaction.atomic():
        row = locked(institution)
        profile = profile_or_new(row)
        written = dict(_compared(row, profile, changes))
        if not written:
            return row
        for name, (_, wanted) in written.items():
            setattr(holder_of(name, row, profile), name, wanted)
        _checked(row, profile)
        _save(row, profile, written)
        append(Event.INSTITUTION_CHANGED, by=by, subject=row, changes=as_logged(written))
    return row


def add(institution: Institution, profile: Profile, *, by: User) -> Institution:
    """Register one institution with the facts of its side. Raises Unacceptable where they do not fit together."""
    with transaction.atomic():
        _checked(institution, profile)
        institution.save(force_insert=True)
        profile.institution = institution
        profile.save(force_insert=True)
        facts = {"name": institution.name, "role": institution.role, "uscc": institution.uscc}
        append(Event.INSTITUTION_ADDED, by=by, subject=institution, region=institution.region.code, **facts)
    return institution


def as_logged(written: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    """Return the changes as the log keeps them: field → [old, new]."""
    return {name: [plain(old), plain(new)] for name, (old, new) in written.items()}


def _compared(row: Institution, profile: Profile, changes: Mapping[str, tuple[Any, Any]]) -> Iterator[Any]:
    """Yield what is to be written: name, (value now, value wanted)."""
    overtakes = []
    for name, (seen, wanted) in changes.items():
        if name in NEVER_HERE:
            raise Unacceptable(f"{field_label(name)}不能在这里修改。", name)
        now = getattr(holder_of(name, row, profile), name, None)
        if now == wanted:
            continue
        if not _same(now, seen) and profile.pk is not None:
            overtakes.append(Overtake(name, seen, now, wanted))
        yield name, (now, wanted)
    if overtakes:
        raise Overtaken(overtakes)


def _same(now: Any, seen: Any) -> bool:
    """Whether a value still is as it was seen; forms strip what is around a text and know no None for one."""
    return now == seen or (isinstance(now, str) and now.strip() == (seen or ""))


def _checked(row: Institution, profile: Profile) -> None:
    """Refuse what the database would refuse, in words; the forms have said the finer things before."""
    try:
        row.clean_fields()
        row.validate_constraints()
        profile.clean_fields(exclude={"institution"})
        profile.validate_constraints()
    except ValidationError as error:
        names = [field_label(name) for name in getattr(error, "error_dict", {}) if name != "__all__"]
        where = f"（{'、'.join(names)}）" if names else ""
        message = f"填写的内容与登记的其他内容不一致{where}，没有保存。请核对后重新保存。"
        raise Unacceptable(message) from error


def _save(row: Institution, profile: Profile, written: Mapping[str, Any]) -> None:
    of_profile = [name for name in written if holder_of(name, row, profile) is profile]
    of_row = [name for name in written if name not in of_profile]
    if of_row:
        row.save(update_fields=of_row)
    if profile.pk is None:
        profile.save(force_insert=True)
    elif of_profile:
        profile.save(update_fields=of_profile)
