"""Timestamps of RFC 3161, which are CMS (RFC 5652): read and checked without a library that knows them."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from .rules import Damaged

CONTENT_TYPE, MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010903"), bytes.fromhex("2a864886f70d010904")
TIMESTAMP_INFO = bytes.fromhex("2a864886f70d0109100104")
HASHES: dict[str, hashes.HashAlgorithm] = {
    **dict.fromkeys(["608648016503040201", "2a864886f70d01010b", "2a8648ce3d040302"], hashes.SHA256()),
    **dict.fromkeys(["608648016503040202", "2a864886f70d01010c", "2a8648ce3d040303"], hashes.SHA384()),
    **dict.fromkeys(["608648016503040203", "2a864886f70d01010d", "2a8648ce3d040304"], hashes.SHA512()),
}


INTEGER = 0x02


class Der(NamedTuple):
    tag: int
    content: bytes
    whole: bytes

    def parts(self) -> list["Der"]:
        return der(self.content)


def der(data: bytes) -> list[Der]:
    """Return the elements that stand one after the other in DER. Raises Damaged if they do not fill the data."""
    found, at = [], 0
    while at < len(data):
        start, length = at + 2, data[at + 1]
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[at + 2 : start])
        if start + length > len(data):
            raise Damaged("编码残缺")
        found.append(Der(data[at], data[start : start + length], data[at : start + length]))
        at = start + length
    return found


class Token(NamedTuple):
    """What is read out of a TimeStampToken; `signed` are the attributes as they were signed."""

    imprint: bytes
    imprint_hash: str
    time: dt.datetime
    nonce: int | None
    signer: tuple[bytes, int]  # issuer in DER, serial number
    signed: bytes
    signature: bytes
    algorithm: hashes.HashAlgorithm
    certificates: list[x509.Certificate]


def read_token(token: bytes) -> Token:
    """Read a token and check that its attributes are those of its content. Raises Damaged, ValueError, IndexError."""
    (outer,) = der(token)
    body = outer.parts()[1].parts()[0].parts()
    kind, wrapped = body[2].parts()
    info = wrapped.parts()[0].content
    (signer,) = body[-1].parts()
    parts = signer.parts()
    issuer, serial = parts[1].parts()
    algorithm = _hash_of(parts[4], parts[2])
    attributes = {one.parts()[0].content: one.parts()[1].content for one in parts[3].parts()}
    hashed = hashes.Hash(_hash_of(parts[2]))
    hashed.update(info)
    if kind.content != TIMESTAMP_INFO or der(attributes[CONTENT_TYPE])[0].content != TIMESTAMP_INFO:
        raise Damaged("不是时间戳")
    if der(attributes[MESSAGE_DIGEST])[0].content != hashed.finalize():
        raise Damaged("内容与其签名属性不符")
    facts = der(info)[0].parts()
    said, imprint = facts[2].parts()
    time = facts[4].content.decode().partition(".")[0].rstrip("Z")
    return Token(
        imprint.content,
        said.parts()[0].content.hex(),
        dt.datetime.strptime(f"{time}+0000", "%Y%m%d%H%M%S%z"),
        next((int.from_bytes(fact.content, signed=True) for fact in facts[5:] if fact.tag == INTEGER), None),
        (issuer.whole, int.from_bytes(serial.content, signed=True)),
        b"\x31" + parts[3].whole[1:],  # signed as a SET, sent under a context tag
        parts[5].content,
        algorithm,
        [x509.load_der_x509_certificate(one.whole) for one in body[3].parts()] if body[3].tag == 0xA0 else [],
    )


def _hash_of(*algorithms: Der) -> hashes.HashAlgorithm:
    names = [algorithm.parts()[0].content.hex() for algorithm in algorithms]
    found = next((HASHES[name] for name in names if name in HASHES), None)
    if found is None:
        raise Damaged("所用算法本程序不能核对（例如国密 SM2、SM3），请用时间戳机构的工具核对")
    return found


def check_token(token: bytes, said: bytes, authorities: Sequence[x509.Certificate]) -> dt.datetime:
    """Return when the authority saw the statement `said`.

    With no certificate given, the signature is checked against the one inside the token, which proves no identity.
    Raises Damaged or ValueError with the fault.
    """
    read = read_token(token)
    hashed = hashes.Hash(_hash_named(read.imprint_hash))
    hashed.update(said)
    if hashed.finalize() != read.imprint:
        raise Damaged("不是为这份内容签发的")
    known = [*authorities, *read.certificates]
    certificate = next((one for one in known if (one.issuer.public_bytes(), one.serial_number) == read.signer), None)
    if certificate is None:
        raise Damaged("没有签发者的证书，无法核对签名")
    if authorities and certificate not in authorities and not any(_issued(certificate, by=one) for one in authorities):
        raise Damaged("签发者不是给定的时间戳机构")
    _verify(certificate, read)
    if not certificate.not_valid_before_utc <= read.time <= certificate.not_valid_after_utc:
        raise Damaged("签发时证书不在有效期内")
    return read.time


def _hash_named(oid: str) -> hashes.HashAlgorithm:
    if oid not in HASHES:
        raise Damaged("所用摘要算法本程序不能核对")
    return HASHES[oid]


def _issued(certificate: x509.Certificate, *, by: x509.Certificate) -> bool:
    """Whether `by` issued the certificate, for timestamps."""
    try:
        certificate.verify_directly_issued_by(by)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in purposes


def _verify(certificate: x509.Certificate, read: Token) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(read.signature, read.signed, padding.PKCS1v15(), read.algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(read.signature, read.signed, ec.ECDSA(read.algorithm))
        else:
            raise Damaged("签名算法本程序不能核对")
    except InvalidSignature:
        raise Damaged("签名无效") from None
