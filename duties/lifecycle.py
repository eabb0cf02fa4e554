"""What may become of an invitation and of a request to look after an institution, and through whom, as data."""

from __future__ import annotations

from accounts.models import User
from duties import events
from duties.confirmers import confirmers_of, may_confirm
from duties.models import AdministratorRequest, Invitation
from duties.permissions import can_withdraw, decides, is_meant_for
from duties.places import place_of
from institutions.models import Membership
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

Invited = Invitation.State
OfInvitation = Transition[Invited, User, Invitation]
ACCEPT = OfInvitation(
    "accept", "接受", frozenset({Invited.OPEN}), Invited.ACCEPTED, events.InvitationAccepted, is_meant_for
)
CANCEL = OfInvitation(
    "cancel", "撤回", frozenset({Invited.OPEN}), Invited.CANCELLED, events.InvitationCancelled, can_withdraw
)
SETTLED = {
    Invited.ACCEPTED: "这份邀请已经接受过了，不能再用。已经有账号的，请直接登录。",
    Invited.CANCELLED: "这份邀请已被撤回，或已换成新的邀请。请向邀请您的人要新的链接。",
}

INVITATION: Lifecycle[Invited, User, Invitation] = Lifecycle(
    "invitation",
    "这份邀请",
    Invited,
    (ACCEPT, CANCEL),
    lambda: Invitation.objects.select_related("institution__region", "authority__region", "invited_by"),
    subject=lambda row: row.accepted_by or place_of(row),
    rules="""\
- **Invite.** By whoever may grant the duty. An earlier invitation of the same person to the same duty is cancelled by
  it, and so are those of an administrator who leaves or whose account is suspended.
- **Accept.** Within seven days, and only what the inviter could still grant.
""",
    wrong=lambda row, _: SETTLED[Invited(row.state)],
)

Asked = AdministratorRequest.State
OfRequest = Transition[Asked, User, AdministratorRequest]
CONFIRM = OfRequest(
    "confirm", "确认", frozenset({Asked.WAITING}), Asked.CONFIRMED, events.AdministratorConfirmed, decides
)
REFUSE = OfRequest(
    "refuse", "不予确认", frozenset({Asked.WAITING}), Asked.REFUSED, events.AdministratorRefused, decides
)

REQUEST: Lifecycle[Asked, User, AdministratorRequest] = Lifecycle(
    "administrator request",
    "这份申请",
    Asked,
    (CONFIRM, REFUSE),
    lambda: AdministratorRequest.objects.select_related("institution__region"),
    subject=lambda row: row.institution,
    rules="""\
- **Ask.** By anybody, without an account, with a scan of the licence; the same person asking twice asks once. With the
  code of a partner's letter or without one: of those that came by one letter one at most waits.
- **Confirm.** Invites the applicant as the institution's administrator.
""",
    wrong=lambda row, _: "这份申请已由同事处理，请刷新后查看结果。",
)

Holding = Membership.State
OfHolding = Transition[Holding, User, Membership]


def _not_the_consoles(row: Membership) -> str:
    """Return why the operator's console does not confirm a holder: somebody on the platform can."""
    if place_of(row) is not None or confirmers_of(row):
        return "运维人员只确认平台自己的职责，并且只在没有平台管理员可以确认的时候。"
    return ""


CONFIRM_HOLDER = OfHolding(
    "confirm", "确认本人", frozenset({Holding.WAITING}), Holding.EFFECTIVE, events.HolderConfirmed, may_confirm
)
CONFIRM_AT_CONSOLE = OfHolding(
    "confirm_at_console",
    "在服务器上确认本人",
    frozenset({Holding.WAITING}),
    Holding.EFFECTIVE,
    events.HolderConfirmed,
    None,
    not_while=_not_the_consoles,
)
DOUBT = OfHolding("doubt", "要求重新确认", frozenset({Holding.EFFECTIVE}), Holding.WAITING, events.HolderDoubted, None)

HOLDING: Lifecycle[Holding, User, Membership] = Lifecycle(
    "duty of a person",
    "这项职责",
    Holding,
    (CONFIRM_HOLDER, CONFIRM_AT_CONSOLE, DOUBT),
    lambda: Membership.objects.select_related("user", "granted_by", "institution__region", "authority__region"),
    subject=lambda row: row.user,
    rules="""\
- **Give.** By accepting an invitation, or by an administrator to somebody who has an account. It waits unless the
  person is known at the place already: holds a duty there that counts.
- **Confirm.** By neither the giver nor the holder (`duties/confirmers.py`); the row keeps who and what was seen.
  Declining ends the duty, as ending does: its row goes, the log keeps it.
- **Doubt.** With a password issued or a second factor reset by somebody else.
""",
    wrong=lambda row, _: "这项职责已由同事确认，请刷新后查看。",
)
