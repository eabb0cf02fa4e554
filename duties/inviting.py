"""Invitations: a link with a secret, of which only the digest is kept, good for seven days and for one person."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from celery import current_app
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from audit.log import append
from audit.models import Event
from duties.granting import give, locked
from duties.models import AdministratorRequest, Invitation
from duties.permissions import grantable, looks_after, refuse_unless_grantable
from duties.places import Place, at, name_of, place_of, where
from institutions.models import Duty, Membership, memberships_in_use
from verbs.errors import WrongState

GOOD_FOR = timedelta(days=7)
SECRET_BYTES = 32
MAIL_TASK = "duties.tasks.mail_invitation"

State, Mail = Invitation.State, Invitation.Mail


@dataclass(frozen=True)
class NewAccount:
    """What somebody without an account says of themself; checked by the form."""

    username: str
    mobile: str
    email: str
    password: str = field(repr=False)


@transaction.atomic
def invite(full_name: str, duty: Duty, place: Place, *, by: User, email: str = "") -> tuple[Invitation, str]:
    """Invite somebody by name to a duty and return the invitation with its secret, which is shown once.

    An earlier invitation of the same person to the same duty ends. Raises PermissionDenied.
    """
    refuse_unless_grantable(by, duty, place)
    if full_name == by.full_name:
        raise PermissionDenied("不能邀请自己。")
    return open_invitation(full_name, duty, place, by=by, email=email)


def open_invitation(
    full_name: str, duty: Duty, place: Place, *, by: User | None, email: str = ""
) -> tuple[Invitation, str]:
    """Write an invitation after all guards, in the caller's transaction; the letter goes out after its commit.

    `by` is None only on the operator's console.
    """
    now, secret = timezone.now(), secrets.token_urlsafe(SECRET_BYTES)
    Invitation.objects.filter(full_name=full_name, duty=duty, **where(place)).cancel()
    invitation = Invitation(
        digest=_digest(secret),
        duty=duty,
        full_name=full_name,
        email=email,
        mail=Mail.QUEUED if email else Mail.NONE,
        invited_by=by,
        expires_at=now + GOOD_FOR,
        **at(place),
    )
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError:
        raise WrongState(f"刚刚已有同事邀请了{full_name}，请刷新后查看。") from None
    append(Event.INVITED, by=by, subject=place, full_name=full_name, duty=duty.value, place=name_of(place))
    if email:
        ring = partial(current_app.send_task, MAIL_TASK, [invitation.pk, secret], argsrepr="(hidden)")
        transaction.on_commit(lambda: ring(), robust=True)
    return invitation, secret


def find(secret: str) -> Invitation | None:
    """Return the invitation that a link leads to, in whatever state."""
    found = Invitation.objects.select_related("institution__region", "authority__region", "invited_by")
    return found.filter(digest=_digest(secret)).first()


def obstacle(invitation: Invitation, person: User | None) -> str:
    """Return in words why the invitation cannot be accepted, by this person if there is one; "" if it can."""
    if invitation.state == State.ACCEPTED:
        return "这份邀请已经接受过了，不能再用。已经有账号的，请直接登录。"
    if invitation.state == State.CANCELLED:
        return "这份邀请已被撤回，或已换成新的邀请。请向邀请您的人要新的链接。"
    if invitation.is_expired:
        return "这份邀请已过期（有效期七天）。请让邀请您的人重新邀请。"
    if person is not None and person.pk == invitation.invited_by_id:
        return "这是您自己发出的邀请，不能由自己接受。请把链接交给被邀请的人。"
    if person is not None and person.full_name != invitation.full_name:
        return f"这份邀请是发给{invitation.full_name}的，您现在登录的是{person.full_name}。请退出后由本人打开链接。"
    return ""


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership:
    """Accept for an existing account. Raises WrongState with the reason when that is not possible (any more)."""
    person = locked(by)
    taken = Invitation.objects.filter(pk=invitation.pk, state=State.OPEN, expires_at__gt=timezone.now())
    is_mine = not obstacle(invitation, person)
    if not is_mine or taken.update(state=State.ACCEPTED, accepted_by=person, settled_at=timezone.now()) != 1:
        invitation.refresh_from_db(fields=["state"])
        raise WrongState(obstacle(invitation, person))
    place, duty = place_of(invitation), Duty(invitation.duty)
    _refuse_unless_still_grantable(invitation, duty, place)
    append(Event.INVITATION_ACCEPTED, by=person, subject=person, place=name_of(place), duty=duty.value)
    return give(person, duty, place, by=person, invited_by=str(invitation.invited_by or "系统"))


@sensitive_variables("account")
@transaction.atomic
def accept_anew(invitation: Invitation, account: NewAccount) -> Membership:
    """Make an account for the invited person and accept. Raises WrongState as `accept` does; then no account is made.

    An IntegrityError tells that somebody took the user name or the mobile number since the form was checked.
    """
    person = User.objects.create_user(
        account.username,
        account.password,
        full_name=invitation.full_name,
        mobile=account.mobile,
        email=account.email,
    )
    return accept(invitation, by=person)


@transaction.atomic
def cancel(invitation: Invitation, *, by: User) -> bool:
    """Withdraw an invitation; False if it is settled already. Raises PermissionDenied."""
    place = place_of(invitation)
    if by.pk != invitation.invited_by_id and not looks_after(by, place):
        raise PermissionDenied("只有邀请人和这个单位的管理员可以撤回邀请。")
    if Invitation.objects.filter(pk=invitation.pk).cancel() != 1:
        return False
    facts = {"full_name": invitation.full_name, "duty": invitation.duty, "place": name_of(place)}
    append(Event.INVITATION_CANCELLED, by=by, subject=place, **facts)
    return True


def cancellable(user: User) -> QuerySet[Invitation]:
    """Return the open invitations that the person may withdraw: their own, and those of the places they look after."""
    mine = Q(invited_by=user)
    held = memberships_in_use(user).filter(duty=Duty.ADMINISTRATOR).select_related("institution", "authority")
    for each in held:
        mine |= Q(**where(place_of(each)))
    return Invitation.objects.filter(mine, state=State.OPEN).select_related("institution", "authority")


def _refuse_unless_still_grantable(invitation: Invitation, duty: Duty, place: Place) -> None:
    """Refuse what the inviter could no longer grant: duties end, and a bureau gets its first administrator once.

    A first administrator of an institution is the bureau's decision and stands, whoever wrote the invitation.
    """
    inviter = invitation.invited_by
    if inviter is None or AdministratorRequest.objects.filter(invitation=invitation).exists():
        return
    if duty not in grantable(inviter, place):
        raise WrongState("邀请您的人现在已不能授予这项职责。请向这个单位的管理员要新的邀请。")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
