"""A key that lies in a token of PKCS#11 on the server: only where it is stands in a row, and the token's PIN nowhere.

The operator attaches it to what somebody has asked for (`./script/manage signing_token`), which sets nothing in force:
its holder takes it up with the token's PIN. A token in somebody's own computer cannot be reached from a page.
"""

from __future__ import annotations

import os
from contextlib import closing

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from audit.log import append
from sealing import events
from sealing.authority import issuing
from sealing.authority.files import AuthorityClosed
from sealing.authority.profiles import Subject
from sealing.enrolling import CLOSED, UNITS, in_force, prepared_in_token
from sealing.importing import chain_of
from sealing.lifecycle import ACTIVATE, IDENTITY
from sealing.models import Certificate, Level, SigningIdentity, SigningKey
from sealing.pades.hands import CannotSign, signed_by
from sealing.pades.modules import Held, Place, held_at
from sealing.unlocking import Unlocked, open_in_token, refuse_untrusted
from verbs.errors import Unacceptable, WrongState

SHORTEST_RSA = 2048  # bits
NOT_CONFIGURED = "这个 PKCS#11 模块没有写在 PKCS11_MODULES 里，不能使用。"
WRONG_KIND = "这把密钥不能在这里使用：只支持 P-256 和 RSA（2048 位以上）。"
NO_CERTIFICATE = "密码设备里没有这把密钥的证书，请用 --certificate 给出证书文件。"
ANOTHER_KEY = "证书和密码设备里的密钥不是一对。"
ATTACHED = "这份申请已经登记了密码设备里的密钥，等本人启用。要换一把的，请本人撤回申请后重新申请。"
ANOTHERS_KEY = "这把密钥已经登记给另一个人，一把密钥只能由一个人使用。请在密码设备里另外生成一把。"
PREPARE_ANEW = "请撤回这份申请后重新申请。"
NOT_ATTACHED = "这份申请没有登记密码设备里的密钥。"


def modules() -> list[str]:
    """Return the modules that the operator has named; no other is ever loaded."""
    return settings.PKCS11_MODULES.split()


@transaction.atomic
def attach(
    identity: SigningIdentity,
    place: Place,
    *,
    certificate: x509.Certificate | None = None,
    others: list[x509.Certificate] | None = None,
) -> Certificate:
    """Tie a token's key to a request that was confirmed; nobody signs with it before its holder has taken it up.

    On the level `licensed` by the certificate that lies beside the key, or the one that is given, with `others` above
    it; on the other levels our own authority issues one for the key. By the operator at the console: of no person.
    Raises Unacceptable for a key or certificate that will not do, TokenFault, WrongState as `activate` does.
    """
    if place.module not in modules():
        raise Unacceptable(NOT_CONFIGURED)
    SigningIdentity.objects.select_for_update(no_key=True, of=("self",)).get(pk=identity.pk)
    row = SigningIdentity.objects.with_facts().get(pk=identity.pk)
    IDENTITY.check(row, ACTIVATE)
    if ACTIVATE.not_while is not None and (in_the_way := ACTIVATE.not_while(row)):
        raise WrongState(in_the_way)
    if prepared_in_token(row) is not None:
        raise WrongState(ATTACHED)
    where = {"token_module": place.module, "token_label": place.label, "token_key": place.key}
    others_keys = SigningKey.objects.filter(
        **where, certificate__revoked_at=None, certificate__not_after__gt=timezone.now()
    )
    if others_keys.exclude(certificate__identity__person=row.person_id).exists():
        raise Unacceptable(ANOTHERS_KEY)
    kept = _certified(row, held_at(place), certificate, others or [])
    SigningKey.objects.create(certificate=kept, kind=SigningKey.Kind.TOKEN, **where)
    event = events.TokenAttached(
        identity=row.pk, person=row.person.full_name, token=place.label, key=place.key, serial=kept.serial
    )
    append(event, by=None, subject=row.institution)
    return kept


@sensitive_variables()
def take_up(identity: SigningIdentity, pin: str, *, by: User) -> SigningIdentity:
    """Open the token by its PIN, see that its key is the certificate's, and let the person sign with it.

    Raises as `activate`, and WrongPin; a wrong one is counted here and by the token. Never inside a transaction.
    """
    now = SigningIdentity.objects.with_facts().get(pk=identity.pk)
    IDENTITY.check(now, ACTIVATE)
    IDENTITY.refuse(now, ACTIVATE, by=by)
    found = prepared_in_token(now)
    if found is None:
        raise WrongState(NOT_ATTACHED)
    moment = timezone.now()
    if told := found.why_not_valid(moment):
        raise WrongState(told + PREPARE_ANEW)
    # Before it ends the one that the person signs with: what was prepared may have been revoked meanwhile.
    if not found.is_ours:
        refuse_untrusted(found, moment)
    with closing(open_in_token(now, found, pin, by=by)) as unlocked:
        _prove(unlocked)
    with transaction.atomic():
        return in_force(IDENTITY.begin(now, ACTIVATE, by=by), found, by=by)


def _certified(
    row: SigningIdentity, found: Held, given: x509.Certificate | None, others: list[x509.Certificate]
) -> Certificate:
    public = found.public
    is_short = isinstance(public, RSAPublicKey) and public.key_size < SHORTEST_RSA
    if public is None or is_short:
        raise Unacceptable(WRONG_KIND)
    if row.level != Level.LICENSED:
        return _issued(row, public)
    certificate = given or found.certificate
    if certificate is None:
        raise Unacceptable(NO_CERTIFICATE)
    if certificate.public_key() != public:
        raise Unacceptable(ANOTHER_KEY)
    chain = chain_of(certificate, [*others, *found.certificates], row, timezone.now())
    return issuing.keep(row, certificate, chain, is_ours=False)


def _issued(row: SigningIdentity, public: EllipticCurvePublicKey | RSAPublicKey) -> Certificate:
    if not isinstance(public, EllipticCurvePublicKey):
        raise Unacceptable("本平台只为 P-256 密钥签发证书，请在密码设备里另外生成一把。")
    unit = UNITS[Level(row.level)]
    subject = Subject(row.person.full_name, row.institution.name, row.institution.acting_code, unit)
    try:
        return issuing.issue(row, public, subject)
    except AuthorityClosed as closed:
        raise WrongState(CLOSED.format(closed)) from closed


def _prove(unlocked: Unlocked) -> None:
    """See that the key which the PIN opened is the one of the certificate. Raises WrongState."""
    try:
        signed_by(unlocked.hand, os.urandom(SHA256.digest_size))
    except CannotSign as fault:
        raise WrongState(str(fault)) from fault
