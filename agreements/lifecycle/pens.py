"""What a signatory signs with, and what is kept of it with the signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agreements.lifecycle.handwriting import Handwriting
from agreements.models import Counterpart
from sealing.enrolling import standing_of
from sealing.models import Seal, SigningIdentity
from sealing.pades.hands import Hand
from sealing.pades.pictures import Picture
from sealing.pades.signing import Signed
from sealing.pictures import picture_of
from sealing.unlocking import Unlocked


@dataclass(frozen=True)
class Pen:
    """What a signatory signs with: their key, opened a moment ago, and the seal, None for a signature alone.

    `confirmed_at` is when they last proved who they are with the second factor; it is kept with the signature.
    """

    identity: SigningIdentity
    hand: Hand
    serial: str  # of the certificate, hexadecimal
    confirmed_at: datetime
    seal: Seal | None = None
    picture: Picture | None = None  # of the seal
    handwriting: Handwriting | None = None


def pen_of(
    unlocked: Unlocked, *, confirmed_at: datetime, seal: Seal | None = None, handwriting: Handwriting | None = None
) -> Pen:
    """Return what somebody signs with whose key a PIN has opened. Raises UploadRefused for a seal without a picture."""
    serial = f"{unlocked.certificate.serial_number:x}"
    picture = picture_of(seal) if seal else None
    return Pen(unlocked.identity, unlocked.hand, serial, confirmed_at, seal, picture, handwriting)


def proof_of(signed: Sequence[tuple[Counterpart, Signed]], pen: Pen, behalf: str) -> dict[str, Any]:
    """Return what is kept with the signature: its files, and what the person had proved at that moment."""
    first = signed[0][1]
    until = pen.identity.mandate_until
    return {
        "file": first.sha256,
        "files": [each.sha256 for _, each in signed],
        "level": pen.identity.level,
        "identity": pen.identity.pk,
        "certificate": pen.serial,
        "standing": _standing(pen.identity),
        "seal": str(pen.seal) if pen.seal else "",
        "handwriting": pen.handwriting.facts if pen.handwriting else {},
        "words": behalf,
        "confirmed_at": pen.confirmed_at.isoformat(),
        "mandate_until": until.isoformat() if until else "",
        "time": first.level,
        "no_time": first.no_time,
    }


def _standing(identity: SigningIdentity) -> str:
    """Return what its authority says of a certificate that was brought in; "" for one of ours, which we know."""
    found = identity.certificate
    return "" if found is None or found.is_ours else standing_of(found).standing.value
