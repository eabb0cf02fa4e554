"""A signing identity from asking to the key: asked for, confirmed, vouched for, and set in force by its PIN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from audit.log import append
from institutions.models import Institution
from sealing import announcements, consent, events
from sealing.authority import issuing
from sealing.authority.elsewhere import Told, told_of_all
from sealing.authority.files import AuthorityClosed
from sealing.authority.profiles import Subject
from sealing.ending import end, give_up_token, replaced
from sealing.keys import pins, sealed
from sealing.keys.pepper import PepperGone
from sealing.keys.sealed import PrivateKey
from sealing.lifecycle import ACTIVATE, CONFIRM, IDENTITY, REFUSE, VOUCH, WITHDRAW
from sealing.models import Certificate, Level, SigningIdentity, SigningKey
from sealing.models.identity import ON_THE_WAY, WITH_KEY
from sealing.permissions import is_legal_representative, levels_for, signs_for
from uploads.models import Upload
from uploads.receiving import account, receive
from verbs.errors import NotAllowed, Unacceptable, WrongState

MANDATE = "signing-mandate"  # the purpose of such an upload; its `part` is the level
UNITS = {Level.DEMO: "演示证书，无法律效力", Level.AGREED: "约定证书，依约定采用"}
NOT_SIGNATORY = "只有本机构的授权签约人可以为自己申请签约证书。请先由管理员授予“授权签约人”职责。"
PREPARED = "这份申请的密钥在密码设备里，请输入密码设备的 PIN 码启用。不用密码设备的，请撤回后重新申请。"
CLOSED = "电子签约暂不开放：{}。纸质签约不受影响。"


@dataclass(frozen=True)
class Mandate:
    """What a mandate (授权委托书) says: on which level, until when; None: until it is taken back."""

    level: Level
    until: date | None = None
    replaces: int | None = None  # the identity whose certificate it is to take the place of

    def as_facts(self) -> dict[str, Any]:
        until = {"until": self.until.isoformat()} if self.until else {}
        return {"level": self.level.value, **until, **({"replaces": self.replaces} if self.replaces else {})}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        until = date.fromisoformat(facts["until"]) if "until" in facts else None
        return cls(Level(facts["level"]), until, facts.get("replaces"))


def send_mandate(institution: Institution, mandate: Mandate, *, by: User, file: File[Any]) -> Upload:
    """Take in the scan of a mandate; the request is made when it was judged.

    Raises as `request`, as far as that is known now, and UploadRefused.
    """
    with transaction.atomic():
        _refuse(institution, mandate, by=by)
        facts, part = mandate.as_facts(), mandate.level.value
        return receive(MANDATE, institution.pk, file, by=by, sender=account(by), part=part, facts=facts)


def request(institution: Institution, mandate: Mandate, *, by: User, upload: Upload | None = None) -> SigningIdentity:
    """Ask for a certificate for oneself: the legal representative without, anybody else with a judged mandate.

    Raises NotAllowed to whoever is no signatory there, WrongState where one is on the way, Unacceptable for a level
    that is not offered or a mandate that has run out.
    """
    with transaction.atomic():
        row = Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=institution.pk)
        by_law = _refuse(row, mandate, by=by)
        if not by_law and upload is None:
            raise Unacceptable("请上传授权委托书。法定代表人本人不用上传。", "mandate")
        asked = SigningIdentity.objects.create(
            institution=row,
            person=by,
            level=mandate.level,
            is_legal_representative=by_law,
            mandate=None if by_law else upload,
            mandate_until=None if by_law else mandate.until,
        )
        event = events.SigningRequested(
            **_of(asked),
            level=mandate.level,
            mandate=upload.sha256 if upload and not by_law else None,
            until=asked.mandate_until,
            replaces=mandate.replaces,
        )
        append(event, by=by, subject=row)
        announcements.requested(asked)
    return asked


def ask_again(identity: SigningIdentity, *, by: User, is_forgotten: bool) -> SigningIdentity:
    """Ask for another certificate on the same mandate: the PIN is forgotten, or the certificate ends soon.

    With a forgotten PIN the old certificate is revoked at once. A second person confirms again. Raises as `request`.
    """
    with transaction.atomic():
        row = SigningIdentity.objects.with_facts().get(pk=identity.pk)
        if row.person_id != by.pk:
            raise NotAllowed("只能为自己申请。")
        if row.state not in WITH_KEY and row.state != SigningIdentity.State.REVOKED:
            raise WrongState("这个签约人身份现在不能换发证书，请刷新后查看。")
        mandate = Mandate(Level(row.level), row.mandate_until, row.pk)
        if is_forgotten and row.state in WITH_KEY:
            replaced(row, by=by)
        return request(row.institution, mandate, by=by, upload=row.mandate)


@transaction.atomic
def confirm(identity: SigningIdentity, *, by: User) -> SigningIdentity:
    """Confirm for the institution that this person signs for it; with it, on the level `agreed`, consent for it.

    Raises WrongState when it is settled already, NotAllowed to whoever asked and to all but who looks after it.
    """
    row = IDENTITY.begin(identity, CONFIRM, by=by)
    now = timezone.now()
    writes: dict[str, Any] = {"confirmed_by": by, "confirmed_at": now}
    is_agreed = row.level == Level.AGREED
    if is_agreed:
        writes |= {"consent_version": consent.VERSION, "consent_text": consent.TEXT}
        writes |= {"consented_by": by, "consented_at": now}
    event = events.SigningConfirmed(**_of(row), consent=consent.VERSION if is_agreed else None)
    row = IDENTITY.finish(row, CONFIRM, event, by=by, writes=writes)
    announcements.confirmed(row, by=by)
    return row


@transaction.atomic
def vouch(identity: SigningIdentity, *, by: User) -> SigningIdentity:
    """Give the bureau's word, where the scheme asks for it. Raises as `confirm` does."""
    row = IDENTITY.begin(identity, VOUCH, by=by)
    writes = {"vouched_by": by, "vouched_at": timezone.now()}
    row = IDENTITY.finish(row, VOUCH, events.SigningVouched(**_of(row)), by=by, writes=writes)
    announcements.vouched(row, by=by)
    return row


