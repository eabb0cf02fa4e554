"""What happens to the platform's authority, to signing identities and to seals, with its words."""

from __future__ import annotations

from datetime import date

from audit.events import Event, Group, fact
from sealing.models.certificate import Certificate
from sealing.models.identity import Level
from sealing.models.seal import Kind


class OfTheAuthority(Event, group=Group("签约人与证书", 75)):
    """Of the platform's own certification authority; logged about the platform."""

    fingerprint: str = fact("证书指纹（SHA-256）")
    until: date = fact("有效期至")


class AuthorityMade(OfTheAuthority, code="signing_authority.made", words="建立签约证书机构"):
    pass


class AuthorityRenewed(OfTheAuthority, code="signing_authority.renewed", words="换发签约证书机构的证书"):
    pass


class OfIdentity(Event, group=Group("签约人与证书", 75)):
    """Of a person who signs for an institution; logged about the institution."""

    identity: int = fact("身份序号")
    person: str = fact("签约人")


class SigningRequested(OfIdentity, code="signing_identity.requested", words="申请签约证书"):
    """By law as legal representative, or with a mandate, whose digest is kept."""

    level: Level = fact("证书级别")
    mandate: str | None = fact("授权委托书摘要", default=None)
    until: date | None = fact("授权截止日期", default=None)
    replaces: int | None = fact("替换的身份序号", default=None)


class SigningConfirmed(OfIdentity, code="signing_identity.confirmed", words="确认签约人"):
    consent: str | None = fact("约定条款版本", default=None)


class SigningVouched(OfIdentity, code="signing_identity.vouched", words="核实签约人"):
    pass


class SigningRefused(OfIdentity, code="signing_identity.refused", words="不予确认签约人"):
    reason: str = fact("原因")


class SigningWithdrawn(OfIdentity, code="signing_identity.withdrawn", words="撤回签约证书申请"):
    pass


class SigningActivated(OfIdentity, code="signing_identity.activated", words="启用签约证书"):
    """With a certificate of ours, or with one that was brought in."""

    level: Level = fact("证书级别")
    serial: str = fact("证书序列号")
    subject: str = fact("证书主体")
    until: date = fact("有效期至")
    # Of one that was brought in: what its authority's list said then, or that it could not be asked.
    standing: str | None = fact("撤销状态", default=None)


class TokenAttached(OfIdentity, code="signing_identity.token_attached", words="登记密码设备里的密钥"):
    """By the operator at the console; it signs nothing before its holder takes it up."""

    token: str = fact("密码设备")
    key: str = fact("密钥编号")
    serial: str = fact("证书序列号")


class PinChanged(OfIdentity, code="signing_identity.pin_changed", words="修改签名密码"):
    pass


class WrongPin(OfIdentity, code="signing_identity.wrong_pin", words="签名密码输错"):
    count: int = fact("连续输错次数")


class SigningLocked(OfIdentity, code="signing_identity.locked", words="签名密码锁定"):
    pass


class SigningRevoked(OfIdentity, code="signing_identity.revoked", words="吊销签约证书"):
    serial: str = fact("证书序列号")
    revocation: Certificate.Reason = fact("吊销原因")
    reason: str = fact("说明")


class SigningEnded(OfIdentity, code="signing_identity.ended", words="签约证书结束"):
    reason: str = fact("原因")


class HandwritingKept(Event, group=Group("签约人与证书", 75), code="handwriting.kept", words="上传手写签名图片"):
    """Of a person, who may put it beside their signature; logged about them."""

    sha256: str = fact("图片摘要")


class OfSeal(Event, group=Group("印章", 76)):
    """Of a seal, by its number; logged about its institution."""

    seal: int = fact("印章序号")
    number: str = fact("印章编码")


class SealRegistered(OfSeal, code="seal.registered", words="登记印章"):
    kind: Kind = fact("种类")
    keeper: str = fact("保管人")
    sha256: str = fact("图片摘要")


class SealConfirmed(OfSeal, code="seal.confirmed", words="确认印章"):
    pass


class SealStopped(OfSeal):
    reason: str = fact("原因")


class SealRefused(SealStopped, code="seal.refused", words="不予确认印章"):
    pass


class SealSuspended(SealStopped, code="seal.suspended", words="暂停使用印章"):
    pass


class SealResumed(OfSeal, code="seal.resumed", words="恢复使用印章"):
    pass


class SealDestroyed(SealStopped, code="seal.destroyed", words="销毁印章"):
    pass


class KeeperChanged(OfSeal, code="seal.keeper_changed", words="更换印章保管人"):
    before: str = fact("原保管人")
    keeper: str = fact("保管人")


class SealUseAuthorised(OfSeal, code="seal.use_authorised", words="授权用印"):
    person: str = fact("被授权人")
    starts_on: date = fact("授权起始日期")
    ends_on: date = fact("授权截止日期")
    templates: list[str] = fact("限于范本")
    agreement: str | None = fact("限于协议编号", default=None)


class SealUseRevoked(SealStopped, code="seal.use_revoked", words="收回用印授权"):
    person: str = fact("被授权人")


class SealUseLapsed(SealStopped, code="seal.use_lapsed", words="用印授权失效"):
    person: str = fact("被授权人")


class SealUsed(OfSeal, code="seal.used", words="用印"):
    about: str = fact("用在哪里")
    authorised_by: str | None = fact("授权人", default=None)
