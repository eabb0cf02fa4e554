"""Whether a duty is held by whom it was given to: a second person sees them, before it counts.

The person who is seen shows a code of their own account: so what is confirmed is who uses it, and not only that
somebody of that name exists.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, QuerySet, TextChoices
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.debug import sensitive_variables

from accounts import identities, second_factor
from accounts.models import User, bare_number
from audit.log import append
from duties import announcements, events, one_person
from duties.confirmers import waiting_for
from duties.granting import locked, right_lost
from duties.lifecycle import CONFIRM_AT_CONSOLE, CONFIRM_HOLDER, DOUBT, HOLDING
from duties.places import name_of, place_of, where
from institutions.models import Duty, Membership
from verbs.errors import NotAllowed, Unacceptable, WrongState

CODE_LENGTH = 8  # about 39 bits, for whoever is shown it on another's screen
OTHERS = "等待确认的职责在您打开这一页以后有增减。上面列的是现在的，请看过以后再确认。"
GONE = "这项职责刚刚已被解除，或已由同事确认，请返回列表查看。"


class Seen(TextChoices):
    """By what the holder proved face to face who they are."""

    IDENTITY_CARD = "居民身份证", "居民身份证"
    OTHER = "其他有照片的证件", "其他有照片的证件（护照、军官证、工作证等）"


@dataclass(frozen=True)
class Look:
    """What the confirmer saw and was told, face to face."""

    seen: str
    mobile: str
    code: str = field(repr=False)


@sensitive_variables("letters")
def code_of(user: User) -> str:
    """Return what the waiting holder's own page shows: of this password and this device only."""
    proof = f"{user.pk}/{user.password}/{second_factor.device_of(user)}"
    left = int.from_bytes(salted_hmac("duties.holder", proof, algorithm="sha256").digest())
    letters = []
    for _ in range(CODE_LENGTH):
        left, place = divmod(left, len(second_factor.ALPHABET))
        letters.append(second_factor.ALPHABET[place])
    return second_factor.grouped("".join(letters))


def faults(user: User, look: Look) -> dict[str, str]:
    """Return what of a look does not fit the person's account, by the name of its field."""
    found = {}
    if look.seen not in Seen.values:
        found["seen"] = "请选择看过哪一种证件。"
    if user.mobile and bare_number(look.mobile) != user.mobile:
        found["mobile"] = "与这个账号登记的手机号不一样。请当面问本人；确实不一样的，不要确认。"
    letters = "".join(letter for letter in look.code.upper() if letter.isalnum())
    if not constant_time_compare(letters, code_of(user).replace("-", "")):
        found["code"] = "确认码不对。请看对方登录后页面上显示的确认码；改过密码或换过手机的，确认码也会变。"
    return found


def confirmed_together(membership: Membership, by: User) -> list[Membership]:
    """Return the duties that begin to count when `by` confirms this one: it, and what else waits for the same person at
    the same place."""
    rest = waiting_for(by).filter(user=membership.user, **where(place_of(membership))).exclude(pk=membership.pk)
    return [membership, *rest]


@transaction.atomic
def confirm(
    membership: Membership, look: Look, *, by: User, browser: str = "", shown: frozenset[int] | None = None
) -> list[Membership]:
    """Confirm who holds a waiting duty, and with it the others that wait for the same person at the same place.

    `browser` is the digest of what the confirmer's browser keeps (`browsers.brought_by`), `shown` the keys of the
    duties that their page named, None where nobody looks. Raises WrongState when it waits no more, NotAllowed to
    whoever may not or is plainly the holder, and Unacceptable for a look that does not fit the account, and for other
    duties than were shown.
    """
    person = locked(membership.user)
    asked = _begun(membership, by)
    if told := one_person.why_not_seen_by(person, by, browser=browser):
        raise NotAllowed(told)
    for name, told in faults(person, look).items():
        raise Unacceptable(told, name)
    together = confirmed_together(asked, by)
    if shown is not None and shown != {each.pk for each in together}:
        raise Unacceptable(OTHERS)
    rows = [asked, *(HOLDING.begin(each, CONFIRM_HOLDER, by=by) for each in together[1:])]
    return [_confirmed(row, look.seen, by=by) for row in rows]