@transaction.atomic
def refuse(identity: SigningIdentity, *, by: User, reason: str) -> SigningIdentity:
    row = IDENTITY.begin(identity, REFUSE, by=by)
    give_up_token(row, by=by)
    writes = {"ended_by": by, "ended_at": timezone.now(), "reason": reason}
    event = events.SigningRefused(**_of(row), reason=reason)
    row = IDENTITY.finish(row, REFUSE, event, by=by, writes=writes)
    announcements.refused(row, by=by)
    return row


@transaction.atomic
def withdraw(identity: SigningIdentity, *, by: User) -> SigningIdentity:
    """Take one's own request back before there is a key."""
    row = IDENTITY.begin(identity, WITHDRAW, by=by)
    give_up_token(row, by=by)
    writes = {"ended_by": by, "ended_at": timezone.now(), "reason": "本人撤回"}
    return IDENTITY.finish(row, WITHDRAW, events.SigningWithdrawn(**_of(row)), by=by, writes=writes)


@sensitive_variables()
@transaction.atomic
def activate(identity: SigningIdentity, pin: str, *, by: User) -> SigningIdentity:
    """Make a key, seal it under the PIN, issue its certificate; what the person had before ends with it.

    Raises Unacceptable for a PIN that is too easy, NotAllowed to all but the person, WrongState where electronic
    signing is closed, or where the level wants a certificate that is brought in (`importing`).
    """
    row = IDENTITY.begin(identity, ACTIVATE, by=by)
    refuse_easy(pin, row)
    refuse_prepared(row)
    if row.level == Level.LICENSED:
        raise WrongState("这个级别要导入持证机构签发的证书。")
    key = generate_private_key(SECP256R1())
    subject = Subject(row.person.full_name, row.institution.name, row.institution.acting_code, UNITS[Level(row.level)])
    try:
        found = issuing.issue(row, key.public_key(), subject)
    except AuthorityClosed as closed:
        raise WrongState(CLOSED.format(closed)) from closed
    keep_key(found, key, pin)
    return in_force(row, found, by=by)


