"""What may become of signing identities and seals, and through whom, as data."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from chinese.dates import cn_day
from sealing import events
from sealing.models import Seal, SigningIdentity
from sealing.models.identity import ON_THE_WAY, WITH_KEY, State
from sealing.models.seal import State as Put
from sealing.permissions import (
    confirms,
    confirms_seal,
    is_legal_representative,
    is_theirs,
    keeps_register_of_seals,
    needs_voucher,
    refuses,
    revokes,
    vouches,
)
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

OfIdentity = Transition[State, User, SigningIdentity]
ANOTHER_REPRESENTS = (
    "这份申请是以法定代表人身份提出的，没有授权委托书；现在登记的法定代表人不是{person}。"
    "请撤回这份申请，凭授权委托书重新申请；登记有误的，请本机构的管理员先更正。"
)
MANDATE_OVER = "授权委托书已于{until}到期。请撤回这份申请，凭新的授权委托书重新申请。"


def not_founded(row: SigningIdentity) -> str:
    """Return in words why what a request rests on is no more: the registered name, or the mandate's last day."""
    if row.is_legal_representative and not is_legal_representative(row.person, row.institution):
        return ANOTHER_REPRESENTS.format(person=row.person.full_name)
    if row.mandate_until is not None and not row.is_mandated_on(timezone.localdate()):
        return MANDATE_OVER.format(until=cn_day(row.mandate_until))
    return ""


def _not_vouched_or_founded(row: SigningIdentity) -> str:
    if row.state == State.CONFIRMED and needs_voucher(row.institution):
        return "本地区要求主管部门先核实签约人，核实后才能设置签名密码。"
    return not_founded(row)


def _needs_no_voucher_or_not_founded(row: SigningIdentity) -> str:
    if not needs_voucher(row.institution):
        return "本地区不要求主管部门核实，本人现在就可以设置签名密码。"
    return not_founded(row)


CONFIRM = OfIdentity(
    "confirm",
    "确认",
    frozenset({State.REQUESTED}),
    State.CONFIRMED,
    events.SigningConfirmed,
    confirms,
    not_while=not_founded,
)
VOUCH = OfIdentity(
    "vouch",
    "核实",
    frozenset({State.CONFIRMED}),
    State.VOUCHED,
    events.SigningVouched,
    vouches,
    not_while=_needs_no_voucher_or_not_founded,
)
REFUSE = OfIdentity(
    "refuse",
    "不予确认",
    frozenset({State.REQUESTED, State.CONFIRMED}),
    State.REFUSED,
    events.SigningRefused,
    refuses,
)
WITHDRAW = OfIdentity("withdraw", "撤回申请", frozenset(ON_THE_WAY), State.ENDED, events.SigningWithdrawn, is_theirs)
ACTIVATE = OfIdentity(
    "activate",
    "设置签名密码",
    frozenset({State.CONFIRMED, State.VOUCHED}),
    State.ACTIVE,
    events.SigningActivated,
    is_theirs,
    not_while=_not_vouched_or_founded,
)
LOCK = OfIdentity("lock", "锁定", frozenset({State.ACTIVE}), State.LOCKED, events.SigningLocked, None)
REVOKE = OfIdentity("revoke", "吊销", frozenset(WITH_KEY), State.REVOKED, events.SigningRevoked, revokes)
REVOKE_BY_CLOCK = OfIdentity("revoke_by_clock", "吊销", frozenset(WITH_KEY), State.REVOKED, events.SigningRevoked, None)
END = OfIdentity("end", "结束", frozenset({*ON_THE_WAY, *WITH_KEY}), State.ENDED, events.SigningEnded, None)

IDENTITY: Lifecycle[State, User, SigningIdentity] = Lifecycle(
    "signing identity",
    "这个签约人身份",
    State,
    (CONFIRM, VOUCH, REFUSE, WITHDRAW, ACTIVATE, LOCK, REVOKE, REVOKE_BY_CLOCK, END),
    lambda: SigningIdentity.objects.with_facts(),
    subject=lambda row: row.institution,
    rules="""\
- **Ask.** By a signatory for themself: the legal representative by name, anybody else with a mandate. One request and
  one key at a time for a person, institution and level.
- **Confirm.** By another person: an administrator of the institution; where there is no other, the bureau. On the level
  `agreed` the institution's consent is recorded with it.
- **Vouch.** Where the scheme asks for it (`signing_vouched_by`), by a third person.
- **Activate.** With a PIN that nobody else knows; ends the key that the person had before.
- **Lock.** By the fifth wrong PIN in a row; nothing unlocks it. A forgotten PIN is a new request, and the old
  certificate is revoked at once.
- **End.** By the clock when certificate or mandate has run out, by the next key of the same person.
""",
)

OfSeal = Transition[Put, User, Seal]
CONFIRM_SEAL = OfSeal("confirm", "确认", frozenset({Put.REGISTERED}), Put.IN_USE, events.SealConfirmed, confirms_seal)
REFUSE_SEAL = OfSeal("refuse", "不予确认", frozenset({Put.REGISTERED}), Put.REFUSED, events.SealRefused, confirms_seal)
SUSPEND = OfSeal(
    "suspend", "暂停使用", frozenset({Put.IN_USE}), Put.SUSPENDED, events.SealSuspended, keeps_register_of_seals
)
RESUME = OfSeal(
    "resume", "恢复使用", frozenset({Put.SUSPENDED}), Put.IN_USE, events.SealResumed, keeps_register_of_seals
)
DESTROY = OfSeal(
    "destroy",
    "登记销毁",
    frozenset({Put.IN_USE, Put.SUSPENDED}),
    Put.DESTROYED,
    events.SealDestroyed,
    keeps_register_of_seals,
)
SEAL: Lifecycle[Put, User, Seal] = Lifecycle(
    "seal",
    "这枚印章",
    Put,
    (CONFIRM_SEAL, REFUSE_SEAL, SUSPEND, RESUME, DESTROY),
    lambda: Seal.objects.select_related("institution__region", "keeper", "picture", "registered_by"),
    subject=lambda row: row.institution,
    rules="""\
- **Register.** By an administrator of the institution, with a picture and a keeper.
- **Confirm.** By an administrator, a leader or a signatory who neither registered nor keeps it; then it is in use.
- **Use.** By its keeper, or by whoever an authorisation names that holds; every use is a row that nobody changes.
- **Suspend, destroy.** With a reason; what was destroyed stays in the register.
""",
)
