"""Reading an export: every byte of it is either checked or refused."""

import datetime as dt
import hashlib
import json
import struct
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from .rules import STATEMENT, STRAND, Damaged, Leaf, Link, Record, canonical, named, statement, unpack

ENTRIES, ANCHORS, PUBLIC_KEY = "entries.jsonl", "anchors.json", "platform-key.pem"
TEXTS = ("event", "actor_name", "subject_type", "previous_hash", "beside", "hash", "at", "address", "role")
COLUMNS = {*TEXTS, "user_agent", "id", "actor_id", "subject_id", "sequence", "strand", "place", "data", "request_id"}
ANCHOR = {*STATEMENT, "hash", "signature", "token", "leaves"}
PLACE = struct.Struct(">HQ")  # strand and place, so that they sort as numbers
HASH = 32  # bytes
SEAL = 64  # hexadecimal digits of SHA-256 as the last bytes of a zip: its comment, over all bytes before


class Export:
    """What is to be checked: a zip as it was downloaded, a folder with its files, or the entries alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.zip: zipfile.ZipFile | None = None
        if path.is_file() and zipfile.is_zipfile(path):
            self._check_seal()
            self.zip = zipfile.ZipFile(path)

    def _check_seal(self) -> None:
        hashed, left = hashlib.sha256(), self.path.stat().st_size - SEAL
        with self.path.open("rb") as file:
            while left > 0 and (block := file.read(min(left, 1 << 20))):
                hashed.update(block)
                left -= len(block)
            if file.read() != hashed.hexdigest().encode():
                raise Damaged("导出包与其封签不符：下载之后有字节被改动（如曾重新打包，请解压后核验文件夹）")

    def read(self, name: str) -> bytes | None:
        """Return a file of the export, None if it has none of that name."""
        if self.zip is not None:
            return self.zip.read(name) if name in self.zip.namelist() else None
        file = self.path / name if self.path.is_dir() else self.path.parent / name
        return file.read_bytes() if file.is_file() else None

    def lines(self) -> Iterator[bytes]:
        if self.zip is not None:
            with self.zip.open(ENTRIES) as file:
                yield from file
        else:
            with (self.path / ENTRIES if self.path.is_dir() else self.path).open("rb") as file:
                yield from file

    def entries(self) -> Iterator[Record]:
        """Yield the entries. Raises Damaged for a line that is none, is spelt otherwise or stands out of order."""
        before: tuple[str, int, int] = ("", 0, 0)
        for number, line in enumerate(self.lines(), start=1):
            record = _parsed(line.removesuffix(b"\n"), f"{ENTRIES} 第 {number} 行")
            if not isinstance(record, dict) or record.keys() != COLUMNS or not _typed(record):
                raise Damaged(f"{ENTRIES} 第 {number} 行不是日志记录")
            place = (record["subject_type"], record["subject_id"], record["sequence"])
            if place <= before:
                raise Damaged(f"{ENTRIES} 第 {number} 行（{place[0]} {place[1]} 第 {place[2]} 条）次序错乱或重复")
            before = place
            yield record


def _typed(record: Record) -> bool:
    numbers = [record[name] or 0 for name in ("id", "subject_id", "sequence", "strand", "place", "actor_id")]
    texts = (record[name] for name in (*TEXTS, "user_agent"))
    return all(type(one) is int for one in numbers) and all(isinstance(text, str) for text in texts)


def _parsed(text: bytes, where: str) -> Any:
    try:
        value = json.loads(text)
        spelt = canonical(value)
    except (ValueError, RecursionError):
        raise Damaged(f"{where}不是有效的 JSON，已损坏") from None
    if spelt != text:
        raise Damaged(f"{where}的写法不规范，已被改动")
    return value


def read_anchors(text: bytes, where: str) -> list[Record]:
    """Return the anchors of a file. Raises Damaged if it holds anything else."""
    anchors = _parsed(text.removesuffix(b"\n"), where)
    try:
        for anchor in anchors:
            if anchor.keys() != ANCHOR:
                raise ValueError("所列项目不符")
            statement(anchor), dt.datetime.fromisoformat(anchor["made_at"]).astimezone(dt.UTC)
            for leaf in anchor["leaves"]:
                Leaf(*leaf)
            if anchor["token"]:
                unpack(anchor["token"])
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise Damaged(f"{where}不是锚文件（{fault}）") from None
    return list(anchors)


def leaves_of(anchors: Iterable[Record], *, of_strands: bool = False) -> list[Leaf]:
    """Return all leaves, of chains or of strands, in the order in which they are walked."""
    leaves = [Leaf._make([*leaf, named(anchor["made_at"])]) for anchor in anchors for leaf in anchor["leaves"]]
    wanted = (leaf for leaf in leaves if (leaf.subject_type == STRAND) == of_strands)
    return sorted(wanted, key=lambda leaf: (leaf.subject_type, leaf.subject_id, leaf.last))


class Links:
    """The place of each entry in its strand, noted while the chains are walked: about 150 bytes for each entry."""

    def __init__(self) -> None:
        self._noted: list[bytes] = []

    def noting(self, entries: Iterable[Record]) -> Iterator[Record]:
        """Yield the entries as they come. Raises Damaged for one whose place or hashes are none."""
        for record in entries:
            try:
                hashes = bytes.fromhex(record["beside"]) + bytes.fromhex(record["hash"])
                place, at = PLACE.pack(record["strand"], record["place"]), record["at"].encode()
            except (ValueError, struct.error):
                hashes = b""
            if len(hashes) != 2 * HASH:
                raise Damaged(f"{record['subject_type']} {record['subject_id']} 的一条记录在横链上的位置无法读取")
            self._noted.append(place + hashes + at)
            yield record

    def in_order(self) -> Iterator[Link]:
        """Yield all that was noted, by strand and place."""
        self._noted.sort()
        for noted in self._noted:
            strand, place = PLACE.unpack_from(noted)
            beside, own = noted[PLACE.size : PLACE.size + HASH], noted[PLACE.size + HASH : PLACE.size + 2 * HASH]
            yield Link(strand, place, beside.hex(), own.hex(), named(noted[PLACE.size + 2 * HASH :].decode()))


def public_key_of(pem: bytes) -> str:
    """Return an Ed25519 public key in hexadecimal. Raises Damaged for anything else."""
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise Damaged("公钥文件无法读取") from None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise Damaged("公钥文件不是平台公钥（Ed25519）")
    spelt = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    if spelt.strip() != pem.replace(b"\r\n", b"\n").strip(b"\n"):
        raise Damaged("公钥文件的写法不规范，已被改动")
    return key.public_bytes_raw().hex()
