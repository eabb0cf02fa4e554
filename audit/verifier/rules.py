"""The rules of the log: how an entry is spelt and hashed, what an anchor says, how its tree is calculated."""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

GENESIS = "0" * 64  # stands before the first entry of every chain, and before the first anchor
STRAND = "strand"  # stands for a subject's type where an anchor lists a strand
CHINA = dt.timezone(dt.timedelta(hours=8))
STATEMENT = ("number", "made_at", "previous_hash", "leaf_count", "root", "public_key")  # what an anchor says

Record = Mapping[str, Any]


class Damaged(Exception):
    """What should be checked cannot be read; the message says why, in Chinese."""


class Finding(NamedTuple):
    where: str
    what: str


class Leaf(NamedTuple):
    """One chain in an anchor: its entries from `first` to `last` are in it, `hash` is the last one's."""

    subject_type: str
    subject_id: int
    first: int
    last: int
    hash: str
    anchor: str = ""  # when it was made, as people read it


class Link(NamedTuple):
    """An entry in its strand: all that shows whether one is missing before it."""

    strand: int
    place: int
    beside: str
    hash: str
    at: str  # as people read it


class Head(NamedTuple):
    """The end of a chain as the platform's own database keeps it; exports have none."""

    subject_type: str
    subject_id: int
    sequence: int
    hash: str


@dataclass
class Tally:
    entries: int = 0
    chains: int = 0
    loose: int = 0  # entries after the last anchor of their chain
    anchors: int = 0
    stamped: int = 0
    made: list[str] = field(default_factory=list)  # when each anchor was, as people read it
    notes: list[str] = field(default_factory=list)


def named(moment: str) -> str:
    """Return a moment that is spelt as it is hashed as people in China read it, to the minute."""
    return f"{dt.datetime.fromisoformat(moment).astimezone(CHINA):%Y-%m-%d %H:%M}"


def canonical(value: object) -> bytes:
    """Return the one spelling of JSON that is hashed: keys sorted, no spaces, UTF-8, nothing escaped needlessly."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest(record: Record) -> str:
    """Return the SHA-256 over everything in an entry but its own `hash`, in hexadecimal."""
    return hashlib.sha256(canonical({key: value for key, value in record.items() if key != "hash"})).hexdigest()


def statement(anchor: Record) -> bytes:
    """Return the bytes that are hashed, signed and timestamped for an anchor."""
    return canonical({key: anchor[key] for key in STATEMENT})


def merkle_root(leaves: Iterable[Leaf]) -> str:
    """Return the root of the tree of RFC 6962 over the leaves in their order, without holding them."""
    stack: list[tuple[int, bytes]] = []  # full subtrees from the left: how many leaves, their root
    for leaf in leaves:
        size, node = 1, hashlib.sha256(b"\0" + canonical(leaf[:5])).digest()
        while stack and stack[-1][0] == size:
            size, node = size * 2, hashlib.sha256(b"\1" + stack.pop()[1] + node).digest()
        stack.append((size, node))
    root = stack.pop()[1] if stack else hashlib.sha256().digest()
    while stack:
        root = hashlib.sha256(b"\1" + stack.pop()[1] + root).digest()
    return root.hex()


def pack(token: bytes) -> str:
    return base64.b64encode(token).decode()


def unpack(text: str) -> bytes:
    """Return the bytes of a packed token. Raises ValueError if it is spelt in any other way than `pack` does."""
    token = base64.b64decode(text, validate=True)
    if pack(token) != text:
        raise ValueError("时间戳的写法不规范")
    return token
