"""How each side signs: on paper or electronically, chosen by each for itself when it sends or agrees to the text.

What follows from the choice is in docs/decisions/0035-mixed-signing.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from agreements.models import Agreement
from agreements.models.ways import Way
from institutions.models import Role
from verbs.errors import Unacceptable

# What a side may choose. The one switch: electronic signing joins it when its ceremony exists, for no page may promise
# what nobody can do. The rules of the database and of the verbs know both already.
OFFERED: tuple[Way, ...] = (Way.PAPER,)


def offered() -> tuple[Way, ...]:
    """Return the ways that a side may choose; of one alone the pages only say what follows from it."""
    return OFFERED


def refuse_not_offered(way: Way) -> None:
    """Raise Unacceptable for a way of signing in which nobody can sign yet."""
    if way not in OFFERED:
        raise Unacceptable(f"现在还不能{way.label}，请选择{'或者'.join(each.label for each in OFFERED)}。")


def ways_of(agreement: Agreement, *, answering: Way) -> dict[Role, Way]:
    """Return how each side signs if the answering side chooses this way."""
    drafting, answers = Way(agreement.drafting_way), agreement.answering_role
    return {role: answering if role == answers else drafting for role in Role}


def ways_in_words(agreement: Agreement, ways: Mapping[Role, Way]) -> list[str]:
    """Say which artefact is the original of which side, what is compared, and how it prints: a sentence each."""
    names = {role: agreement.party_name(role) for role in Role}
    if len(set(ways.values())) == 1:
        return [_alike(next(iter(ways.values())))]
    (on_paper,) = (names[role] for role in Role if ways[role] is Way.PAPER)
    (electronic,) = (names[role] for role in Role if ways[role] is Way.ELECTRONIC)
    return [
        f"{on_paper}在纸上签章，{electronic}以电子签章签署，两种方式效力相同；两者签的是同一份定稿文本，以文本摘要为准。",
        f"{on_paper}的原件是盖章的纸质正本，{electronic}的原件是签署后的电子文件；打印出来的电子签章只是它的影像。",
        f"纸质正本在{electronic}的落款处印明“电子签章，见电子文件”和该文件的摘要，不需要再在纸上盖章。",
        f"核验人逐页比对扫描件与定稿文本，核对{on_paper}的印章、签字和日期，并核对纸上印的摘要与电子文件一致；"
        "电子签章由系统验证。",
    ]


def _alike(way: Way) -> str:
    if way is Way.PAPER:
        return "双方都在纸上签章：双方盖章的纸质正本是双方的原件，由第二个人逐页核验它的扫描件。"
    return "双方都以电子签章签署：双方签署后的同一份电子文件是双方的原件，打印出来的只是它的影像。"