@transaction.atomic
def confirm_at_console(username: str, look: Look) -> Membership:
    """Confirm an administrator of the platform where nobody on the platform can, from the operator's console.

    Raises WrongState where somebody else confirms or nothing waits, Unacceptable for a look that does not fit.
    """
    held = Membership.objects.waiting().filter(duty=Duty.ADMINISTRATOR, user__username=username, **where(None))
    membership = held.select_related("user").first()
    if membership is None:
        raise WrongState(f"没有用户名为 {username}、等待确认的平台管理员。")
    person = locked(membership.user)
    row = HOLDING.begin(membership, CONFIRM_AT_CONSOLE, by=None)
    for told in faults(person, look).values():
        raise Unacceptable(told)
    return _confirmed(row, look.seen, by=None)


@transaction.atomic
def decline(membership: Membership, *, by: User, reason: str) -> None:
    """Say that the holder is not who was meant: what waits for them at the place ends. Raises as `confirm` does."""
    person = locked(membership.user)
    asked = _begun(membership, by)
    place = place_of(asked)
    for row in [asked, *waiting_for(by).filter(user=person, **where(place)).exclude(pk=asked.pk)]:
        event = events.HolderDeclined(place=name_of(place), duty=Duty(row.duty), granted_by=_giver(row), reason=reason)
        append(event, by=by, subject=person)
        announcements.declined(row, by=by, reason=reason)
        row.delete()
    _clear_doubt(person)


def doubt(person: User, *, by: User) -> None:
    """Let the duties of a locked person wait again: `by` has just given them new access to their account.

    Inside the caller's transaction. What waited for somebody else's decision goes on waiting for it.
    """
    User.objects.filter(pk=person.pk).update(doubted_since=timezone.now())
    undone = {"granted_by": by, "confirmed_by": None, "confirmed_at": None, "seen": ""}
    person.memberships.waiting().filter(granted_by=None).update(granted_by=by)
    for held in person.memberships.effective().order_by("pk"):
        row = HOLDING.begin(held, DOUBT, by=None)
        event = events.HolderDoubted(place=name_of(place_of(row)), duty=Duty(row.duty))
        HOLDING.finish(row, DOUBT, event, by=by, writes=undone)
    right_lost(person)
    for row in waiting_of(person):
        announcements.waits(row)


def waiting_of(user: User) -> QuerySet[Membership]:
    """Return the person's own duties whose holder nobody has confirmed."""
    return user.memberships.waiting().select_related("granted_by", "institution__region", "authority__region")


def in_force_of(user: User) -> QuerySet[Membership]:
    """Return the person's own duties that count, what was confirmed last first."""
    held = user.memberships.effective().select_related("confirmed_by", "institution", "authority")
    return held.order_by(F("confirmed_at").desc(nulls_last=True), "pk")


def _begun(membership: Membership, by: User) -> Membership:
    # What waits for the person there, in the order in which whoever ends duties locks those of a place.
    there = Membership.objects.waiting().filter(user=membership.user, **where(place_of(membership)))
    list(there.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))
    try:
        return HOLDING.begin(membership, CONFIRM_HOLDER, by=by)
    except Membership.DoesNotExist:
        raise WrongState(GONE) from None


def _confirmed(row: Membership, seen: str, *, by: User | None) -> Membership:
    step = CONFIRM_AT_CONSOLE if by is None else CONFIRM_HOLDER
    event = events.HolderConfirmed(place=name_of(place_of(row)), duty=Duty(row.duty), granted_by=_giver(row), seen=seen)
    writes = {"confirmed_by": by, "confirmed_at": timezone.now(), "seen": seen}
    if not row.user.memberships.effective().exists():
        identities.forget(row.user, by=by)  # whoever had the account before its holder may have linked their own
    row = HOLDING.finish(row, step, event, by=by, writes=writes)
    _clear_doubt(row.user)
    announcements.confirmed(row, by=by)
    return row


def _giver(row: Membership) -> str | None:
    return row.granted_by.full_name if row.granted_by else None


def _clear_doubt(person: User) -> None:
    if not person.memberships.waiting().exists():
        User.objects.filter(pk=person.pk).update(doubted_since=None)
