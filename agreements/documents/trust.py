"""What a signature's certificate was when it signed, and what became of it since, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from agreements.models import Signature
from chinese.dates import cn_day
from sealing.authority.elsewhere import WORDS, Standing
from sealing.enrolling import standing_of
from sealing.models import Certificate

# What a certificate is, as its holder was told; kept with the signature when it was made.
TRUST = {
    "demo": "演示证书，没有法律效力",
    "agreed": "双方约定采用的证书",
    "licensed": "依法设立的电子认证机构签发的证书",
}
NO_TRUST = "没有登记证书的级别"
UNVERIFIED = "签名时撤销状态未能核实"


def trust_in(proof: Mapping[str, Any]) -> str:
    """Return what a signature's certificate is, as it was told when it signed; "" where that was not kept."""
    trust = TRUST.get(proof.get("level", ""), "")
    is_verified = proof.get("level") != "licensed" or proof.get("standing") == Standing.GOOD
    return trust if is_verified else f"{trust}（{UNVERIFIED}）"


def revoked_since(signature: Signature, proved: datetime | None) -> str:
    """Say that a certificate is revoked, before or after it signed, and whether the moment of signing is proved; else
    ""."""
    found = Certificate.objects.filter(identity=signature.proof.get("identity"))
    row = next((each for each in found if each.serial.lower() == signature.proof.get("certificate")), None)
    since = None if row is None else _since(row)
    if row is None or since is None:
        return ""
    told = f"（{minute(since)}，{row.get_revocation_display() or WORDS[Standing.REVOKED]}）"
    if proved is not None and proved < since:
        return f"证书在签名以后被吊销{told}；时间戳说明签名是在吊销以前作出的，仍然可以核验"
    if signature.entered_at >= since:
        return f"证书在签名以前已经被吊销{told}，这个签名不能证明是证书有效时作出的"
    return f"证书在签名以后被吊销{told}，又没有吊销以前的时间戳，签名时间只能看平台的登记"


def _since(row: Certificate) -> datetime | None:
    """Return since when a certificate is revoked: by us, or as its authority's list says, which we may hear of late."""
    said = None if row.is_ours else standing_of(row).since
    return min(filter(None, (row.revoked_at, said)), default=None)


def minute(moment: datetime) -> str:
    """Return a moment as people read it, to the minute."""
    local = timezone.localtime(moment)
    return f"{cn_day(local.date())} {local:%H:%M}"
