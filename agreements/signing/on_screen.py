"""How far signing on screen has come, for both sides' pages: who signed when, and who still can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from agreements.lifecycle.paper import SIGNED_ON
from agreements.lifecycle.ways import turn_on_screen, waits_for_the_other
from agreements.lifecycle.windows import window_of
from agreements.models import Agreement, Signature, SigningWindow
from agreements.models.handwriting import Handwritten
from agreements.models.states import BEING_SIGNED
from agreements.models.ways import Way
from agreements.permissions import side_signed_for
from institutions.models import Role
from institutions.reaching import signatories_by_institution
from sealing.models import Level
from verbs.errors import WrongState


@dataclass(frozen=True)
class OnScreenSide:
    """One side that signs on screen. `who` names who signed, on whose behalf where that is another; "" before."""

    name: str
    on: date | None
    who: str
    level: str
    seal: str
    handwriting: str  # of which kind, "" without any
    has_signatory: bool
    is_later: bool  # whether the other side signs first and has not


@dataclass(frozen=True)
class OnScreen:
    """`is_all`: both sides do, and there is no paper."""

    sides: list[OnScreenSide]
    window: SigningWindow | None
    is_all: bool


def on_screen_of(agreement: Agreement) -> OnScreen | None:
    """Return how far it has come, None where both sides sign on paper."""
    ways = agreement.frozen.ways if agreement.frozen else {}
    roles = [role for role in Role if ways.get(role) is Way.ELECTRONIC]
    if not roles:
        return None
    signed = {row.role: row for row in agreement.signatures.current().filter(kind=Way.ELECTRONIC)}
    people = signatories_by_institution(party.pk for role in roles if (party := agreement.party(role)) is not None)
    sides = [_side(agreement, role, signed.get(role), people) for role in roles]
    return OnScreen(sides, window_of(agreement), len(roles) == len(Role))


def may_sign_here(user: User, agreement: Agreement) -> bool:
    """Whether the person is a signatory of a side whose turn it is to sign on screen."""
    return agreement.state in BEING_SIGNED and side_signed_for(user, agreement) in turn_on_screen(agreement)


def refuse_not_signed_here(user: User, agreement: Agreement) -> Role:
    """Return for which side the person signs on screen now. Raises WrongState with what else is to be done."""
    if agreement.state not in BEING_SIGNED or agreement.frozen is None:
        raise WrongState(f"这份协议现在是“{agreement.state_words}”，没有等您签署的文本。")
    side = side_signed_for(user, agreement)
    if side is None:
        raise WrongState("您是双方的签约人。请先在右上角切换到您要代表的机构，再打开这一页。")
    if agreement.frozen.ways[side] is not Way.ELECTRONIC:
        raise WrongState(f"{agreement.party_name(side)}选择了在纸上签章，不在这里签署。")
    if getattr(agreement, SIGNED_ON[side]) is not None:
        raise WrongState(f"{agreement.party_name(side)}已经签署，不需要再签。")
    return side


def _side(agreement: Agreement, role: Role, row: Signature | None, people: Mapping[int, list[int]]) -> OnScreenSide:
    party = agreement.party(role)
    proof = row.proof if row else {}
    return OnScreenSide(
        name=agreement.party_name(role),
        on=row.day if row else None,
        who=proof.get("words") or (row.signatory_name if row else ""),
        level=Level(proof["level"]).label if row else "",
        seal=proof.get("seal", ""),
        handwriting=Handwritten(hand["kind"]).label if (hand := proof.get("handwriting")) else "",
        has_signatory=bool(party and people.get(party.pk)),
        is_later=waits_for_the_other(agreement) is role,
    )
