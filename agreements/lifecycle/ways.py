"""How each side signs: on paper or electronically, chosen by each for itself when it sends or agrees to the text.

What follows from the choice is in docs/decisions/0035-mixed-signing.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from agreements.models import Agreement
from agreements.models.ways import Way
from institutions.models import Role
from sealing.opening import why_closed
from verbs.errors import Unacceptable


def offered() -> tuple[Way, ...]:
    """Return the ways that a side may choose: electronically only while this site can, so that no page promises what
    nobody can do. Of one alone the pages only say what follows from it."""
    return (Way.PAPER,) if why_closed() else (Way.PAPER, Way.ELECTRONIC)


def refuse_not_offered(way: Way) -> None:
    """Raise Unacceptable for a way of signing in which nobody can sign yet."""
    if way not in offered():
        raise Unacceptable(f"{why_closed()}现在请选择{'或者'.join(each.label for each in offered())}。")


def ways_of(agreement: Agreement, *, answering: Way) -> dict[Role, Way]:
    """Return how each side signs if the answering side chooses this way."""
    drafting, answers = Way(agreement.drafting_way), agreement.answering_role
    return {role: answering if role == answers else drafting for role in Role}


def way_before(agreement: Agreement, role: Role) -> Way:
    """Return how a side was to sign when a text was frozen last, of this agreement or else of the one that it follows;
    on paper where there is none, or where that way is not offered now. What a page proposes, nothing more."""
    last = agreement.frozen_texts.defer("body").order_by("edition").last()
    if last is None and agreement.predecessor is not None:
        last = agreement.predecessor.frozen
    way = last.ways[role] if last is not None else Way.PAPER
    return way if way in offered() else Way.PAPER


def has_paper(agreement: Agreement) -> bool:
    """Whether a side signs on paper, so that somebody has to certify a scan of it."""
    return agreement.frozen is None or Way.PAPER in agreement.frozen.ways.values()


def awaited_on_screen(agreement: Agreement) -> tuple[Role, ...]:
    """Return the sides that sign on screen and have not yet, in the order in which they sign where there is one."""
    days, ways = _days(agreement), agreement.frozen.ways if agreement.frozen else {}
    awaited = [role for role in Role if days[role] is None and ways.get(role) is Way.ELECTRONIC]
    later = waits_for_the_other(agreement) if awaited else None
    return tuple(sorted(awaited, key=lambda role: role is later))


def first_to_sign(agreement: Agreement) -> Role | None:
    """Return the side that the agreement's template lets sign first; None where there is no order."""
    version = agreement.template_version
    first = version.parsed.first_to_sign if version is not None else ""
    return Role(first) if first else None


def waits_for_the_other(agreement: Agreement) -> Role | None:
    """Return the side that cannot sign on screen yet, because the other one signs first and has not."""
    first = first_to_sign(agreement)
    return first.other if first is not None and _days(agreement)[first] is None else None


def turn_on_screen(agreement: Agreement) -> tuple[Role, ...]:
    """Return the sides that can sign on screen now."""
    later = waits_for_the_other(agreement)
    return tuple(role for role in awaited_on_screen(agreement) if role is not later)


def not_in_turn(agreement: Agreement, role: Role) -> str:
    """Say for whom a side waits that cannot sign on screen yet, "" where it can."""
    if waits_for_the_other(agreement) is not role:
        return ""
    other = agreement.party_name(role.other)
    return f"这份范本约定由{other}先签署。{other}签署以后，您会收到消息，再来签署。"


def _days(agreement: Agreement) -> dict[Role, date | None]:
    return {Role.MEDICAL: agreement.medical_signed_on, Role.ELDER_CARE: agreement.elder_care_signed_on}


def unsigned_on_screen(agreement: Agreement) -> str:
    """Return in words which side has still to sign electronically before a scan of the other's paper is certified."""
    names = "、".join(agreement.party_name(role) for role in awaited_on_screen(agreement))
    return f"{names}还没有以电子签章签署，签署以后才能核验生效。" if names else ""


def side_on_paper(agreement: Agreement) -> str:
    """Return the name of the one side that signs on paper, "" where both sides do the same."""
    ways = agreement.frozen.ways if agreement.frozen else {}
    return next((agreement.party_name(r) for r, way in ways.items() if way is Way.PAPER), "") if _is_mixed(ways) else ""


def _is_mixed(ways: Mapping[Role, Way]) -> bool:
    return len(set(ways.values())) > 1


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
        f"合并打印的纸质正本在{electronic}的落款处印明“电子签章，见电子文件”和文本摘要，不需要再在纸上盖章。",
        f"核验人逐页比对扫描件与定稿文本，核对{on_paper}的印章、签字和日期，以及纸上印的文本摘要；电子签章由系统验证。",
    ]


def _alike(way: Way) -> str:
    if way is Way.PAPER:
        return "双方都在纸上签章：双方盖章的纸质正本是双方的原件，由第二个人逐页核验它的扫描件。"
    return "双方都以电子签章签署：双方签署后的同一份电子文件是双方的原件，打印出来的只是它的影像。"
