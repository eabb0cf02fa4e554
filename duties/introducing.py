"""The code (申请码) on a letter to an institution that has nobody here: its application says by it whence it came.

The code opens nothing: who has it fills in the form that is open to everybody, and the bureau looks at the licence as
always. It is made anew for each printing from what is kept and the key of this installation, so that the same letter
printed twice carries the same code, and nobody who reads the database has it.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.second_factor import grouped
from chinese.dates import cn_day
from duties.announcements import responsible_for
from duties.claims import code_made_of
from duties.models import AdministratorRequest, Introduction, Invitation
from institutions.models import Duty, Institution, Membership
from institutions.models.membership import MembershipQuerySet

GOOD_FOR = timedelta(days=90)
STILL_WORTH_PRINTING = timedelta(days=30)  # with fewer days left a letter gets a code of its own
# One answer to whatever cannot be used: nobody learns which codes there are.
NOT_USABLE = "这个申请码不能用：可能抄错了、过了有效期，或者已经用它申请过、开通了。"

State = AdministratorRequest.State


@dataclass(frozen=True)
class Printed:
    """A code as it stands on the letter, and its last day."""

    code: str = field(repr=False)
    until: date


@sensitive_variables("code")
def introduce(institution: Institution, *, sender: str, about: str, by: User) -> Printed | None:
    """Return the code for a letter of `sender` about an agreement; None where somebody can sign in already.

    The same as on the last letter, while that has long enough to run. Earlier letters stay good to their own day.
    Inside the transaction of whoever writes the letter, who answers for the right to.
    """
    if has_anybody(institution):
        return None
    worth_it = timezone.localdate() + STILL_WORTH_PRINTING
    last = _of(institution, about).filter(expires_on__gte=worth_it).first()
    if last is not None and _digest(code := _code(last.seed)) == last.digest:  # else the key is another one since
        return Printed(code, last.expires_on)
    seed = secrets.token_hex(32)
    code = _code(seed)
    row = Introduction(institution=institution, sender=sender, about=about, seed=seed, digest=_digest(code))
    row.issued_by, row.expires_on = by, timezone.localdate() + GOOD_FOR
    row.save()
    return Printed(code, row.expires_on)


@sensitive_variables()
def opened_by(typed: str) -> Introduction | None:
    """Return what a code introduces, however it was copied; None for every code that cannot be used, whyever.

    One with which somebody applies is used, until the bureau says no or the invitation comes to nothing.
    """
    found = Introduction.objects.select_related("institution__region").filter(digest=_digest(typed)).first()
    return found if found is not None and is_open(found) else None


def unused(institution: Institution, key: str) -> Introduction | None:
    """Return the institution's introduction of this key ("" for none) unless somebody has applied by it meanwhile.

    The institution's row is locked: none slips past beside.
    """
    found = institution.introductions.filter(pk=key).first() if key else None
    return found if found is not None and not _is_used(found) else None


def spelled(typed: str) -> str:
    """Return a code as it is printed, however it was copied; of anything else its letters and digits."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return grouped("".join(letter for letter in plain if letter.isascii() and letter.isalnum()))


def is_open(found: Introduction) -> bool:
    """Return whether its code can be used today."""
    is_late = found.expires_on < timezone.localdate()
    is_closed = found.institution.status == Institution.Status.CLOSED
    return not (is_late or is_closed or has_anybody(found.institution) or _is_used(found))


def has_anybody(institution: Institution) -> bool:
    """Return whether anybody who can sign in holds a duty there, or will when their holder is confirmed."""
    return _held(institution).exists()


def with_anybody(institutions: Iterable[Institution]) -> frozenset[int]:
    """Return the keys of those of which `has_anybody` is true, in one query."""
    return frozenset(_held(*institutions).values_list("institution", flat=True))


def standing(institution: Institution, about: str) -> str:
    """Return in a sentence how far an institution without people has come, for the other side of an agreement; or "".

    It tells of what came by the letters about this agreement alone, and names nobody.
    """
    asked = _requests(institution, about).order_by("-pk").first()
    held = list(_held(institution))
    if held:
        return _begun(held) if asked else ""
    bureau = str(responsible_for(institution) or "主管部门")
    if asked is None:
        return _not_asked(institution, about, bureau)
    match State(asked.state):
        case State.WAITING:
            return f"对方已申请开通，待{bureau}核实。"
        case State.REFUSED:
            return f"对方的申请没有通过{bureau}核实。请联系对方，补齐材料后凭函上的申请码再申请。"
    if _invited(asked):
        return f"{bureau}已核实对方的申请，等对方的管理员接受邀请、建立账号。"
    return f"{bureau}核实过对方的申请，但邀请没有被接受。请联系对方，凭函上的申请码重新申请。"


def introduced_to(institution: Institution) -> list[Introduction]:
    """Return by what an institution's people came, while none of them is a clerk: nobody sees the agreements yet."""
    if _held(institution).filter(duty=Duty.CLERK).exists():
        return []
    came = institution.introductions.filter(requests__state=State.CONFIRMED)
    return list(came.order_by("about", "-pk").distinct("about"))


def _begun(held: list[Membership]) -> str:
    if not any(each.is_effective for each in held):
        return "对方的管理员已建立账号，等当面确认本人后生效。"
    has_clerk = any(each.duty == Duty.CLERK for each in held)
    return "对方已开通，有经办人可以登录办理。" if has_clerk else "对方已开通，管理员还要邀请经办人来办理。"


def _not_asked(institution: Institution, about: str, bureau: str) -> str:
    told = "对方还没有人能登录，看不到这份协议，也收不到催办。"
    last = _of(institution, about).filter(expires_on__gte=timezone.localdate()).first()
    if last is None:
        return f"{told}请打印给对方的函：函上有申请码，对方凭它申请开通，由{bureau}核实。"
    until = cn_day(last.expires_on)
    return f"{told}给对方的函上有申请码，{until}前可以用；需要时可以再打印，先前寄出的不会作废。对方还没有申请。"


def _is_used(found: Introduction) -> bool:
    asked = _requests(found.institution, found.about)
    good = Q(invitation__state=Invitation.State.OPEN, invitation__expires_at__gt=timezone.now())
    return asked.filter(Q(state=State.WAITING) | Q(state=State.CONFIRMED) & good).exists()


def _invited(asked: AdministratorRequest) -> bool:
    return Invitation.objects.waiting().filter(request=asked).exists()


def _requests(institution: Institution, about: str) -> QuerySet[AdministratorRequest]:
    return institution.administrator_requests.filter(introduction__about=about)


def _of(institution: Institution, about: str) -> QuerySet[Introduction]:
    return institution.introductions.filter(about=about).order_by("-expires_on", "-pk")


def _held(*institutions: Institution) -> MembershipQuerySet:
    return Membership.objects.filter(institution__in=institutions, user__is_active=True)


def _code(seed: str) -> str:
    return code_made_of("duties.introduction.code", seed)


def _digest(code: str) -> str:
    return salted_hmac("duties.introduction.digest", spelled(code), algorithm="sha256").hexdigest()
