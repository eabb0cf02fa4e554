"""Invitations: a link with a secret, of which only the digest is kept, good for seven days and for one person."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

import jobs
from accounts.models import User
from accounts.names import plain_name, same_name
from audit.log import append
from duties import events
from duties.granting import give, hold, locked
from duties.lifecycle import ACCEPT, CANCEL, INVITATION, SETTLED
from duties.models import AdministratorRequest, Invitation
from duties.permissions import grantable, has_administrator, misdirected, refuse_unless_grantable
from duties.places import Place, at, name_of, place_of, where
from institutions.models import Duty, Membership, memberships_in_use
from verbs.errors import NotAllowed, WrongState

GOOD_FOR = timedelta(days=7)
SECRET_BYTES = 32
MAIL_TASK = "duties.tasks.mail_invitation"
EXPIRED = "这份邀请已过期（有效期七天）。请让邀请您的人重新邀请。"

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
    """Invite somebody by name to a duty and return the invitation with its secret, which no page shows the inviter.

    An earlier invitation of the same person to the same duty ends. Raises NotAllowed to whoever may not grant it, and
    for oneself.
    """
    refuse_unless_grantable(by, duty, place)
    if same_name(full_name, by.full_name):
        raise NotAllowed("不能邀请自己。")
    return open_invitation(full_name, duty, place, by=by, email=email)


@transaction.atomic
def invite_first_administrator(full_name: str) -> tuple[Invitation, str]:
    """Invite the platform's first administrator from the operator's console: before there is one, nobody else can.

    Raises NotAllowed once there is one whose holder is confirmed.
    """
    if has_administrator(None, effective_only=True):
        raise NotAllowed("已有平台管理员，请由他们在“平台管理”里邀请。")
    return open_invitation(full_name, Duty.ADMINISTRATOR, None, by=None)


def open_invitation(
    full_name: str, duty: Duty, place: Place, *, by: User | None, email: str = "", digest: str = ""
) -> tuple[Invitation, str]:
    """Write an invitation after all guards, in the caller's transaction; the letter goes out after its commit.

    `by` is None only for `invite_first_administrator`. The name is kept as `plain_name` spells it, whoever calls: that
    one person has one open invitation to a duty, the database knows by it. `digest` is that of a secret which the
    invited person has already; the one that is returned then leads nowhere.
    """
    full_name = plain_name(full_name)
    now, secret = timezone.now(), secrets.token_urlsafe(SECRET_BYTES)
    Invitation.objects.filter(full_name=full_name, duty=duty, **where(place)).cancel()
    invitation = Invitation(
        digest=digest or digest_of(secret),
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
    append(events.Invited(full_name=full_name, duty=duty, place=name_of(place)), by=by, subject=place)
    if email:
        jobs.call_on_commit(MAIL_TASK, invitation.pk)
    return invitation, secret


@sensitive_variables("secret")
@transaction.atomic
def print_letter(invitation: Invitation, *, by: User, secret: str = "") -> str:
    """Give the invitation a new secret for a sealed letter and return it; whatever led to it before is void.

    `secret` is one that nobody can guess, by default a new one. Raises NotAllowed to all but the inviter, so that
    nobody else comes to know a secret and may still confirm who used it; WrongState when it cannot be accepted.
    """
    row = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if row.invited_by_id != by.pk:
        raise NotAllowed("密封信只能由发出邀请的人打印。您可以撤回这份邀请，另外发出一份。")
    if told := obstacle(row, None):
        raise WrongState(told)
    is_again, secret = row.printed_at is not None, secret or secrets.token_urlsafe(SECRET_BYTES)
    row.digest, row.printed_at = digest_of(secret), timezone.now()
    row.mail = Mail.NONE if row.mail == Mail.QUEUED else row.mail  # the letter's secret is the only one from now on
    row.save(update_fields=["digest", "printed_at", "mail"])
    place = place_of(row)
    event = events.LetterPrinted(full_name=row.full_name, duty=Duty(row.duty), place=name_of(place), is_again=is_again)
    append(event, by=by, subject=place)
    return secret


@sensitive_variables("secret")
def renewed_for_mail(invitation: Invitation) -> str | None:
    """Give an invitation that waits for its e-mail a new secret and return it; None if it waits no more."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    waiting = Invitation.objects.waiting().filter(pk=invitation.pk, mail=Mail.QUEUED)
    return secret if waiting.update(digest=digest_of(secret)) else None


def find(secret: str) -> Invitation | None:
    """Return the invitation that a link leads to, in whatever state."""
    found = Invitation.objects.select_related("institution__region", "authority__region", "invited_by")
    return found.filter(digest=digest_of(secret)).first()


def obstacle(invitation: Invitation, person: User | None) -> str:
    """Return in words why the invitation cannot be accepted, by this person if there is one; "" if it can."""
    if invitation.state in SETTLED:
        return SETTLED[State(invitation.state)]
    if invitation.is_expired:
        return EXPIRED
    return misdirected(person, invitation) if person is not None else ""


def note_opened(invitation: Invitation, person: User) -> None:
    """Keep that somebody opened the link signed in to an account: it may no longer say who holds the duty."""
    invitation.opened_by.add(person)


@transaction.atomic
def accept(invitation: Invitation, *, by: User) -> Membership:
    """Accept for an existing account.

    Raises WrongState with the reason when that is not possible any more, NotAllowed to anybody but the invited person.
    """
    person = locked(by)
    if told := misdirected(person, invitation):  # neither name nor inviter ever changes: it needs no lock
        raise NotAllowed(told)
    hold(place_of(invitation))  # before the invitation, as whoever closes a bureau holds them
    row = INVITATION.begin(invitation, ACCEPT, by=person)
    if row.is_expired:
        raise WrongState(EXPIRED)
    place, duty = place_of(row), Duty(row.duty)
    _refuse_unless_still_grantable(row, duty, place)
    writes = {"accepted_by": person, "settled_at": timezone.now()}
    event = events.InvitationAccepted(place=name_of(place), duty=duty)
    INVITATION.finish(row, ACCEPT, event, by=person, writes=writes)
    inviter = row.invited_by
    return give(person, duty, place, by=person, giver=inviter, invited_by=str(inviter or "系统"))


@sensitive_variables("account")
@transaction.atomic
def accept_anew(invitation: Invitation, account: NewAccount) -> Membership:
    """Make an account for the invited person and accept. Raises as `accept` does; then no account is made.

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
    """Withdraw an invitation; False if it is settled already. Raises NotAllowed, see `can_withdraw`."""
    try:
        row = INVITATION.begin(invitation, CANCEL, by=by)
    except WrongState:
        return False
    place = name_of(place_of(row))
    event = events.InvitationCancelled(full_name=row.full_name, duty=Duty(row.duty), place=place)
    INVITATION.finish(row, CANCEL, event, by=by, writes={"settled_at": timezone.now()})
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


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
