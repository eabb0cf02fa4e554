"""Opening a person's key with their PIN: the one way to it, and how wrong PINs are counted.

An attempt is counted before the PIN is looked at, and taken off again when it was right: of any number that come at
once each is counted, and the sixth finds no row. So it is never part of a larger transaction, with whose end the count
would be lost: whoever signs opens the key first.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.second_factor import has_device
from audit.log import append
from chinese.dates import cn_day
from sealing import announcements, events
from sealing.authority.elsewhere import Standing
from sealing.enrolling import CLOSED, bound_to, refuse_easy, standing_of
from sealing.keys import licensed, sealed
from sealing.keys.pepper import PepperGone
from sealing.keys.sealed import PrivateKey, Sealed, WrongSecret
from sealing.lifecycle import IDENTITY, LOCK
from sealing.models import Certificate, SigningIdentity, SigningKey
from sealing.pades.hands import Hand, KeyHand, TokenHand
from sealing.pades.modules import OpenToken, Place, TokenFault, WrongTokenPin, open_key
from sealing.permissions import is_legal_representative, is_still_signatory, is_theirs
from verbs.errors import NotAllowed, Unacceptable, WrongState

MOST_WRONG = 5  # in a row; the fifth locks
LOCKED = "签名密码连续输错 5 次，已锁定，不能解开。请在“签约人与证书”里申请新的证书。"
KEY_ELSEWHERE = "这张证书的密钥在密码设备里，没有签名密码。密码设备的 PIN 码请找保管设备的人员修改。"
NOT_CONFIRMED = "签名前要用登录密码和动态口令再次确认是您本人，确认后十分钟内有效。"
NO_DEVICE = "您还没有绑定动态口令，不能签名。请先在账号页面绑定。"
REVOKED_ELSEWHERE = "签发机构已吊销您的证书，不能再用来签名。请向签发机构换发以后，申请新的证书。"
LEADS_NOWHERE = (
    "您的证书现在不能用来签名：它的上级证书已经到期，或者签发机构不再是本平台认可的。"
    "请向签发机构换发以后，申请新的证书；有疑问的，请联系平台管理员。"
)
ROOTS_UNREADABLE = "持证机构的根证书现在读不出来，暂时不能用这张证书签名。请联系平台管理员检查，恢复以后再签。"
ANOTHER_REPRESENTS = (
    "这张证书是以法定代表人身份申请的，没有授权委托书；现在登记的法定代表人不是您，不能用它签名。"
    "请吊销这张证书，凭授权委托书重新申请；登记有误的，请本机构的管理员先更正。"
)
CHANGED = "签名密码刚刚在别处改过，请用新的签名密码再试。"

Opened = TypeVar("Opened")


class WrongPin(Unacceptable):
    """The PIN is not the one. `left`: how many more attempts there are before it locks; 0: it is locked now."""

    def __init__(self, left: int, *, on_token: bool = False) -> None:
        of_token = f"密码设备的 PIN 码不对，这里还可以试 {left} 次；密码设备自己也计数，可能更早锁住。"
        told = of_token if on_token else f"签名密码不对，还可以试 {left} 次。"
        super().__init__(told if left else LOCKED, "pin")
        self.left = left


@dataclass(frozen=True)
class Unlocked:
    """A key as long as its process keeps it, with its certificate and those above it, the nearest first.

    One in a token stays there: what is open is a session, and whoever opened it closes it. It goes into no database,
    cache, broker or log: it has no text of its own, and refuses to be pickled.
    """

    identity: SigningIdentity
    held: PrivateKey | OpenToken = field(repr=False)
    certificate: x509.Certificate
    chain: list[x509.Certificate]

    @property
    def key(self) -> PrivateKey:
        """The key itself. Raises TypeError for one in a token, which does not leave it."""
        if isinstance(self.held, OpenToken):
            raise TypeError("the key lies in a token")
        return self.held

    @property
    def hand(self) -> Hand:
        """What signs with it."""
        own, *above = (each.public_bytes(Encoding.DER) for each in (self.certificate, *self.chain))
        if isinstance(self.held, OpenToken):
            return TokenHand(own, above, self.held.key)
        return KeyHand(own, above, self.held)

    def close(self) -> None:
        """End the session with a token; nothing for a key in memory. Safe to say twice."""
        if isinstance(self.held, OpenToken):
            self.held.close()

    def __reduce__(self) -> Any:
        raise TypeError("a key that was opened stays in its process")


@sensitive_variables()
def unlock(identity: SigningIdentity, pin: str, *, by: User, confirmed_at: datetime | None) -> Unlocked:
    """Open the person's key. `confirmed_at`: when they last proved who they are (accounts.confirming.confirmed_at).

    Raises NotAllowed to anybody else and to whoever is no signatory there any more, WrongState with the reason where
    nothing may be signed now, WrongPin, Unacceptable where a token is away, locked or in use. Never inside a
    transaction of the caller's: the count would be lost with it.
    """
    row = SigningIdentity.objects.with_facts().get(pk=identity.pk)
    found = refuse_unusable(row, by=by, confirmed_at=confirmed_at)
    if found.key.kind == SigningKey.Kind.TOKEN:
        return open_in_token(row, found, pin, by=by)
    key = _tried(found, row, lambda kept: sealed.opened(_as_sealed(kept), pin, bound_to=bound_to(found)), by=by)
    _begin_anew(row, found)
    return Unlocked(row, key, found.parsed, found.parsed_chain)


@sensitive_variables()
def open_in_token(row: SigningIdentity, found: Certificate, pin: str, *, by: User) -> Unlocked:
    """Open the token that holds a certificate's key. A wrong PIN is counted, a right one ends the count, whatever
    fails after it.

    For whoever has asked whether the person may. Raises WrongPin, Unacceptable with what is wrong with the token,
    WrongState where the fifth wrong one came beside it.
    """
    place = Place(found.key.token_module, found.key.token_label, found.key.token_key)
    opened = _tried(found, row, lambda kept: open_key(place, pin), by=by)
    try:
        _begin_anew(row, found)
    except BaseException:
        opened.close()
        raise
    return Unlocked(row, opened, found.parsed, found.parsed_chain)


@sensitive_variables()
def _tried(found: Certificate, row: SigningIdentity, act: Callable[[SigningKey], Opened], *, by: User) -> Opened:
    """Count an attempt, open, and take it off again where it was not the PIN that failed."""
    kept = _counted(found, row)
    try:
        return act(kept)
    except (WrongSecret, WrongTokenPin):
        raise _wrong(kept, row, by=by) from None
    except PepperGone as gone:
        _take_off(kept)
        raise WrongState(CLOSED.format(gone)) from gone
    except TokenFault as fault:
        _take_off(kept)
        raise Unacceptable(str(fault), "pin") from fault


def refuse_unusable(row: SigningIdentity, *, by: User, confirmed_at: datetime | None) -> Certificate:
    """Return the certificate with which the person can sign now.

    Raises NotAllowed or WrongState with what stands in the way, the PIN aside.
    """
    if row.person_id != by.pk:
        raise NotAllowed("只能用自己的签约证书签名。")
    if not is_theirs(by, row):
        raise NotAllowed(_why_not_signatory(row))
    now = timezone.now()
    if row.state == SigningIdentity.State.LOCKED:
        raise WrongState(LOCKED)
    if row.state != SigningIdentity.State.ACTIVE:
        raise WrongState(f"您的签约人身份现在是“{row.get_state_display()}”，不能签名。")
    found = row.certificates.select_related("key").latest("pk")
    if told := found.why_not_valid(now):
        raise WrongState(told + "请申请新的证书。")
    if not found.is_ours:
        refuse_untrusted(found, now)
    if told := why_not_for_its_institution(row):
        raise WrongState(told)
    _refuse_unproved(by, confirmed_at, now)
    return found


def why_not_for_its_institution(row: SigningIdentity) -> str:
    """Return in words why nobody, or not this person, can sign for the institution today; "" otherwise."""
    today = timezone.localdate()
    if row.is_legal_representative and not is_legal_representative(row.person, row.institution):
        return ANOTHER_REPRESENTS
    if not row.is_mandated_on(today):
        until = cn_day(row.mandate_until) if row.mandate_until else ""
        return f"授权委托书已于{until}到期，请重新申请。"
    return next((problem.text for problem in row.institution.problems(today) if problem.blocks), "")


@sensitive_variables()
def change_pin(identity: SigningIdentity, before: str, after: str, *, by: User, confirmed_at: datetime | None) -> None:
    """Seal the same key under another PIN. Raises as `unlock` does, and Unacceptable for one that is too easy."""
    row = SigningIdentity.objects.with_facts().get(pk=identity.pk)
    refuse_easy(after, row)
    if row.is_on_token:
        raise WrongState(KEY_ELSEWHERE)
    unlocked = unlock(row, before, by=by, confirmed_at=confirmed_at)
    with transaction.atomic():
        found = Certificate.objects.select_related("key").filter(identity=row).latest("pk")
        was = bytes(found.key.nonce)
        try:
            kept = sealed.seal(unlocked.key, after, bound_to=bound_to(found))
        except PepperGone as gone:
            raise WrongState(CLOSED.format(gone)) from gone
        facts = {"salt": kept.salt, "nonce": kept.nonce, "cost": kept.cost, "pepper": kept.pepper}
        same = SigningKey.objects.filter(pk=found.key.pk, nonce=was).exclude(sealed=b"")
        if same.update(sealed=kept.content, **facts) != 1:
            raise WrongState(CHANGED)
        append(events.PinChanged(identity=row.pk, person=row.person.full_name), by=by, subject=row.institution)
        announcements.pin_changed(row)


def refuse_untrusted(found: Certificate, now: datetime) -> None:
    """Raise WrongState for a certificate that was brought in and is good no more, or one that stands above it.

    What was seen when it was brought in is seen again: an authority between may have ended, and a root may have been
    taken out by the operator.
    """
    if standing_of(found).standing is Standing.REVOKED:
        raise WrongState(REVOKED_ELSEWHERE)
    try:
        chain = licensed.chain_to_root(found.parsed, found.parsed_chain, now)
    except (OSError, ValueError):
        raise WrongState(ROOTS_UNREADABLE) from None
    if chain is None:
        raise WrongState(LEADS_NOWHERE)


def _refuse_unproved(by: User, confirmed_at: datetime | None, now: datetime) -> None:
    if not has_device(by):
        raise NotAllowed(NO_DEVICE)
    if confirmed_at is None or not now - timedelta(seconds=settings.CONFIRMATION_SECONDS) < confirmed_at <= now:
        raise WrongState(NOT_CONFIRMED)


def _why_not_signatory(row: SigningIdentity) -> str:
    if is_still_signatory(row):
        return f"您现在代表的不是{row.institution.name}，请先切换到这个单位。"
    return f"您已不是{row.institution.name}的授权签约人，不能签名。"


def _counted(found: Certificate, row: SigningIdentity) -> SigningKey:
    """Count an attempt in advance and return the key. The row that lets itself be counted is the lock.

    Raises WrongState where five are counted already: it is locked, or about to be by whoever counted the fifth.
    """
    with transaction.atomic(durable=True):
        is_there = Q(kind=SigningKey.Kind.TOKEN) | ~Q(sealed=b"")
        can = SigningKey.objects.filter(is_there, certificate=found, wrong_pins__lt=MOST_WRONG)
        if can.update(wrong_pins=F("wrong_pins") + 1, tried_at=timezone.now()) != 1:
            raise WrongState(LOCKED)
        return SigningKey.objects.get(certificate=found)


@transaction.atomic(durable=True)
def _wrong(kept: SigningKey, row: SigningIdentity, *, by: User) -> WrongPin:
    """Log a wrong PIN, lock when five are counted, and return the refusal.

    The identity's row is locked first, so that of two fifths one locks and the other finds it done.
    """
    SigningIdentity.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    count = kept.wrong_pins  # as this attempt was counted
    event = events.WrongPin(identity=row.pk, person=row.person.full_name, count=count)
    append(event, by=by, subject=row.institution)
    # Not if a right one beside it has wiped the count meanwhile.
    if SigningKey.objects.filter(pk=kept.pk, wrong_pins=MOST_WRONG).exists():
        lock(row)
    return WrongPin(MOST_WRONG - count, on_token=kept.kind == SigningKey.Kind.TOKEN)


@transaction.atomic
def lock(row: SigningIdentity) -> None:
    """Lock what has had five wrong PINs, unless somebody has settled it meanwhile."""
    with suppress(WrongState):
        locked = IDENTITY.begin(row, LOCK, by=None)
        event = events.SigningLocked(identity=row.pk, person=row.person.full_name)
        announcements.locked(IDENTITY.finish(locked, LOCK, event, by=None))


def _begin_anew(row: SigningIdentity, found: Certificate) -> None:
    """A right PIN wipes the count, unless the fifth wrong one came beside it, or the person's request has ended."""
    same = SigningKey.objects.filter(certificate=found, certificate__identity__state=row.state)
    with transaction.atomic(durable=True):
        if same.update(wrong_pins=0, begun_anew=F("begun_anew") + 1) != 1:
            raise WrongState(LOCKED)


def _take_off(kept: SigningKey) -> None:
    """Take an attempt off that failed by no PIN. Where a right one has begun the count anew it is off already: what is
    counted now are other attempts, and none of them is given back."""
    own = SigningKey.objects.filter(pk=kept.pk, begun_anew=kept.begun_anew, wrong_pins__gt=0)
    with transaction.atomic(durable=True):
        own.update(wrong_pins=F("wrong_pins") - 1)


def _as_sealed(kept: SigningKey) -> Sealed:
    return Sealed(bytes(kept.sealed), bytes(kept.salt), bytes(kept.nonce), kept.cost, kept.pepper)
