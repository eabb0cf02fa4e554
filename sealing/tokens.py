"""A key that lies in a token (PKCS#11): only where it is stands in a row, and the token's PIN nowhere.

Whoever signs with one asks `place_of` first, which refuses as `unlock` does; `pades` opens the token.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from sealing.authority import issuing
from sealing.enrolling import in_force
from sealing.importing import NOT_LICENSED
from sealing.keys import licensed
from sealing.lifecycle import ACTIVATE, IDENTITY
from sealing.models import Level, SigningIdentity, SigningKey
from sealing.unlocking import refuse_unusable
from verbs.errors import Unacceptable, WrongState


@dataclass(frozen=True)
class Place:
    """The module of PKCS#11 on this machine, the token's label, and the key's identifier in hexadecimal."""

    module: str
    label: str
    key: str


@dataclass(frozen=True)
class InToken:
    """What a signer of PKCS#11 needs beside the token's PIN."""

    place: Place
    certificate: x509.Certificate
    chain: list[x509.Certificate]


@transaction.atomic
def attach(
    identity: SigningIdentity, place: Place, certificate: x509.Certificate, chain: list[x509.Certificate], *, by: User
) -> SigningIdentity:
    """Let the person sign with a key in a token. Raises as `enrolling.activate`, for `licensed` as `bring_in`."""
    row = IDENTITY.begin(identity, ACTIVATE, by=by)
    if row.level == Level.LICENSED and licensed.chain_to_root(certificate, chain, timezone.now()) is None:
        raise Unacceptable(NOT_LICENSED)
    kept = issuing.keep(row, certificate, chain, is_ours=False)
    where = {"token_module": place.module, "token_label": place.label, "token_key": place.key}
    SigningKey.objects.create(certificate=kept, kind=SigningKey.Kind.TOKEN, **where)
    return in_force(row, kept, by=by)


def place_of(identity: SigningIdentity, *, by: User, confirmed_at: datetime | None) -> InToken:
    """Return where the person's key is. Raises as `unlock` does, the PIN aside, and WrongState where none is."""
    row = SigningIdentity.objects.with_facts().get(pk=identity.pk)
    found = refuse_unusable(row, by=by, confirmed_at=confirmed_at)
    if found.key.kind != SigningKey.Kind.TOKEN:
        raise WrongState("这张证书的密钥由平台保管，请用签名密码。")
    place = Place(found.key.token_module, found.key.token_label, found.key.token_key)
    return InToken(place, found.parsed, found.parsed_chain)
