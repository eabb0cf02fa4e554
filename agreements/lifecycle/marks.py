"""What is to be known of the parties as they are today: lapsed, suspended, closed, renamed. It changes no state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from agreements.models import Agreement
from agreements.models.states import AGREED_AND_LIVING
from chinese.dates import cn_day
from institutions.models import Institution, Role
from institutions.validity import Validity, last_day_of, validity_of


@dataclass(frozen=True)
class Mark:
    """`word` for a list, `sentence` for the agreement's page."""

    word: str
    sentence: str


def party_marks(agreement: Agreement, on: date) -> list[Mark]:
    """Return what speaks against a party of an agreement that is final or in force. It reads profiles only."""
    if agreement.state not in AGREED_AND_LIVING:
        return []
    return [mark for role in Role if (party := agreement.party(role)) for mark in _marks(role, party, on)]


def renamings(agreement: Agreement) -> list[str]:
    """Return a sentence for each party that is called otherwise than the text, or than when the draft was begun."""
    parties = ((role, agreement.party(role)) for role in Role)
    return [sentence for role, party in parties if party for sentence in _renamed(agreement, role, party)]


def _marks(role: Role, party: Institution, on: date) -> Iterator[Mark]:
    if party.status == Institution.Status.CLOSED:
        since = f"已于{cn_day(party.closed_on)}" if party.closed_on else "已"
        yield Mark("机构已关闭", f"{role.label}（{party.name}）{since}关闭。协议没有因此终止，请双方商量如何处理。")
    elif party.status == Institution.Status.SUSPENDED:
        since = f"自{cn_day(party.suspended_on)}起" if party.suspended_on else "已"
        yield Mark("机构已暂停", f"{role.label}（{party.name}）{since}暂停服务。")
    if validity_of(party, on) is Validity.LAPSED:
        what = "执业许可证" if role is Role.MEDICAL else "养老机构备案"
        ended = cn_day(last_day_of(party))
        yield Mark(f"{what}失效", f"{role.label}（{party.name}）的{what}已于{ended}失效，请督促续期。")


def _renamed(agreement: Agreement, role: Role, party: Institution) -> Iterator[str]:
    if agreement.is_frozen:
        frozen = agreement.party_name(role)
        if frozen != party.name:
            yield f"{role.label}现名“{party.name}”；协议仍使用定稿时的名称“{frozen}”，继续有效。"
        return
    since = party.past_names.filter(recorded_at__gte=agreement.created_at).first() if party.former_names else None
    if since is not None:
        day = cn_day(since.used_until)
        yield f"{role.label}已由“{since.name}”更名为“{party.name}”（{day}）。文本已改用新名称，请核对印章和落款。"
