"""Each signature of a file in plain words: of ours what the register knows, of any other what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from agreements.documents.trust import minute, revoked_since, trust_in
from agreements.models import IssuedFile
from boundary.cell.signatures import ReadSignature
from chinese.dates import cn_day
from institutions.models import Role

HOLDS, BROKEN, CHANGED_AFTER = "签名有效", "签名无效", "签名后文件被改动"
OWN_TIME, NO_TIME = "签名人自己的时间", "没有时间"
REGISTERED_TIME = "又没有到期以前的时间戳，签名时间只能看平台的登记"
NO_OTHER_TIME = "又没有可以信任的、到期以前的时间戳，不能核验是不是在到期以前签的"
AFTER = frozenset({"OTHER", ""})  # pyHanko's words for changes that no signature allows, or that it cannot tell


@dataclass(frozen=True)
class Said:
    """A signature in words. `by` and `for_whom` are known to us only where `is_known`, and else what it claims."""

    by: str
    for_whom: str
    what: str  # whether it holds
    level: str
    time: str
    is_stamp: bool
    is_known: bool
    remarks: tuple[str, ...] = ()

    @property
    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "by": self.by,
            "for": self.for_whom,
            "what": self.what,
            "level": self.level,
            "time": self.time,
            "timestamp": self.is_stamp,
            "known": self.is_known,
            "remarks": list(self.remarks),
        }


def as_known(row: IssuedFile, read: ReadSignature, proved: datetime | None) -> Said:
    """Say of a signature in our register what we know."""
    less = "没有取得时间戳" if row.signature is not None else "没有达到长期证明"
    remarks = [f"{less}：{row.no_time}"] if row.no_time else []
    if read.until is not None and read.until < timezone.now():
        remarks.append(_expired(read.until, proved))
    if row.signature is None:
        level = row.get_level_display()
        return Said(read.signer, "", HOLDS, level, _time(read), is_stamp=True, is_known=True, remarks=tuple(remarks))
    signature = row.signature
    role = Role(signature.role).label
    trust = trust_in(signature.proof)
    if ended := revoked_since(signature, proved):
        remarks.append(ended)
    if said := signature.proof.get("words", ""):
        remarks.insert(0, said)
    level = "；".join(filter(None, [trust, row.get_level_display()]))
    by = signature.signatory_name or read.name or read.signer
    whom = f"{signature.on_behalf_of}（{role}）"
    return Said(by, whom, HOLDS, level, _time(read), is_stamp=False, is_known=True, remarks=tuple(remarks))


def as_claimed(read: ReadSignature) -> Said:
    """Say of any other signature what it says of itself, and that it is no more than that."""
    if read.fault or not read.holds:
        what = BROKEN
    else:
        what = HOLDS if read.whole or read.changed not in AFTER else CHANGED_AFTER
    remarks = ["签名读不出来，或不合规范"] if read.fault else []
    if read.reason:
        remarks.append(f"签名里写明：{read.reason}")
    if read.until is not None and read.until < timezone.now():
        proved = read.stamped if read.stamp_trusted else None  # whoever made the file may have made the authority
        remarks.append(_expired(read.until, proved, NO_OTHER_TIME))
    by = read.name or read.signer or "没有写明"
    level = "" if read.trusted else "证书不在本平台信任的范围"
    whom = read.organisation
    return Said(by, whom, what, level, _time(read), is_stamp=read.is_time, is_known=False, remarks=tuple(remarks))


def _time(read: ReadSignature) -> str:
    if read.stamped is not None:
        authority = f"，{read.stamped_by}" if read.stamped_by else ""
        sure = "" if read.stamp_trusted else "，签发机构未经本平台核对"
        return f"{minute(read.stamped)}（时间戳{authority}{sure}）"
    return f"{minute(read.claimed)}（{OWN_TIME}）" if read.claimed is not None else NO_TIME


def _expired(until: datetime, proved: datetime | None, otherwise: str = REGISTERED_TIME) -> str:
    """Say what it means that a certificate has ended since, of a signature that was there at a proved moment."""
    ended = f"证书已于{cn_day(timezone.localdate(until))}到期"
    if proved is not None and proved <= until:
        return f"{ended}；时间戳说明签名是在到期以前作出的，仍然可以核验"
    return f"{ended}，{otherwise}"
