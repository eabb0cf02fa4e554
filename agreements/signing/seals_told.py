"""What a page says of seals beside the choice: which cannot be chosen and why, and whether the text wants one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from agreements.text.schema import Effectiveness
from institutions.models import Institution
from sealing.limits import limits_of
from sealing.models import Seal, SealAuthorisation
from sealing.seals import Paper

WANTED = (
    "范本写明双方盖章以后生效。只签名、不用印的，对方或者主管部门可能认为还没有生效，请先和对方说好；"
    "有印章的，请选印章一并加盖。"
)


@dataclass(frozen=True)
class SealsTold:
    """`wanted`: that the text speaks of seals, "" where it does not; `left_out`: a sentence for each of the person's
    authorisations that does not reach to these papers."""

    wanted: str
    left_out: list[str]


def seals_told(
    user: User, institution: Institution, agreements: Iterable[Agreement], *, papers: Sequence[Paper], usable: set[int]
) -> SealsTold:
    """Return what a page has to say about the seals for these papers; `usable` are the keys of those it offers."""
    is_wanted = any(row.chosen_version.parsed.effectiveness is Effectiveness.BOTH_SEALS for row in agreements)
    return SealsTold(WANTED if is_wanted else "", _left_out(user, institution, papers, usable))


def _left_out(user: User, institution: Institution, papers: Sequence[Paper], usable: set[int]) -> list[str]:
    held = SealAuthorisation.objects.holding(timezone.localdate()).filter(
        person=user, seal__institution=institution, seal__state=Seal.State.IN_USE
    )
    held = held.exclude(seal__in=usable).select_related("seal__institution__region", "seal__keeper").order_by("pk")
    reach = [each for each in held if any(each.covers(template=p.template, agreement=p.agreement) for p in papers)]
    return [_in_words(each) for each in held if each not in reach]


def _in_words(given: SealAuthorisation) -> str:
    seal = given.seal
    return (
        f"{seal}没有列在上面：给您的用印授权限于{limits_of(given)}。"
        f"要用在这里的，请保管人{seal.keeper}或者管理员另行授权。"
    )
