"""Asks a timestamp authority (RFC 3161) to sign what an anchor says. The only module that speaks to it."""

import http.client
import urllib.request
from pathlib import Path

from cryptography import x509
from django.conf import settings
from rfc3161_client import HashAlgorithm, PKIStatus, TimestampRequestBuilder, decode_timestamp_response

from audit.verifier.rules import Damaged
from audit.verifier.timestamps import check_token

SECONDS = 15
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
        response = decode_timestamp_response(_asked(request.as_bytes()))
        if PKIStatus(response.status) not in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}:
            raise NotStamped(f"时间戳机构拒绝（状态 {response.status}）")
        if response.tst_info.nonce != request.nonce:
            raise NotStamped("时间戳机构答复的不是本次请求")
        token = response.time_stamp_token()
        check_token(token, statement, certificates())
    except Damaged as fault:
        raise NotStamped(f"时间戳{fault}") from fault
    except (OSError, http.client.HTTPException) as fault:
        raise NotStamped(f"时间戳机构没有应答：{fault}") from fault
    except (ValueError, IndexError, KeyError) as fault:
        raise NotStamped("时间戳机构的答复无法读取") from fault
    return token


def _asked(query: bytes) -> bytes:
    request = urllib.request.Request(settings.TSA_URL, data=query, headers=QUERY)  # noqa: S310  -- http(s), see settings
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  -- as above; set by the operator
        content: bytes = answer.read(LARGEST_ANSWER)
    return content
