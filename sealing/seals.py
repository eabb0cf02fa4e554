"""The register of seals: three powers that are kept apart. Who registers does not confirm, who uses is named by others.

`use_seal` is for the ceremony, inside its transaction; `seals_usable_by` tells beforehand what it would take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from audit.log import append
from institutions.models import Institution, Membership, institutions_held_by
from sealing import announcements, events
from sealing.lapsing import lapse_of
from sealing.lifecycle import CONFIRM_SEAL, DESTROY, REFUSE_SEAL, RESUME, SEAL, SUSPEND, OfSeal
from sealing.models import Seal, SealAuthorisation, SealUse
from sealing.models.seal import Kind, State
from sealing.permissions import authorises, keeps_register_of_seals, looks_after
from uploads.models import Upload
from uploads.receiving import account, receive
from verbs.errors import NotAllowed, Unacceptable, WrongState

PICTURE = "seal-picture"  # the purpose of such an upload; its `part` is the number
PICTURES = frozenset({"image/png", "image/jpeg"})
LARGEST = 2 * 1024 * 1024  # bytes of a picture
NOT_A_PICTURE = "印章图片只能是 PNG 或 JPG，请把盖好的印章拍照或扫描成图片。"
TOO_LARGE = "印章图片超过 2 兆，请缩小后再上传。"
NOT_YOURS = "这枚印章不由您保管，也没有授权给您使用。请找保管人或管理员授权。"
STOPPED = "这枚印章现在是“{}”，不能使用。"


@dataclass(frozen=True)
class Described:
    """A seal as whoever registers it says: its kind and number, and who keeps it, by the key of the person."""

    kind: Kind
    number: str
    keeper: int

    def as_facts(self) -> dict[str, Any]:
        return {"kind": self.kind.value, "number": self.number, "keeper": self.keeper}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        return cls(Kind(facts["kind"]), facts["number"], facts["keeper"])


@dataclass(frozen=True)
class Scope:
    """For how long, both days included, and for which papers an authorisation holds; nothing named: for all."""

    starts_on: date
    ends_on: date
    templates: tuple[str, ...] = ()
    agreement: str = ""


@dataclass(frozen=True)
class Paper:
    """What is to be sealed, as far as scopes ask: the slug of its template, the number of its agreement."""

    template: str = ""
    agreement: str = ""


@dataclass(frozen=True)
class Usable:
    """A seal that a person may use today: by an authorisation, or without one as its keeper."""

    seal: Seal
    authorisation: SealAuthorisation | None


def send_picture(institution: Institution, described: Described, *, by: User, file: File[Any]) -> Upload:
    """Take in the picture; the seal is registered when it was judged. Raises as `register`, and UploadRefused."""
    with transaction.atomic():
        _refuse(institution, described, by=by)
        if (file.size or 0) > LARGEST:
            raise Unacceptable(TOO_LARGE, "picture")
        facts = described.as_facts()
        return receive(PICTURE, institution.pk, file, by=by, sender=account(by), part=described.number, facts=facts)


def register(institution: Institution, described: Described, *, by: User, upload: Upload) -> Seal:
    """Enter a seal that another person confirms.

    Raises NotAllowed to all but who looks after the institution, Unacceptable for a keeper of another place, a number
    that is taken, or what is no picture.
    """
    with transaction.atomic():
        row = Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=institution.pk)
        keeper = _refuse(row, described, by=by)
        if upload.content_type not in PICTURES:
            raise Unacceptable(NOT_A_PICTURE, "picture")
        facts = {"kind": described.kind, "number": described.number, "keeper": keeper}
        seal = Seal.objects.create(institution=row, picture=upload, registered_by=by, **facts)
        event = events.SealRegistered(**_of(seal), kind=described.kind, keeper=keeper.full_name, sha256=upload.sha256)
        append(event, by=by, subject=row)
        announcements.seal_registered(seal)
    return seal


@transaction.atomic
def confirm(seal: Seal, *, by: User) -> Seal:
    """Confirm that the picture is that of the seal, and who keeps it: from now on it is in use."""
    row = SEAL.begin(seal, CONFIRM_SEAL, by=by)
    writes = {"confirmed_by": by, "confirmed_at": timezone.now()}
    row = SEAL.finish(row, CONFIRM_SEAL, events.SealConfirmed(**_of(row)), by=by, writes=writes)
    announcements.seal_settled(row, "印章已确认，可以使用", by=by)
    return row


def refuse(seal: Seal, *, by: User, reason: str) -> Seal:
    return _stopped(seal, REFUSE_SEAL, events.SealRefused, "印章没有确认", by=by, reason=reason)


def suspend(seal: Seal, *, by: User, reason: str) -> Seal:
    return _stopped(seal, SUSPEND, events.SealSuspended, "印章已暂停使用", by=by, reason=reason)


def destroy(seal: Seal, *, by: User, reason: str) -> Seal:
    """Note that the seal was destroyed. It stays in the register, and nothing brings it back."""
    return _stopped(seal, DESTROY, events.SealDestroyed, "印章已登记销毁", by=by, reason=reason)


@transaction.atomic
def resume(seal: Seal, *, by: User) -> Seal:
    row = SEAL.begin(seal, RESUME, by=by)
    writes = {"settled_by": by, "settled_at": timezone.now(), "reason": ""}
    row = SEAL.finish(row, RESUME, events.SealResumed(**_of(row)), by=by, writes=writes)
    announcements.seal_settled(row, "印章已恢复使用", by=by)
    return row


@transaction.atomic
def hand_over(seal: Seal, keeper: User, *, by: User) -> Seal:
    """Name another keeper. What the former one authorised holds no more, unless they are an administrator too.

    Raises NotAllowed to all but who looks after the institution, Unacceptable for somebody of another place and for
    oneself, as nobody authorises themself, WrongState for a seal that is destroyed.
    """
    row = _locked(seal)
    if not keeps_register_of_seals(by, row):
        raise NotAllowed("印章保管人由本机构的管理员登记。")
    if row.state in {State.DESTROYED, State.REFUSED}:
        raise WrongState(f"这枚印章现在是“{row.get_state_display()}”，不用更换保管人。")
    _refuse_stranger(row.institution, keeper, "keeper")
    if keeper == by:
        raise Unacceptable("不能把印章交给自己保管。要由您保管的，请本机构的另一位管理员登记。", "keeper")
    before = row.keeper
    row.keeper = keeper
    row.save(update_fields=["keeper"])
    event = events.KeeperChanged(**_of(row), before=before.full_name, keeper=keeper.full_name)
    append(event, by=by, subject=row.institution)
    announcements.seal_settled(row, "印章保管人已更换", by=by)
    lapse_of(before)
    return row


@transaction.atomic
def authorise(seal: Seal, person: User, scope: Scope, *, by: User) -> SealAuthorisation:
    """Let somebody of the institution use the seal for a period. Nobody authorises themself.

    Raises NotAllowed to all but keeper and administrators, WrongState unless the seal is in use, Unacceptable for a
    period that is over, somebody of another place, or templates beside one agreement.
    """
    row = _locked(seal)
    _hold_rights(row.institution, by, person)
    if not authorises(by, row):
        raise NotAllowed("用印授权由印章保管人或本机构的管理员给出。")
    if row.state != State.IN_USE:
        raise WrongState(STOPPED.format(row.get_state_display()))
    if person.pk == by.pk:
        raise NotAllowed("不能授权给自己，请由另一位有权的人授权。")
    _refuse_stranger(row.institution, person, "person")
    if scope.ends_on < scope.starts_on:
        raise Unacceptable("截止日期不能早于起始日期。", "ends_on")
    if scope.ends_on < timezone.localdate():
        raise Unacceptable("截止日期已经过了。", "ends_on")
    if scope.templates and scope.agreement:
        raise Unacceptable("限于一份协议的，不用再选范本；要限于范本的，不填协议编号。", "agreement")
    given = SealAuthorisation.objects.create(
        seal=row,
        person=person,
        starts_on=scope.starts_on,
        ends_on=scope.ends_on,
        templates=list(scope.templates),
        agreement=scope.agreement,
        given_by=by,
    )
    event = events.SealUseAuthorised(
        **_of(row),
        person=person.full_name,
        starts_on=scope.starts_on,
        ends_on=scope.ends_on,
        templates=list(scope.templates),
        agreement=scope.agreement or None,
    )
    append(event, by=by, subject=row.institution)
    announcements.use_authorised(given)
    return given


@transaction.atomic
def take_back(authorisation: SealAuthorisation, *, by: User, reason: str) -> SealAuthorisation:
    """End an authorisation from now on. Raises WrongState for one that was taken back already."""
    seal = _locked(authorisation.seal)
    row = SealAuthorisation.objects.select_related("person").get(pk=authorisation.pk)
    if not authorises(by, seal):
        raise NotAllowed("用印授权由印章保管人或本机构的管理员收回。")
    if row.revoked_at is not None:
        raise WrongState("这份授权已经收回了。")
    row.seal = seal
    row.revoked_by, row.revoked_at, row.reason = by, timezone.now(), reason
    row.save(update_fields=["revoked_by", "revoked_at", "reason"])
    event = events.SealUseRevoked(**_of(seal), person=row.person.full_name, reason=reason)
    append(event, by=by, subject=seal.institution)
    announcements.use_revoked(row, by=by)
    return row


def seals_usable_by(user: User, institution: Institution, *, on: date, paper: Paper = Paper()) -> list[Usable]:
    """Return the seals that the person may put on a paper on a day, with what lets them; keepers need nothing."""
    if not _is_of(user, institution):
        return []
    seals = Seal.objects.filter(institution=institution, state=State.IN_USE).select_related("picture", "keeper")
    found = ((seal, _right_to(seal, user, on=on, paper=paper)) for seal in seals)
    return [Usable(seal, right) for seal, right in found if right is not None or seal.keeper_id == user.pk]


def use_seal(seal: Seal, *, by: User, about: str, paper: Paper = Paper()) -> SealUse:
    """Note that the person puts the seal on a paper now; for the ceremony, inside its transaction.

    `about` says on what, for people. The seal's row is locked: whoever suspends it waits, or was first. Raises
    WrongState for a seal that is not in use, NotAllowed to whoever neither keeps it nor is authorised for this paper.
    """
    row = _locked(seal)
    if row.state != State.IN_USE:
        raise WrongState(STOPPED.format(row.get_state_display()))
    right = _right_to(row, by, on=timezone.localdate(), paper=paper)
    if not _is_of(by, row.institution) or (right is None and row.keeper_id != by.pk):
        raise NotAllowed(NOT_YOURS)
    used = SealUse.objects.create(seal=row, person=by, authorisation=right, about=about, at=timezone.now())
    event = events.SealUsed(**_of(row), about=about, authorised_by=right.given_by.full_name if right else None)
    append(event, by=by, subject=row.institution)
    return used


def _right_to(seal: Seal, user: User, *, on: date, paper: Paper) -> SealAuthorisation | None:
    """Return by which authorisation somebody uses a seal; None for its keeper, and where there is none."""
    if seal.keeper_id == user.pk:
        return None
    given = seal.authorisations.holding(on).filter(person=user).select_related("given_by").order_by("pk")
    fitting = (each for each in given if each.covers(template=paper.template, agreement=paper.agreement))
    return next(fitting, None)


def _is_of(user: User, institution: Institution) -> bool:
    return institutions_held_by(user).filter(pk=institution.pk).exists()


def people_of(institution: Institution) -> QuerySet[User]:
    """Return who can keep or use a seal: everybody with a duty there that counts, by name."""
    held = Membership.objects.effective().filter(institution=institution, user__is_active=True)
    return User.objects.filter(pk__in=held.values("user")).order_by("full_name", "pk")


def _refuse(institution: Institution, described: Described, *, by: User) -> User:
    """Raise what speaks against registering a seal; return its keeper."""
    if not looks_after(by, institution):
        raise NotAllowed("印章由本机构的管理员登记。")
    keeper = User.objects.filter(pk=described.keeper).first()
    if keeper is None:
        raise Unacceptable("请选择保管人。", "keeper")
    _refuse_stranger(institution, keeper, "keeper")
    taken = institution.seals.exclude(state__in=[State.DESTROYED, State.REFUSED])
    if taken.filter(number=described.number).exists():
        raise Unacceptable("这个编码的印章已经登记了。", "number")
    return keeper


def _hold_rights(institution: Institution, *people: User) -> None:
    """Lock what an authorisation rests on: whoever ends one of these rights waits, and ends the authorisation too."""
    for rows in (
        User.objects.filter(pk__in=[each.pk for each in people]),
        Membership.objects.filter(institution=institution, user__in=people),
    ):
        list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))


def _refuse_stranger(institution: Institution, person: User, field: str) -> None:
    if person not in people_of(institution):
        raise Unacceptable("只能是本机构已生效的人员。", field)


@transaction.atomic
def _stopped(seal: Seal, step: OfSeal, event: type[events.SealStopped], title: str, *, by: User, reason: str) -> Seal:
    row = SEAL.begin(seal, step, by=by)
    writes = {"settled_by": by, "settled_at": timezone.now(), "reason": reason}
    row = SEAL.finish(row, step, event(**_of(row), reason=reason), by=by, writes=writes)
    announcements.seal_settled(row, title, by=by)
    return row


def _locked(seal: Seal) -> Seal:
    Seal.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=seal.pk)
    return SEAL.fresh().get(pk=seal.pk)


def _of(seal: Seal) -> dict[str, Any]:
    return {"seal": seal.pk, "number": seal.number}
