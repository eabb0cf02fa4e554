"""Asks a timestamp authority (RFC 3161) to sign what an anchor says. The only module that speaks to it."""

import http.client
import urllib.request
from pathlib import Path

from cryptography import x509
from django.conf import settings
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from audit.verifier.rules import Damaged
from audit.verifier.timestamps import check_token, der, read_token

SECONDS = 15
GRANTED = {0, 1}  # PKIStatus: granted, granted with modifications
LARGEST_ANSWER = 1 << 20
QUERY = {"Content-Type": "application/timestamp-query"}


class NotStamped(Exception):
    """The authority gave no timestamp that holds; the message says why, in Chinese."""


def is_set() -> bool:
    return bool(settings.TSA_URL)


def certificates() -> list[x509.Certificate]:
    """Return the certificates of TSA_CERTIFICATE: the authority's own or those that issued it; none when unset."""
    if not settings.TSA_CERTIFICATE:
        return []
    return x509.load_pem_x509_certificates(Path(settings.TSA_CERTIFICATE).read_bytes())


def stamp(statement: bytes) -> bytes:
    """Return the authority's token over the statement, checked. Raises NotStamped."""
    request = TimestampRequestBuilder(data=statement, hash_algorithm=HashAlgorithm.SHA256).build()
    try:
        token = _granted(_asked(request.as_bytes()))
        if read_token(token).nonce != request.nonce:
            raise NotStamped("时间戳机构答复的不是本次请求")
        check_token(token, statement, certificates())
    except Damaged as fault:
        raise NotStamped(f"时间戳{fault}") from fault
    except (OSError, http.client.HTTPException) as fault:
        raise NotStamped(f"时间戳机构没有应答：{fault}") from fault
    except (ValueError, IndexError, KeyError) as fault:
        raise NotStamped("时间戳机构的答复无法读取") from fault
    return token


def _granted(answer: bytes) -> bytes:
    """Return the token of an answer. Read by us: the library refuses certificates in the order that OpenSSL sends."""
    (response,) = der(answer)
    info, *token = response.parts()
    status = int.from_bytes(info.parts()[0].content)
    if status not in GRANTED or not token:
        raise NotStamped(f"时间戳机构拒绝（状态 {status}）")
    return token[0].whole


def _asked(query: bytes) -> bytes:
    request = urllib.request.Request(settings.TSA_URL, data=query, headers=QUERY)  # noqa: S310  -- http(s), see settings
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  -- as above; set by the operator
        content: bytes = answer.read(LARGEST_ANSWER)
    return content
