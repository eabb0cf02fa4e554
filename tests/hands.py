"""Whoever signs in tests: a root with an authority below it, people with keys, a seal, and words beside it."""

import datetime as dt
import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from PIL import Image, ImageDraw

from agreements.lifecycle.handwriting import strokes_of
from agreements.text.fonts import outlines
from sealing.pades.hands import KeyHand
from sealing.pades.looks import Appearance
from sealing.pades.pictures import Drawn, Picture, Written
from sealing.pades.signing import Signed, Signing, Stamp, sign

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
LATER = NOW + dt.timedelta(hours=1)
NAMES = {"medical": "陈䶮𠅤", "elder_care": "赵堃"}
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Made = tuple[x509.Certificate, Key]


def certificate(
    name: str, public: Any, by: Made | None, key: Key, *, is_authority: bool = False, ballast: int = 0, days: int = 30
) -> x509.Certificate:
    """Return a certificate by its issuer, or by itself. `ballast` makes it so many bytes longer."""
    named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer, signer = (by[0].subject, by[1]) if by else (named, key)
    usage = {"digital_signature": True, "content_commitment": not is_authority, "key_cert_sign": is_authority}
    rest = ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")
    builder = (
        x509.CertificateBuilder(issuer, named, public, x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=90))
        .not_valid_after(NOW + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.KeyUsage(**usage, crl_sign=is_authority, **dict.fromkeys(rest, False)), critical=True)
    )
    if ballast:
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(ballast))
        builder = builder.add_extension(unknown, critical=False)
    return builder.sign(signer, hashes.SHA256())


def der(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.DER)


@cache
def authorities(length: int = 2, ballast: int = 0) -> tuple[Made, ...]:
    """Return a root and authorities below it, the last one issues to people."""
    made: list[Made] = []
    for number in range(length):
        key = ec.generate_private_key(ec.SECP256R1())
        by = made[-1] if made else None
        made.append(
            (certificate(f"根证书 {number}", key.public_key(), by, key, is_authority=True, ballast=ballast), key)
        )
    return tuple(made)


@cache
def root() -> bytes:
    return der(authorities(2, 0)[0][0])


@cache
def hand(role: str = "medical", *, is_rsa: bool = False, length: int = 2, ballast: int = 0, days: int = 30) -> KeyHand:
    """Return a party's hand; `length` and `ballast` are of the chain above it."""
    key: Key = rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
    above = authorities(length, ballast)
    own = certificate(NAMES[role], key.public_key(), above[-1], key, ballast=ballast, days=days)
    return KeyHand(der(own), tuple(der(each) for each, _ in reversed(above[1:])), key)


@cache
def revoked_none() -> tuple[bytes, ...]:
    """Return the lists of revoked certificates of the root and of those below it: empty ones."""
    return tuple(revocation_list(*made) for made in authorities(2, 0))


def revocation_list(
    issuer: x509.Certificate, key: Any, *revoked: tuple[x509.Certificate, dt.datetime], at: dt.datetime = LATER
) -> bytes:
    """Return an authority's list of what it has revoked, and since when; made an hour after a test has signed."""
    builder = x509.CertificateRevocationListBuilder(issuer.subject, at, at + dt.timedelta(days=20))
    for each, since in revoked:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(each.serial_number, since).build())
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@cache
def seal(text: str = "章", dots: int = 496) -> Picture:
    image = Image.new("RGBA", (dots, dots), (200, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, dots - 8, dots - 8), outline=(200, 0, 0, 220), width=15)
    draw.text((dots // 3, dots // 3), str(len(text)), fill=(200, 0, 0, 220), font_size=dots // 4)
    output = io.BytesIO()
    image.save(output, "PNG")
    return Picture.of_png(output.getvalue())


@cache
def words(*lines: str) -> tuple[Drawn, ...]:
    return tuple(Drawn(line, outlines(line), float(len(line))) for line in lines)


DRAWN = (  # three strokes as a browser tells them, in a field of 900 × 350
    "[[[120,80],[180,70],[260,90],[190,170],[130,250]],[[300,60],[310,160],[290,280],[420,230],[520,90]],"
    "[[600,100],[700,110],[640,200],[760,260],[640,290]],[[820,60]]]"
)


def handwriting() -> dict[str, Written]:
    """Return handwriting of each kind."""
    return {"drawn": strokes_of(DRAWN), "typed": words(NAMES["medical"])[0], "picture": seal("手写")}


def signing(role: str, *, looks: Appearance | None = None, reason: str = "乙代甲签") -> Signing:
    shown = looks or Appearance(seal(role), None, words(f"{NAMES[role]} 代签", "2026年11月30日"))
    return Signing(role, NAMES[role], reason, NOW, shown)


def signed_by(
    content: bytes, roles: Sequence[str] = ("medical", "elder_care"), *, stamp: Stamp | None = None
) -> list[Signed]:
    """Return a copy after each party's signature, in this order."""
    steps: list[Signed] = []
    for role in roles:
        steps.append(sign(steps[-1].content if steps else content, signing(role), hand(role), stamp=stamp))
    return steps
