"""Reading an export: every byte of it is either checked or refused."""

import datetime as dt
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from .rules import STATEMENT, Damaged, Leaf, Record, canonical, statement, unpack

ENTRIES, ANCHORS, PUBLIC_KEY = "entries.jsonl", "anchors.json", "platform-key.pem"
TEXTS = ("event", "actor_name", "subject_type", "previous_hash", "hash", "at", "address", "user_agent", "role")
COLUMNS = {*TEXTS, "id", "actor_id", "subject_id", "sequence", "data", "request_id"}
ANCHOR = {*STATEMENT, "hash", "signature", "token", "leaves"}
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
    numbers = [record["id"], record["subject_id"], record["sequence"], record["actor_id"] or 0]
    return all(type(one) is int for one in numbers) and all(isinstance(record[name], str) for name in TEXTS)


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
            statement(anchor), dt.date.fromisoformat(anchor["day"]), dt.datetime.fromisoformat(anchor["made_at"])
            for leaf in anchor["leaves"]:
                Leaf(*leaf)
            if anchor["token"]:
                unpack(anchor["token"])
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise Damaged(f"{where}不是锚文件（{fault}）") from None
    return list(anchors)


def leaves_of(anchors: Iterable[Record]) -> list[Leaf]:
    """Return all leaves in the order in which chains are walked."""
    leaves = [Leaf._make([*leaf, anchor["day"]]) for anchor in anchors for leaf in anchor["leaves"]]
    return sorted(leaves, key=lambda leaf: (leaf.subject_type, leaf.subject_id, leaf.last))


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
