"""The check of the anchors: their trees, their links, the platform's signature, their timestamps."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

from .rules import GENESIS, Damaged, Finding, Leaf, Record, Tally, merkle_root, named, statement, unpack
from .timestamps import check_token


def check_anchors(
    anchors: Iterable[Record],
    tally: Tally,
    *,
    trusted: set[str],
    authorities: Sequence[x509.Certificate],
    complete: bool = False,
) -> Iterator[Finding]:
    """Check each anchor's root, link, signature and timestamp; they come by number, `leaves` of each may be a stream.

    `complete` says that they must begin with the first. `trusted` are the platform's public keys in hexadecimal;
    `authorities` the certificates of timestamp authorities.
    """
    previous: Record | None = None
    for anchor in anchors:
        where = _name(anchor)
        faults = [
            *_link_faults(anchor, previous, complete=complete),
            *_content_faults(anchor),
            *_signature_faults(anchor, trusted),
        ]
        if anchor["token"]:
            faults += _token_faults(anchor, tally, authorities)
        yield from (Finding(where, fault) for fault in faults)
        tally.anchors += 1
        tally.made.append(named(anchor["made_at"]))
        previous = anchor


def _name(anchor: Record) -> str:
    return f"{named(anchor['made_at'])} 的锚（第 {anchor['number']} 个）"


def _link_faults(anchor: Record, previous: Record | None, *, complete: bool) -> Iterator[str]:
    if previous is None:
        if complete and anchor["number"] != 1:
            yield f"缺第 1 至 {anchor['number'] - 1} 个"
        if anchor["number"] == 1 and anchor["previous_hash"] != GENESIS:
            yield "应为第一个，却声称之前还有锚"
        return
    if anchor["number"] != previous["number"] + 1:
        yield f"与前一个不连续：缺第 {previous['number'] + 1} 至 {anchor['number'] - 1} 个"
    if dt.datetime.fromisoformat(anchor["made_at"]) <= dt.datetime.fromisoformat(previous["made_at"]):
        yield f"不晚于前一个（{named(previous['made_at'])}）"
    if anchor["previous_hash"] != previous["hash"]:
        yield "与前一个锚不相接"


def _content_faults(anchor: Record) -> Iterator[str]:
    count = 0

    def leaves() -> Iterator[Leaf]:
        nonlocal count
        for count, leaf in enumerate(anchor["leaves"], start=1):  # noqa: B007  -- the count is read after the loop
            yield Leaf(*leaf)

    if merkle_root(leaves()) != anchor["root"] or count != anchor["leaf_count"]:
        yield "所列各链末端与其默克尔根不符"
    if hashlib.sha256(statement(anchor)).hexdigest() != anchor["hash"]:
        yield "内容与其哈希不符，已被改动"


def _signature_faults(anchor: Record, trusted: set[str]) -> Iterator[str]:
    if anchor["public_key"] not in trusted:
        yield "所用公钥不是给定的平台公钥"
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor["public_key"]))
        key.verify(bytes.fromhex(anchor["signature"]), statement(anchor))
    except (InvalidSignature, ValueError):
        yield "平台签名无效"


def _token_faults(anchor: Record, tally: Tally, authorities: Sequence[x509.Certificate]) -> list[str]:
    try:
        time = check_token(unpack(anchor["token"]), statement(anchor), authorities)
        if "stamped_at" in anchor and anchor["stamped_at"] != time:
            return ["时间戳的时间与所记的不符"]
    except Damaged as fault:
        return [f"时间戳{fault}"]
    except (ValueError, IndexError, KeyError):
        return ["时间戳无法读取，已损坏"]
    tally.stamped += 1
    if abs(time - dt.datetime.fromisoformat(anchor["made_at"])) > dt.timedelta(minutes=5):
        tally.notes.append(f"{_name(anchor)}：时间戳为补签，时间 {time:%Y-%m-%d %H:%M} UTC。")
    return []


def check_kept(kept: Iterable[Record], anchors: Iterable[Record], tally: Tally) -> Iterator[Finding]:
    """Compare anchors that somebody kept with those that are shown now."""
    shown = {anchor["number"]: anchor["hash"] for anchor in anchors}
    for anchor in kept:
        hashed = hashlib.sha256(statement(anchor)).hexdigest()
        if anchor["number"] not in shown:
            tally.notes.append(f"留存的 {_name(anchor)}不在本次导出中，未能比对。")
        elif shown[anchor["number"]] != hashed:
            yield Finding(_name(anchor), "与以前留存的不同，日志已被整体重造")
