"""Changing facts of an institution, field by field, so that two people at once lose nothing; and adding one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.log import append
from institutions import events
from institutions.facts import Profile, as_logged, field_label, holder_of
from institutions.lifecycle.locking import locked, profile_or_new
from institutions.models import Institution, Role
from institutions.permissions import is_competent, keeps_register, keeps_register_in, rights_to_change
from verbs.errors import NotAllowed, Unacceptable

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

    A field is written only if it still is as it was seen, or is so already. Raises NotAllowed to whoever does not keep
    one of these facts, Overtaken where a field is neither, and Unacceptable where the facts do not fit together.
    """
    with transaction.atomic():
        row = locked(institution)
        profile = profile_or_new(row)
        _may_change(row, profile, changes, by=by)
        written = dict(_compared(row, profile, changes))
        if not written:
            return row
        for name, (_, wanted) in written.items():
            setattr(holder_of(name, row, profile), name, wanted)
        _checked(row, profile)
        _save(row, profile, written)
        append(events.Changed(changes=as_logged(written)), by=by, subject=row)
    return row


def add(institution: Institution, profile: Profile, *, by: User) -> Institution:
    """Register one institution with the facts of its side, as open.

    Raises NotAllowed to all but those who keep the register in its region, and for a licence or filing that another
    bureau watches; Unacceptable where the facts do not fit together.
    """
    with transaction.atomic():
        if institution.status != Institution.Status.OPEN:
            raise Unacceptable("新登记的机构应当是“正常”；暂停和关闭登记以后另行办理。", "status")
        _may_add(institution, profile, by=by)
        _checked(institution, profile)
        institution.save(force_insert=True)
        profile.institution = institution
        profile.save(force_insert=True)
        event = events.Added(
            name=institution.name,
            role=Role(institution.role),
            uscc=institution.uscc,
            region=institution.region.code,
        )
        append(event, by=by, subject=institution)
    return institution


def _may_change(row: Institution, profile: Profile, changes: Mapping[str, tuple[Any, Any]], *, by: User) -> None:
    """Refuse facts that the person does not keep, and a region in which they keep no register."""
    for name in changes:
        if name in NEVER_HERE:
            raise Unacceptable(f"{field_label(name)}不能在这里修改。", name)
    rights = rights_to_change(by, row)
    kept = {*rights.of_institution, *rights.of_profile(type(profile))}
    labels = "、".join(field_label(name) for name in changes if name not in kept)
    if labels:
        raise NotAllowed(f"您不能修改这家机构的{labels}：由本机构或它的主管部门办理。")
    if "region" in changes and not keeps_register_in(by, changes["region"][1]):
        raise NotAllowed("所在县区只能改为您所在部门辖区内的县区。")


def _may_add(institution: Institution, profile: Profile, *, by: User) -> None:
    if not keeps_register(by, institution):
        raise NotAllowed("机构由所在地主管部门的审核员登记。")
    if any(getattr(profile, name) for name in profile.PERIOD) and not is_competent(by, institution):
        whose = institution.watched_by.label
        raise NotAllowed(f"{institution.get_role_display()}的许可或备案只能由{whose}登记。")


def _compared(row: Institution, profile: Profile, changes: Mapping[str, tuple[Any, Any]]) -> Iterator[Any]:
    """Yield what is to be written: name, (value now, value wanted)."""
    overtakes = []
    for name, (seen, wanted) in changes.items():
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
