"""What people are told at once about an institution, by the verbs and inside their transaction.

Its own people, the clerks of those it has living agreements with, and the reviewers of both bureaus of its county
are told. The moment distinguishes repetitions: each act happens once, under a lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from chinese.dates import cn_day
from institutions.models import Authority, Institution
from institutions.reaching import clerks_by_institution, people_by_institution, reviewers_by_region
from notifications import ledger

STATUS_WORDS = {"suspend": "暂停服务", "close": "关闭", "reopen": "恢复服务"}
WHAT_FOLLOWS = {
    "suspend": "恢复之前不能签约；生效中的协议请双方商量如何继续。",
    "close": "不能再签约；生效中的协议请双方及时终止或者另行安排。",
    "reopen": "可以继续起草和签订协议。",
}


def renamed(institution: Institution, former: str, on: date, *, by: User) -> None:
    """Tell everybody concerned the new name. Agreements that are final keep the old one."""
    lines = [
        f"原名：{former}",
        f"现名：{institution.name}",
        f"更名日期：{cn_day(on)}",
        "已定稿的协议仍使用原名，继续有效；正在起草的协议会使用新名称，请核对。",
    ]
    _tell_all(institution, "institution_renamed", f"机构更名：{former}更名为{institution.name}", lines, by=by)


def status_changed(institution: Institution, verb: str, on: date, reason: str, *, by: User) -> None:
    """Tell everybody concerned that it is suspended, closed or open again."""
    word = STATUS_WORDS[verb]
    lines = [f"机构：{institution.name}", f"自{cn_day(on)}起{word}", f"原因：{reason}", WHAT_FOLLOWS[verb]]
    _tell_all(institution, f"institution_{verb}", f"机构{word}：{institution.name}", lines, by=by)


def validity_entered(institution: Institution, last_day: date | None, *, by: User) -> None:
    """Tell its people and the bureau that watches it of a new period."""
    what = "执业许可证" if institution.watched_by == Authority.Kind.HEALTH else "养老机构备案"
    until = f"有效期至{cn_day(last_day)}" if last_day else "没有期限"
    lines = [f"机构：{institution.name}", f"{what}已登记新的有效期，{until}。", "主管部门请对照证照核对。"]
    people = [*people_by_institution([institution.pk])[institution.pk], *competent_reviewers(institution)]
    _tell(institution, "institution_validity_entered", people, f"{what}有效期更新：{institution.name}", lines, by)


def filing_withdrawn(institution: Institution, last_day: date, reason: str, *, by: User) -> None:
    """Tell everybody concerned that an elder-care filing no longer holds."""
    lines = [f"机构：{institution.name}", f"养老机构备案的最后有效日：{cn_day(last_day)}", f"原因：{reason}"]
    title = f"养老机构备案注销：{institution.name}"
    _tell_all(institution, "institution_filing_withdrawn", title, [*lines, "重新备案后才能签约。"], by=by)


def competent_reviewers(institution: Institution) -> list[int]:
    """Return the reviewers of the bureau that watches over it, in the county or the nearest above."""
    return reviewers_by_region([institution.region], institution.watched_by)[institution.region_id]


def partners_of(institution: Institution) -> set[int]:
    """Return whom it has living agreements with, its own unsent drafts aside: the others know nothing of those."""
    own = {"state": "draft", "drafted_by": institution}
    as_medical = institution.agreements_as_medical.living().exclude(**own).values_list("elder_care", flat=True)
    as_elder_care = institution.agreements_as_elder_care.living().exclude(**own).values_list("medical", flat=True)
    return {pk for pk in (*as_medical, *as_elder_care) if pk is not None}


def _tell_all(institution: Institution, kind: str, title: str, lines: Iterable[str], *, by: User) -> None:
    people = [*people_by_institution([institution.pk])[institution.pk]]
    for clerks in clerks_by_institution(partners_of(institution)).values():
        people += clerks
    for bureau in Authority.Kind:
        people += reviewers_by_region([institution.region], bureau)[institution.region_id]
    _tell(institution, kind, people, title, lines, by)


def _tell(
    institution: Institution, kind: str, people: Iterable[int], title: str, lines: Iterable[str], by: User
) -> None:
    ledger.tell(
        kind,
        subject=institution,
        recipients=[person for person in dict.fromkeys(people) if person != by.pk],
        period=timezone.now().isoformat(),
        title=title,
        body="\n".join(lines),
        url=reverse("institution-detail", args=[institution.pk]),
    )
