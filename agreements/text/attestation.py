"""The page that attests on which days both sides signed, where the template's own text has no line for it (证明页).

It belongs to each copy as its last page and stands beside the text: not a word of the official text is changed, and
none of it enters the text's digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agreements.text.schema import Effectiveness, TemplateBody

TITLE = "签章日期证明页"
LATER = "以较晚的一天为准（民法典第四百九十条）。"
FROM_WHEN = {
    Effectiveness.BOTH_SIGNATURES: f"协议文本约定自签字之日起生效。双方签字日期不同的，{LATER}",
    Effectiveness.BOTH_SEALS: f"协议文本约定自盖章之日起生效。双方盖章日期不同的，{LATER}",
    Effectiveness.LATER_OF_SEALS: f"双方签章日期不同的，{LATER}",
}


@dataclass(frozen=True)
class AttestedSide:
    """One side, by what the text calls it: 甲方, and its name, "" while it is not known."""

    called: str
    name: str


@dataclass(frozen=True)
class Attestation:
    """What the page says; the days themselves are written on it by hand."""

    agreement: str  # its title, as the text has it
    number: str
    digest: str  # the digits of the text's digest by which its pages know each other
    sides: tuple[AttestedSide, ...]
    from_when: str

    @property
    def intro(self) -> str:
        return (
            f"编号 {self.number} 的《{self.agreement}》（文本摘要 {self.digest}）落款处没有日期栏。"
            "本页由双方各自手写签章的日期，与该份正本一并装订、一并扫描，不改动协议文本。"
        )

    @property
    def words(self) -> str:
        """Every word that reaches the page, for checking that the fonts have its characters."""
        return "\n".join([TITLE, self.intro, self.from_when, *(f"{side.called}{side.name}" for side in self.sides)])


def attestation_of(body: TemplateBody, *, number: str, digest: str, names: Mapping[str, str]) -> Attestation | None:
    """Return what the page says, None for a template whose text has a line for the day. `names` by role."""
    if not body.needs_attestation:
        return None
    sides = tuple(AttestedSide(called, names.get(role, "")) for role, called in _in_order(body))
    return Attestation(body.title, number, digest, sides, FROM_WHEN[body.effectiveness])


def _in_order(body: TemplateBody) -> list[tuple[str, str]]:
    """Return role and what it is called, in the order in which the text's signature block names the sides."""
    return [(party.role, body.called[party.role]) for party in body.signature.parties if party.role]
