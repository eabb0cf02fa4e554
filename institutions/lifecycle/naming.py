"""Renaming: the old name stays findable, and past agreements keep it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.log import append
from chinese.dates import cn_day
from institutions import announcements, events
from institutions.lifecycle.locking import locked
from institutions.models import FormerName, Institution
from institutions.permissions import keeps_register
from verbs.errors import NotAllowed, Unacceptable, WrongState


def rename(institution: Institution, *, by: User, to: str, on: date, reason: str) -> Institution:
    """Give an institution a new name from `on`, the first day of the new name, and keep the old one.

    `institution` is as the person saw it. Raises WrongState if it was renamed since, NotAllowed to all but those who
    keep the register there, Unacceptable for a name that is no other, a day to come, or one before the last renaming.
    """
    with transaction.atomic():
        row = _named_by(by, institution)
        return _rename(row, by=by, to=to, on=on, reason=reason)


def rename_within(institution: Institution, *, by: User, to: str, on: date, reason: str) -> Institution:
    """Rename as a step of another verb, in its transaction, which has asked who may: the writing of an import."""
    return _rename(_as_seen(institution), by=by, to=to, on=on, reason=reason)


def correct_name(institution: Institution, *, by: User, to: str) -> Institution:
    """Correct a name that was entered wrongly; it was never in use, so it is not kept. Raises as `rename` does."""
    with transaction.atomic():
        row = _named_by(by, institution)
        if to == row.name:
            raise Unacceptable("新名称与现在的名称相同。", "to")
        event = events.Changed(changes={"name": [row.name, to]})
        row.name = to
        row.save(update_fields=["name"])
        append(event, by=by, subject=row)
    return row


def _rename(row: Institution, *, by: User, to: str, on: date, reason: str) -> Institution:
    last = row.past_names.first()
    _may_rename(row, to, on, last)
    FormerName.objects.create(
        institution=row,
        name=row.name,
        used_from=last.used_until if last else None,
        used_until=on,
        reason=reason,
        recorded_by=by,
    )
    former, row.name = row.name, to
    row.former_names = "\n".join(dict.fromkeys([former, *row.former_names.splitlines()]))
    row.save(update_fields=["name", "former_names"])
    append(events.Renamed(former=former, to=to, on=on, reason=reason), by=by, subject=row)
    announcements.renamed(row, former, on, by=by)
    return row


def _named_by(by: User, institution: Institution) -> Institution:
    row = _as_seen(institution)
    if not keeps_register(by, row):
        raise NotAllowed("机构的名称由所在地主管部门的审核员更改。")
    return row


def _as_seen(institution: Institution) -> Institution:
    row = locked(institution)
    if row.name != institution.name:
        raise WrongState(f"名称刚刚已由他人改为“{row.name}”，本次没有改动。请刷新后再看是否还需要更名。")
    return row


def _may_rename(row: Institution, to: str, on: date, last: FormerName | None) -> None:
    if to == row.name:
        raise Unacceptable("新名称与现在的名称相同。", "to")
    if on > timezone.localdate():
        raise Unacceptable("更名日期不能晚于今天；请在新名称启用后登记。", "on")
    if last is not None and on < last.used_until:
        raise Unacceptable(f"更名日期不能早于上一次更名（{cn_day(last.used_until)}）。", "on")
