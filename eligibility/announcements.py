"""What people are told of an eligibility case: at once by the verbs, inside their transaction, and by the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from accounts.models import User
from chinese.dates import cn_day
from eligibility.models import EligibilityCase, EligibilityCaseQuerySet
from institutions.reaching import clerks_by_institution, reviewers_by_authority
from jobs import rounds
from notifications import ladders, ledger
from notifications.ladders import Ladder, Reminder, Words

State = EligibilityCase.State


def submitted(case: EligibilityCase, *, by: User) -> None:
    """Tell the authority's reviewers that answers have come in."""
    again = "重新提交" if case.previous_id else "提交"
    reviewers = reviewers_by_authority([case.authority_id])[case.authority_id]
    title = f"{case.institution.name}{again}了资格条件，请核对"
    _tell(case, "eligibility_submitted", reviewers, by, title, f"提交人：{by.full_name}")


def confirmed(case: EligibilityCase, *, by: User) -> None:
    title = f"{case.authority.name}确认资格条件符合：{case.institution.name}"
    _tell(case, "eligibility_confirmed", _clerks(case), by, title, _validity(case))


def returned(case: EligibilityCase, *, by: User) -> None:
    title = f"{case.authority.name}退回资格条件：{case.institution.name}"
    _tell(case, "eligibility_returned", _clerks(case), by, title, f"原因：{case.reason}", "请补充以后重新填报。")


def withdrawn(case: EligibilityCase, *, by: User) -> None:
    title = f"{case.authority.name}撤销资格：{case.institution.name}"
    when = f"自{cn_day(case.withdrawn_on)}起不再符合资格条件。"
    _tell(case, "eligibility_withdrawn", _clerks(case), by, title, f"原因：{case.reason}", when)


def _ending() -> EligibilityCaseQuerySet:
    """Return what ends or has ended, unless a later confirmation has taken its place."""
    later = EligibilityCase.objects.filter(
        institution=OuterRef("institution"), state=State.CONFIRMED, valid_to__gt=OuterRef("valid_to")
    )
    ending = EligibilityCase.objects.filter(~Exists(later), state__in=[State.CONFIRMED, State.EXPIRED])
    return ending.with_places()


def _both(cases: Sequence[EligibilityCase]) -> Callable[[EligibilityCase], list[int]]:
    clerks = clerks_by_institution([case.institution_id for case in cases])
    reviewers = reviewers_by_authority([case.authority_id for case in cases])
    return lambda case: list(dict.fromkeys([*clerks[case.institution_id], *reviewers[case.authority_id]]))


def _words(case: EligibilityCase, days: int) -> Words:
    left = f"还有 {-days} 天到期" if days else "今天到期"
    title = f"资格核对{'已到期' if days > 0 else left}：{case.institution.name}"
    return Words(title, _facts(case, _validity(case), "请在资格核对页面重新填报，上一次的内容会带过来。"), _page(case))


EXPIRY = Reminder(
    Ladder("eligibility_ends", (-60, -30, -7, 1), stale_after=30),
    rows=_ending,
    day=F("valid_to"),
    people=_both,
    words=_words,
)

ROUND = rounds.declare("eligibility.remind", "资格核对的提醒")


def sweep(*, on: date | None = None, within: rounds.Slice | None = None) -> int:
    """Tell what ends soon or has ended and was not told; return how many notices are new."""
    return ladders.sweep(ROUND, [EXPIRY], on=on, within=within)


def _clerks(case: EligibilityCase) -> list[int]:
    return clerks_by_institution([case.institution_id])[case.institution_id]


def _validity(case: EligibilityCase) -> str:
    return f"有效期：{cn_day(case.valid_from)}至{cn_day(case.valid_to)}"


def _facts(case: EligibilityCase, *more: str) -> str:
    lines = f"机构：{case.institution.name}", f"核对部门：{case.authority.name}", *more
    return "\n".join(lines)


def _page(case: EligibilityCase) -> str:
    return reverse("eligibility-case", args=[case.pk])


def _tell(case: EligibilityCase, kind: str, people: Iterable[int], by: User, title: str, *lines: str) -> None:
    """Tell them, except whoever did it. Each of these acts happens once to a case: no period is needed."""
    ledger.tell(
        kind,
        subject=case,
        recipients=[person for person in people if person != by.pk],
        period="",
        title=title,
        body=_facts(case, *lines),
        url=_page(case),
    )
