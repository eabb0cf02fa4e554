"""A PKCS#12 file (.p12, .pfx) with its password: the key, its certificate and those beside it.

The key leaves the cell sealed for whoever asked: what the cell writes lies on a disk for a moment.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from boundary.refused import UploadRefused

SEQUENCE = b"\x30"  # with which every DER structure of this kind begins
NONCE = 12
SHORTEST_RSA = 2048
MOST_CERTIFICATES = 10
NOT_ONE = "这不是证书文件。请选择从持证机构得到的 .p12 或 .pfx 文件。"
WRONG = "证书文件的密码不对，或者文件不完整。请核对密码（区分大小写）后再试。"
NO_KEY = "这个文件里没有私钥，只有证书，不能用来签名。请导出带私钥的 .p12 或 .pfx 文件。"
NO_CERTIFICATE = "这个文件里没有与私钥配套的证书。请向签发机构重新导出。"
OTHER_KEY = "这张证书的密钥不能在这里使用：只支持 RSA（2048 位以上）和 P-256。国密证书现在还不能使用。"


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Answer {"certificate", "others", "key"}, all base64: DER, a list of DER, and the key's nonce with what is sealed.

    `job`: {"content", "password", "seal"}, the content and the sealing key as base64.
    """
    content = b64decode(job["content"])
    if not content.startswith(SEQUENCE):
        raise UploadRefused(NOT_ONE)
    try:
        found = load_pkcs12(content, job["password"].encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UploadRefused(WRONG) from None
    if found.key is None:
        raise UploadRefused(NO_KEY)
    if found.cert is None:
        raise UploadRefused(NO_CERTIFICATE)
    if not _is_usable(found.key):
        raise UploadRefused(OTHER_KEY)
    plain = found.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    nonce = os.urandom(NONCE)
    others = [each.certificate for each in found.additional_certs[:MOST_CERTIFICATES]]
    return {
        "certificate": _text(found.cert.certificate.public_bytes(Encoding.DER)),
        "others": [_text(each.public_bytes(Encoding.DER)) for each in others],
        "key": _text(nonce + AESGCM(b64decode(job["seal"])).encrypt(nonce, plain, None)),
    }


def _is_usable(key: object) -> bool:
    if isinstance(key, RSAPrivateKey):
        return key.key_size >= SHORTEST_RSA
    return isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)


def _text(content: bytes) -> str:
    return b64encode(content).decode()