@sensitive_variables()
def keep_key(certificate: Certificate, key: PrivateKey, pin: str) -> SigningKey:
    """Keep a certificate's key sealed under a PIN. Raises WrongState without the pepper."""
    try:
        kept = sealed.seal(key, pin, bound_to=bound_to(certificate))
    except PepperGone as gone:
        raise WrongState(CLOSED.format(gone)) from gone
    facts = {"salt": kept.salt, "nonce": kept.nonce, "cost": kept.cost, "pepper": kept.pepper}
    return SigningKey.objects.create(certificate=certificate, sealed=kept.content, **facts)


def bound_to(certificate: Certificate) -> str:
    """Return what a sealed key is bound to: it opens for this certificate alone."""
    return f"certificate {certificate.pk} {certificate.serial}"


def in_force(row: SigningIdentity, certificate: Certificate, *, by: User) -> SigningIdentity:
    """Write that the person signs with this certificate from now on; the former one of the same level ends."""
    before = SigningIdentity.objects.filter(
        institution=row.institution_id, person=row.person_id, level=row.level, state__in=WITH_KEY
    ).exclude(pk=row.pk)
    for each in before:
        end(each, reason="已换用新的证书", tell=False)
    event = events.SigningActivated(
        **_of(row),
        level=Level(row.level),
        serial=certificate.serial,
        subject=certificate.subject,
        until=timezone.localdate(certificate.not_after),
        standing=None if certificate.is_ours else standing_of(certificate).words,
    )
    row = IDENTITY.finish(row, ACTIVATE, event, by=by, writes={"activated_at": timezone.now()})
    announcements.activated(row)
    return row


def standing_of(certificate: Certificate) -> Told:
    """Return what the authorities of a certificate that was brought in say of it, and of those above it, now."""
    return told_of_all([certificate.parsed, *certificate.parsed_chain], timezone.now())


def prepared_in_token(row: SigningIdentity) -> Certificate | None:
    """Return the certificate whose key lies in a token and waits for its holder (`tokens`), None where none does."""
    if row.state not in ACTIVATE.sources:
        return None
    return row.certificates.select_related("key").filter(key__kind=SigningKey.Kind.TOKEN).first()


def refuse_prepared(row: SigningIdentity) -> None:
    """Raise WrongState where a key in a token waits: an identity has one certificate."""
    if prepared_in_token(row) is not None:
        raise WrongState(PREPARED)


def refuse_easy(pin: str, row: SigningIdentity) -> None:
    """Raise Unacceptable for a PIN that others could guess."""
    known = (row.person.mobile, row.person.username, row.institution.phone)
    if told := pins.refusal_of(pin, of_person=known):
        raise Unacceptable(told, "pin")


def _refuse(institution: Institution, mandate: Mandate, *, by: User) -> bool:
    """Raise what speaks against a request; return whether the law itself lets the person sign."""
    if not signs_for(by, institution):
        raise NotAllowed(NOT_SIGNATORY)
    if mandate.level not in levels_for(institution):
        raise Unacceptable("本平台现在不能申请这个级别的证书。", "level")
    same = SigningIdentity.objects.filter(institution=institution, person=by, level=mandate.level)
    if same.filter(state__in=ON_THE_WAY).exists():
        raise WrongState("您已经有一份同级别的申请正在办理，不用再提交。")
    if same.filter(state__in=WITH_KEY).exclude(pk=mandate.replaces or 0).exists():
        raise WrongState("您已经有同级别的签约证书。忘记签名密码或快要到期的，请在证书页面申请换发。")
    if is_legal_representative(by, institution):
        return True
    if mandate.until is not None and mandate.until < timezone.localdate():
        raise Unacceptable("授权截止日期已经过了，请重新出具授权委托书。", "until")
    return False


def _of(row: SigningIdentity) -> dict[str, Any]:
    return {"identity": row.pk, "person": row.person.full_name}
