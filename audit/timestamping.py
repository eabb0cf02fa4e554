"""Asks timestamp authorities (RFC 3161) to sign that they saw something. The only module that speaks to them.

Anchors of the log and signatures of agreements ask alike (`sealing.pades`).
"""

import http.client
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from audit.verifier.rules import Damaged
from audit.verifier.timestamps import check_token, der, read_token

SECONDS = 15
GRANTED = {0, 1}  # PKIStatus: granted, granted with modifications
LARGEST_ANSWER, PIECE = 1 << 20, 1 << 16  # bytes
END_OF_LIST = b"-----END X509 CRL-----"
QUERY = {"Content-Type": "application/timestamp-query"}


class NotStamped(Exception):
    """The authority gave no timestamp that holds; the message says why, in Chinese."""


def is_set() -> bool:
    return bool(settings.TSA_URL)


def addresses() -> list[str]:
    """Return those of TSA_URL, in the order in which they are asked."""
    return settings.TSA_URL.split()


def certificates() -> list[x509.Certificate]:
    """Return the certificates of TSA_CERTIFICATE: the authority's own or those that issued it; none when unset."""
    if not settings.TSA_CERTIFICATE:
        return []
    return x509.load_pem_x509_certificates(Path(settings.TSA_CERTIFICATE).read_bytes())


def revocation_lists(at: datetime) -> list[x509.CertificateRevocationList]:
    """Return the lists of TSA_REVOCATION_LISTS (PEM, one after the other) that hold at a moment; none when unset.

    Such a file is fetched anew from time to time, so one that is not there or is being written is none.
    """
    if not settings.TSA_REVOCATION_LISTS:
        return []
    try:
        parts = Path(settings.TSA_REVOCATION_LISTS).read_bytes().split(END_OF_LIST)
        read = [x509.load_pem_x509_crl(part + END_OF_LIST) for part in parts if part.strip()]
    except (OSError, ValueError):
        return []
    return [each for each in read if each.next_update_utc is not None and each.next_update_utc > at]


def stamp(statement: bytes, *, seconds: float = SECONDS) -> bytes:
    """Return the first authority's token over the statement that holds. Raises NotStamped with what each one did.

    `seconds` are what each is waited for.
    """
    faults = []
    for address in addresses():
        try:
            return _stamped(statement, address, seconds)
        except NotStamped as fault:
            faults.append(str(fault))
    raise NotStamped("；".join(faults) or "没有设置时间戳机构")


def _stamped(statement: bytes, address: str, seconds: float) -> bytes:
    request = TimestampRequestBuilder(data=statement, hash_algorithm=HashAlgorithm.SHA256).build()
    try:
        token = _granted(_asked(address, request.as_bytes(), seconds))
        if read_token(token).nonce != request.nonce:
            raise NotStamped("时间戳机构答复的不是本次请求")
        check_token(token, statement, certificates())
    except Damaged as fault:
        raise NotStamped(f"时间戳{fault}") from fault
    except (OSError, http.client.HTTPException) as fault:
        raise NotStamped(f"时间戳机构没有应答：{_words_of(fault)}") from fault
    except (ValueError, IndexError, KeyError, AttributeError, OverflowError, UnsupportedAlgorithm) as fault:
        raise NotStamped("时间戳机构的答复无法读取") from fault
    return token


def _words_of(fault: Exception) -> str:
    """Say in plain words why there is no answer: it stands on pages, where the system's English would say nothing."""
    if isinstance(fault, urllib.error.HTTPError):
        return f"它报告错误（HTTP {fault.code}）"
    reason = fault.reason if isinstance(fault, urllib.error.URLError) else fault
    return "等候超时" if isinstance(reason, TimeoutError) else "网络不通"


def _granted(answer: bytes) -> bytes:
    """Return the token of an answer. Read by us: the library refuses certificates in the order that OpenSSL sends."""
    (response,) = der(answer)
    info, *token = response.parts()
    status = int.from_bytes(info.parts()[0].content)
    if status not in GRANTED or not token:
        raise NotStamped(f"时间戳机构拒绝（状态 {status}）")
    return token[0].whole


def _asked(address: str, query: bytes, seconds: float) -> bytes:
    request = urllib.request.Request(address, data=query, headers=QUERY)  # noqa: S310  -- http(s), see settings
    until, content = time.monotonic() + seconds, b""
    with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310  -- as above; set by the operator
        # Piece by piece: the timeout is one silence's, and an answer that drips would be waited for without end.
        while len(content) < LARGEST_ANSWER and (piece := answer.read1(PIECE)):
            content += piece
            if time.monotonic() > until:
                raise TimeoutError("timed out")
    return content
