"""Bureaus: making them known, renaming, closing, and one that follows another. The platform's administrators alone do.

A bureau is never deleted, and nothing that was filed with it is moved: numbers and decisions stay its own. Where
another follows it, that one answers for them from then on and goes on with what is open (`remit.authorities_of`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.log import append
from duties import announcements, events
from duties.granting import right_lost
from duties.models import Invitation
from duties.permissions import refuse_unless_platform_administrator
from institutions.models import Authority, Duty, Membership
from institutions.sockets import RESTS_WITH
from regions.models import Region
from verbs.errors import NotAllowed, Unacceptable, WrongState

NAMES = 410_004  # of our advisory locks: whoever gives a bureau its name sees every name given before
CLOSING = ("closing_asked_by", "closing_reason", "closing_to")


def found(region: Region, kind: Authority.Kind | str, name: str, *, by: User, phone: str = "") -> Authority:
    """Make a bureau known. Raises NotAllowed, and Unacceptable where the region has one of that kind or is no place of
    today, or where another bureau that acts is called so."""
    refuse_unless_platform_administrator(by)
    try:
        with transaction.atomic():
            _give_names_in_turn()
            refuse_unless_free(region, kind, name)
            row = Authority.objects.create(region=region, kind=kind, name=name, phone=phone)
            append(events.BureauFounded(name=name, region=_called(region)), by=by, subject=row)
    except IntegrityError as clash:  # somebody was quicker
        quicker = Authority.objects.acting().of_kind(kind).filter(region=region).first()
        if quicker is None:
            raise WrongState("刚刚有人登记又撤销了同样的部门，请刷新后再看。") from clash
        raise _taken(region, quicker) from clash
    return row


def refuse_unless_free(region: Region, kind: Authority.Kind | str, name: str) -> None:
    """Raise Unacceptable where a bureau of this kind and name cannot be made known in the region, as `found` does."""
    _refuse_unless_a_place(region)
    standing = Authority.objects.acting().of_kind(kind).filter(region=region).first()
    if standing is not None:
        raise _taken(region, standing)
    _refuse_same_name(name, "name")


def rename(bureau: Authority, *, by: User, to: str, reason: str) -> Authority:
    """Give a bureau another name; the former one is kept and found. `bureau` is as the person saw it.

    Raises NotAllowed, WrongState where it was closed or renamed since, Unacceptable for a name that is taken.
    """
    refuse_unless_platform_administrator(by)
    with transaction.atomic():
        row = _locked([bureau.pk])[bureau.pk]
        refuse_closed(row)
        if row.name != bureau.name:
            raise WrongState(f"名称刚刚已由他人改为“{row.name}”，本次没有改动。请刷新后再看是否还需要更名。")
        if to == row.name:
            raise Unacceptable("新名称与现在的名称相同。", "to")
        _give_names_in_turn()
        _refuse_same_name(to, "to")
        former, row.name = row.name, to
        row.former_names = "\n".join(dict.fromkeys([former, *row.former_names.splitlines()]))
        row.save(update_fields=["name", "former_names"])
        append(events.BureauRenamed(former=former, to=to, reason=reason), by=by, subject=row)
    return row


def ask_to_close(bureau: Authority, *, by: User, reason: str, successor: Authority | None = None) -> Authority:
    """Ask that a bureau be closed and another follow it; another administrator of the platform confirms it.

    Raises NotAllowed, WrongState where it is closed or somebody has asked already, and Unacceptable for a successor
    that is of the other kind or closed itself, or for none while something rests with the bureau.
    """
    refuse_unless_platform_administrator(by)
    with transaction.atomic():
        row, following = _both(bureau, successor)
        refuse_closed(row)
        if row.closing_asked_by is not None:
            raise WrongState(f"{row.closing_asked_by}已经申请撤销{row.name}，请先确认，或者撤回那份申请。")
        _refuse_to_follow(row, following)
        row.closing_asked_by, row.closing_reason, row.closing_to = by, reason, following
        row.save(update_fields=CLOSING)
        event = events.BureauClosingAsked(name=row.name, successor=str(following or ""), reason=reason)
        append(event, by=by, subject=row)
        announcements.closing_asked(row, by=by)
    return row


def let_be(bureau: Authority, *, by: User) -> bool:
    """Drop what was asked for, by any administrator of the platform; False where nothing is. Raises NotAllowed."""
    refuse_unless_platform_administrator(by)
    with transaction.atomic():
        row = _locked([bureau.pk])[bureau.pk]
        if row.closing_asked_by is None:
            return False
        _forget(row)
        row.save(update_fields=CLOSING)
        append(events.BureauClosingDropped(name=row.name), by=by, subject=row)
    return True


def close(bureau: Authority, *, by: User, seen: str) -> Authority:
    """Confirm that a bureau closes, from today on. Its people's duties there end, and whoever follows it answers for
    what it has done.

    `seen` is `asked_for` as the page showed it. Raises NotAllowed also to whoever has asked for it, WrongState where
    nobody has or something else is asked for by now, and Unacceptable where the successor has been closed, or something
    has come to rest with the bureau, meanwhile.
    """
    refuse_unless_platform_administrator(by)
    with transaction.atomic():
        row, following = _both(bureau, Authority.objects.filter(pk=bureau.pk).values_list("closing_to", flat=True)[0])
        refuse_closed(row)
        if row.closing_asked_by is None:
            raise WrongState(f"没有人申请撤销{row.name}，或者申请已经撤回。")
        if asked_for(row) != seen or row.closing_to != following:
            raise WrongState("申请刚刚改过，这一步没有办理。请看清现在的申请，再确认。")
        if row.closing_asked_by == by:
            raise NotAllowed("这是您自己的申请，请另一位平台管理员确认。")
        _refuse_to_follow(row, following)
        reason = row.closing_reason
        _forget(row)
        row.closed_on, row.successor = timezone.localdate(), following
        row.save(update_fields=[*CLOSING, "closed_on", "successor"])
        row.predecessors.update(successor=following)
        _end_duties(row, by=by, reason=reason)
        append(events.BureauClosed(name=row.name, successor=str(following or ""), reason=reason), by=by, subject=row)
        if following is not None:
            append(events.BureauFollows(name=row.name, reason=reason), by=by, subject=following)
            announcements.followed(row, following, by=by, reason=reason)
    return row


def asked_for(row: Authority) -> str:
    """Return what is asked for as a page sends it back: by whom, to whom, and why."""
    return f"{row.closing_asked_by_id}/{row.closing_to_id or 0}/{row.closing_reason}"


def rests_with(bureau: Authority) -> list[str]:
    """Return in words what would have nobody to answer for it if the bureau closed and none followed."""
    return [words for told in RESTS_WITH for words in told(bureau)]


def has_reviewers(bureau: Authority) -> bool:
    """Return whether anybody at a bureau may do what comes to it."""
    return Membership.objects.effective().filter(authority=bureau, duty=Duty.REVIEWER, user__is_active=True).exists()


def may_follow(bureau: Authority) -> list[Authority]:
    """Return the bureaus that can follow one: of its kind, acting, those nearest to its region first."""
    others = Authority.objects.acting().of_kind(bureau.kind).exclude(pk=bureau.pk).select_related("region")
    chain = bureau.region.chain_codes
    return sorted(others, key=lambda each: (-_shared(each.region.code, chain), each.region.code))


def _shared(code: str, chain: list[str]) -> int:
    """Return how far down two regions lie in the same one, 0 for nothing but the nation."""
    return sum(code.startswith(above.rstrip("0")) for above in chain[1:])


def _refuse_unless_a_place(region: Region) -> None:
    if region.is_grouping or not Region.objects.valid_on(timezone.localdate()).filter(pk=region.pk).exists():
        now = f"，现为{region.successor.full_name}" if region.successor else ""
        raise Unacceptable(f"{_called(region)}不是现在的行政区划{now}。", "region")


def _give_names_in_turn() -> None:
    """Wait until nobody else is giving a bureau its name, and have the others wait until this transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NAMES])


