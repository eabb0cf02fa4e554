"""The page that attests on which days both sides signed, where the template's own text has no line for it (证明页).

It belongs to each copy as its last page and stands beside the text: not a word of the official text is changed, and
none of it enters the text's digest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agreements.text.schema import Effectiveness, TemplateBody

TITLE = "签章日期证明页"
LATER = "以较晚的一天为准（民法典第四百九十条）。"
# How the days come onto the page: as each side signs.
BY_HAND = "本页由双方各自手写签章的日期，与该份正本一并装订、一并扫描，"
ON_SCREEN = "双方在本平台电子签署，各方签署时，签署人和日期随电子签名记入本页。本页是该份正本的最后一页，"
BOTH_WAYS = (
    "电子签署的一方，签署人和日期随电子签名记入电子文件的本页；"
    "在纸上签章的一方，在纸质正本的本页写明签章的日期，一并装订、一并扫描。本页"
)
FROM_WHEN = {
    Effectiveness.BOTH_SIGNATURES: f"协议文本约定自签字之日起生效。双方签字日期不同的，{LATER}",
    Effectiveness.BOTH_SEALS: f"协议文本约定自盖章之日起生效。双方盖章日期不同的，{LATER}",
    Effectiveness.LATER_OF_SEALS: f"双方签章日期不同的，{LATER}",
}


@dataclass(frozen=True)
class AttestedSide:
    """One side, by what the text calls it: 甲方, and its name, "" while it is not known."""

    role: str
    called: str
    name: str


@dataclass(frozen=True)
class Attestation:
    """What the page says; the days themselves come onto it as each side signs, by hand or with its signature."""

    agreement: str  # its title, as the text has it
    number: str
    digest: str  # the digits of the text's digest by which its pages know each other
    sides: tuple[AttestedSide, ...]
    from_when: str
    how: str = BY_HAND

    @property
    def intro(self) -> str:
        return (
            f"编号 {self.number} 的《{self.agreement}》（文本摘要 {self.digest}）落款处没有日期栏。"
            f"{self.how}不改动协议文本。"
        )

    @property
    def words(self) -> str:
        """Every word that reaches the page, for checking that the fonts have its characters."""
        return "\n".join([TITLE, self.intro, self.from_when, *(f"{side.called}{side.name}" for side in self.sides)])


def attestation_of(
    body: TemplateBody, *, number: str, digest: str, names: Mapping[str, str], on_screen: Collection[str] = ()
) -> Attestation | None:
    """Return what the page says, None for a template whose text has a line for the day.

    `names` by role; `on_screen` are the roles that sign on screen, none while that is not known.
    """
    if not body.needs_attestation:
        return None
    sides = tuple(AttestedSide(role, called, names.get(role, "")) for role, called in _in_order(body))
    how = _how(len(on_screen), len(sides))
    return Attestation(body.title, number, digest, sides, FROM_WHEN[body.effectiveness], how)


def _how(on_screen: int, sides: int) -> str:
    if not on_screen:
        return BY_HAND
    return ON_SCREEN if on_screen == sides else BOTH_WAYS


def _in_order(body: TemplateBody) -> list[tuple[str, str]]:
    """Return role and what it is called, in the order in which the text's signature block names the sides."""
    return [(party.role, body.called[party.role]) for party in body.signature.parties if party.role]
