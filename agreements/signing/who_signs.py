"""With what a person can sign for an institution now, and what they lack, with the way to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from accounts.second_factor import has_device
from agreements.signing.ceremony_forms import PenForm
from institutions.models import Institution
from sealing.models import SigningIdentity
from sealing.models.identity import WITH_KEY
from sealing.opening import why_closed
from sealing.permissions import may_bring_into_force


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
    place = reverse("signing-identities", args=[form.institution.pk])
    if usable_identities(user, form.institution):
        return WhyNot("您的密钥在密码设备里，请逐份打开协议签署，不能成批签。", "返回待办", reverse("home"))
    if SigningIdentity.objects.filter(person=user, institution=form.institution, state__in=WITH_KEY).exists():
        return WhyNot("您的签名密码已经锁定，或者证书不能用于真实的协议。", "去申请新的证书", place)
    return WhyNot("您还没有签约证书。", "去申请签约证书", place)