def _refuse_same_name(name: str, field: str) -> None:
    taken = Authority.objects.acting().filter(name=name).select_related("region").first()
    if taken is not None:
        told = f"{_called(taken.region)}的{taken.get_kind_display()}已经叫“{name}”。"
        raise Unacceptable(f"{told}请写明是哪里的，例如在前面加上市的名称。", field)


def refuse_closed(row: Authority) -> None:
    """Raise WrongState for a bureau that has been closed."""
    if row.closed_on is not None:
        followed = f"，由{row.successor}承接" if row.successor else ""
        raise WrongState(f"{row.name}已经撤销{followed}，不能再改。")


def _refuse_to_follow(row: Authority, following: Authority | None) -> None:
    if following is None:
        followed = [f"承接的部门 {count} 个"] if (count := row.predecessors.count()) else []
        if resting := [*rests_with(row), *followed]:
            raise Unacceptable(f"{row.name}还有{'、'.join(resting)}，请选择由哪个部门承接。", "successor")
        return
    if following.pk == row.pk or following.kind != row.kind:
        raise Unacceptable(f"请选择另一个{row.get_kind_display()}来承接。", "successor")
    if following.closed_on is not None:
        raise Unacceptable(f"{following.name}已经撤销，请选择现在的{row.get_kind_display()}。", "successor")


def _end_duties(row: Authority, *, by: User, reason: str) -> None:
    Invitation.objects.filter(authority=row).cancel()  # first: whoever accepts one just now is among the people then
    held = Membership.objects.select_for_update(no_key=True, of=("self",)).filter(authority=row).order_by("pk")
    for each in held.select_related("user", "authority"):
        why = f"{row.name}撤销：{reason}"
        append(events.Ended(place=row.name, duty=Duty(each.duty), reason=why), by=by, subject=each.user)
        announcements.ended(each, by=by, reason=why)
        each.delete()
        right_lost(each.user)


def _locked(keys: Iterable[int]) -> dict[int, Authority]:
    """Lock bureaus in one order for everybody, so that two that are to follow each other wait and are then refused."""
    rows = Authority.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "region", "successor", "closing_asked_by"
    )
    return {row.pk: row for row in rows.filter(pk__in=list(keys)).order_by("pk")}


def _both(bureau: Authority, successor: Authority | int | None) -> tuple[Authority, Authority | None]:
    """Lock a bureau and whoever is to follow it."""
    other = successor.pk if isinstance(successor, Authority) else successor
    rows = _locked([bureau.pk, *([other] if other else [])])
    return rows[bureau.pk], rows[other] if other else None


def _forget(row: Authority) -> None:
    row.closing_asked_by, row.closing_reason, row.closing_to = None, "", None


def _taken(region: Region, standing: Authority) -> Unacceptable:
    return Unacceptable(f"{_called(region)}已有{standing.get_kind_display()}：{standing.name}。", "region")


def _called(region: Region) -> str:
    return region.full_name or region.name
