"""The walk along all chains at once, and along all strands."""

import heapq
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from .rules import GENESIS, STRAND, Finding, Head, Leaf, Link, Record, Tally, digest

Step = tuple[tuple[str, int], int, int, Any]  # subject, sequence, which of the streams, what stands there


class Chain:
    """The walk along one subject's chain: entries, anchored ends and the kept end come in their order."""

    def __init__(self, subject: tuple[str, int], *, complete: bool) -> None:
        self.name = f"{subject[0]} {subject[1]}"
        # Of a chain that is exported in part, nothing is known before its first entry.
        self.first: int | None = 1 if complete else None
        self.last: int | None = 0 if complete else None
        self.hash: str | None = GENESIS if complete else None
        self.anchored: int | None = 0 if complete else None
        self.entries = 0
        self.headed = False

    def entry(self, record: Record) -> Iterator[str]:
        yield from self.follow(record["sequence"], record["previous_hash"], record["hash"])
        if digest(record) != record["hash"]:
            yield f"第 {record['sequence']} 条：内容与其哈希不符，已被改动"

    def follow(self, number: int, previous: str, own: str) -> Iterator[str]:
        """Take the next entry of the chain; say what is missing before it."""
        self.entries += 1
        if self.last is not None and number != self.last + 1:
            yield f"第 {number} 条之前：缺第 {self.last + 1} 至 {number - 1} 条{self.between()}"
        self.first = self.first or number
        if self.hash is not None and previous != self.hash:
            yield f"第 {number} 条：与前一条不相接"
        self.last, self.hash = number, own

    def between(self) -> str:
        """Return what else is known of the place where entries are missing."""
        return ""

    def leaf(self, leaf: Leaf) -> Iterator[str]:
        if self.anchored is not None and leaf.first != self.anchored + 1:
            yield f"第 {leaf.first} 条：{leaf.anchor} 的锚与前一个锚不相接（前一个到第 {self.anchored} 条）"
        if self.last != leaf.last:
            yield f"第 {leaf.last} 条：{leaf.anchor} 已锚定，现已不在"
        elif self.hash != leaf.hash:
            yield f"第 {leaf.last} 条：与 {leaf.anchor} 锚定的哈希不符，该条或之前的内容已被改动并重算"
        if self.anchored is None and self.first not in (None, leaf.first):
            yield f"第 {leaf.first} 条：{leaf.anchor} 的锚由此开始，现却从第 {self.first} 条开始"
        self.anchored = leaf.last

    def head(self, head: Head) -> Iterator[str]:
        self.headed = True
        if (head.sequence, head.hash) != (self.last, self.hash):
            yield f"第 {head.sequence} 条：链末端记录与最后一条（第 {self.last} 条）不符"

    @property
    def loose(self) -> int:
        return (self.last or 0) - self.anchored if self.anchored is not None else self.entries


class Strand(Chain):
    """The walk along one strand, in which entries about all subjects stand in the order in which they were written.

    What a whole chain has lost together with its head is missing here.
    """

    def __init__(self, number: int, *, complete: bool) -> None:
        super().__init__((STRAND, number), complete=complete)
        self.name = f"横链 {number}"
        self.before = self.now = ""

    def link(self, link: Link) -> Iterator[str]:
        self.before, self.now = self.now, link.at
        yield from self.follow(link.place, link.beside, link.hash)

    def between(self) -> str:
        return f"（写于 {self.before} 与 {self.now} 之间）" if self.before else f"（写于 {self.now} 以前）"


def check_chains(
    entries: Iterable[Record],
    leaves: Iterable[Leaf],
    tally: Tally,
    *,
    heads: Iterable[Head] | None = None,
    complete: bool = True,
) -> Iterator[Finding]:
    """Walk all chains at once; every stream is sorted by subject and then sequence, and none is held in memory.

    `complete` says that chains are there from their first entry; an export of a later period is not.
    """
    streams: tuple[Iterator[Step], ...] = (
        (((one["subject_type"], one["subject_id"]), one["sequence"], 0, one) for one in entries),
        ((leaf[:2], leaf.last, 1, leaf) for leaf in leaves),
        ((head[:2], sys.maxsize, 2, head) for head in heads or ()),
    )
    in_order = heapq.merge(*streams, key=lambda step: step[:3])
    for subject, steps in groupby(in_order, key=lambda step: step[0]):
        chain = Chain(subject, complete=complete)
        walk: tuple[Callable[[Any], Iterator[str]], ...] = (chain.entry, chain.leaf, chain.head)
        for _, _, kind, what in steps:
            yield from (Finding(chain.name, said) for said in walk[kind](what))
        if heads is not None and chain.entries and not chain.headed:
            yield Finding(chain.name, "链末端记录缺失")
        tally.chains += 1
        tally.entries += chain.entries
        tally.loose += max(chain.loose, 0)


def check_strands(
    links: Iterable[Link], leaves: Iterable[Leaf], *, heads: Iterable[Head] | None = None, complete: bool = True
) -> Iterator[Finding]:
    """Walk all strands; as `check_chains`, with links sorted by strand and place, and leaves and heads of strands."""
    streams: tuple[Iterator[Step], ...] = (
        (((STRAND, one.strand), one.place, 0, one) for one in links),
        ((leaf[:2], leaf.last, 1, leaf) for leaf in leaves),
        ((head[:2], sys.maxsize, 2, head) for head in heads or ()),
    )
    in_order = heapq.merge(*streams, key=lambda step: step[:3])
    for (_, number), steps in groupby(in_order, key=lambda step: step[0]):
        strand = Strand(number, complete=complete)
        walk: tuple[Callable[[Any], Iterator[str]], ...] = (strand.link, strand.leaf, strand.head)
        for _, _, kind, what in steps:
            yield from (Finding(strand.name, said) for said in walk[kind](what))
        if heads is not None and strand.entries and not strand.headed:
            yield Finding(strand.name, "链末端记录缺失")
