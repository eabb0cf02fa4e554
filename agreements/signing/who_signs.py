"""With what a person can sign for an institution now, and what they lack, with the way to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from accounts.second_factor import has_device
from agreements.signing.ceremony_forms import PenForm
from institutions.models import Institution
from sealing.lifecycle import ACTIVATE, IDENTITY
from sealing.models import SigningIdentity
from sealing.models.identity import ON_THE_WAY, WITH_KEY
from sealing.opening import why_closed
from sealing.permissions import may_bring_into_force

LOCKED = (
    "签名密码连续输错 5 次，已经锁定，不能解开。请换发证书，由另一位人员确认以后，您设置新的签名密码；已签的不受影响。"
)


@dataclass(frozen=True)
class WhyNot:
    """What stands in the way of somebody's signature, and where it is mended."""

    words: str
    act: str
    url: str


def usable_identities(user: User, institution: Institution) -> list[SigningIdentity]:
    """Return the person's own that hold a key which is not locked, the one of most weight first."""
    own = SigningIdentity.objects.filter(person=user, institution=institution, state=SigningIdentity.State.ACTIVE)
    weight = list(SigningIdentity.Level.values)
    found = [each for each in own if may_bring_into_force(each)]
    return sorted(found, key=lambda each: -weight.index(each.level))


def why_not(user: User, form: PenForm, *, not_yet: str = "") -> WhyNot | None:
    """Say why the person cannot sign on this page, None where they can. The verbs have the last word.

    `not_yet` says for whom they wait where it is not their turn.
    """
    if closed := why_closed() or not_yet:
        return WhyNot(closed, "返回待办", reverse("home"))
    if not has_device(user):
        return WhyNot("您还没有绑定动态口令。", "去账号页面绑定", reverse("account"))
    if form.identities:
        return None
    if usable_identities(user, form.institution):
        return WhyNot("您的密钥在密码设备里，请逐份打开协议签署，不能成批签。", "返回待办", reverse("home"))
    return _without_key(user, form.institution)


def why_locked(identity: SigningIdentity) -> WhyNot | None:
    """Say that a certificate cannot be used again after five wrong PINs, and where the next is asked for."""
    if identity.state != SigningIdentity.State.LOCKED:
        return None
    return WhyNot(LOCKED, "去换发证书", reverse("signing-again", args=[identity.pk]))


def _without_key(user: User, institution: Institution) -> WhyNot:
    """Say what the person lacks who has nothing to sign with: what is on the way comes first."""
    own = SigningIdentity.objects.filter(person=user, institution=institution).order_by("-pk")
    if asked := own.filter(state__in=ON_THE_WAY).first():
        page = reverse("signing-identity", args=[asked.pk])
        if IDENTITY.allows(asked, ACTIVATE, by=user):
            return WhyNot("您申请的签约证书已经确认，还没有设置签名密码。", "去设置签名密码", page)
        return WhyNot(f"您申请的签约证书正在办理：{asked.get_state_display()}。", "查看办理进度", page)
    if (locked := own.filter(state=SigningIdentity.State.LOCKED).first()) and (told := why_locked(locked)):
        return told
    place = reverse("signing-identities", args=[institution.pk])
    if own.filter(state__in=WITH_KEY).exists():
        return WhyNot("您的证书不能用于真实的协议。", "去申请新的证书", place)
    return WhyNot("您还没有签约证书。", "去申请签约证书", place)
