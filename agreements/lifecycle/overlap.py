"""What stands in the way of an agreement: another of the same two parties on the same template, on the same days.

The last act is refused by the database (`one_in_force_per_pair_and_template`). By then the paper is sealed, so that the
same question is asked from the first step on, each time with the way out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from agreements.lifecycle.succession import RENEWAL_OPENS, renewal_is_open
from agreements.models import Agreement, AgreementKind
from agreements.models.agreement import AgreementQuerySet
from agreements.models.states import BEING_SIGNED, RENEWABLE
from agreements.text.schema import TermKind
from agreements.text.terms import Term, TermUnknown, term_of
from chinese.dates import cn_day
from institutions.models import Role

# The term begins when both have signed: the text names no day.
FROM_SIGNATURE = (TermKind.FIXED_YEARS, TermKind.BLANK_YEARS)


def in_the_way(agreement: Agreement, *, on: date) -> Agreement | None:
    """Return the agreement in force that this one may not join if both sides sign on that day, the earliest first.

    Days on which a side has signed stand. None for a supplement, and while parties, template or days are not known.
    """
    days = _days_if_signed(agreement, on)
    return None if days is None else in_force_between(agreement, *days).first()


def in_force_between(agreement: Agreement, first: date, last: date) -> AgreementQuerySet:
    """Return what is in force between the same two on the same template on some of these days, both included.

    What a renewal or a replacement follows is left out: that ends when this one enters force.
    """
    running = _between_the_two(agreement).filter(
        template_version__template=agreement.chosen_version.template,
        state=Agreement.State.IN_FORCE,
        starts_on__lte=last,
        expires_on__gte=first,
    )
    return running.exclude(pk=_followed(agreement) or 0).order_by("starts_on", "pk")


def running_by_template(agreement: Agreement) -> dict[int, Agreement]:
    """Return what is in force between the two parties by the id of its template, but for what this one takes over."""
    if agreement.partner is None:
        return {}
    running = _between_the_two(agreement).filter(state=Agreement.State.IN_FORCE)
    beside = running.exclude(pk=_followed(agreement) or 0).order_by("expires_on")
    return {row.template_id: row for row in beside if row.template_id}


def pending_beside(agreement: Agreement) -> AgreementQuerySet:
    """Return what else the same two have sent or agreed on by the same template: of these only one can enter force."""
    template = agreement.chosen_version.template
    states = (Agreement.State.NEGOTIATING, *BEING_SIGNED)
    return _between_the_two(agreement).filter(template_version__template=template, state__in=states).order_by("pk")


def days_lost(agreement: Agreement, signed: Mapping[Role, date]) -> int:
    """Return by how many days what a renewal follows ends early if its sides sign on these days; 0 for none.

    A side that is not named signs on the later of the days known. A replacement is meant to end it: 0.
    """
    old = agreement.predecessor
    if agreement.kind != AgreementKind.RENEWAL or old is None or old.state != Agreement.State.IN_FORCE:
        return 0
    days = {**_signed(agreement), **signed}
    try:
        every = {role.value: days.get(role, max(days.values())) for role in Role}
        term = term_of(agreement.chosen_version.parsed, agreement.values(), every)
    except TermUnknown:
        return 0
    return max(0, (old.expires_on - term.starts_on).days + 1) if old.expires_on else 0


def when_it_joins(agreement: Agreement, *, on: date) -> str:
    """Say how a renewal joins the old term if it is signed on that day: what is lost, or how many days lie between.

    Of one that counts from its signature it says from when on signing loses nothing, and what it costs on that day.
    "" where the two join. The text is never read otherwise than it stands: it is the day of signing that counts.
    """
    old, version = agreement.predecessor, agreement.template_version
    if agreement.kind != AgreementKind.RENEWAL or old is None or old.expires_on is None or version is None:
        return ""
    if between := days_between(agreement, on=on):
        return _gap_in_words(old, between, version.parsed.term.kind)
    if old.state != Agreement.State.IN_FORCE or version.parsed.term.kind not in FROM_SIGNATURE or on > old.expires_on:
        return ""
    joins, lost = cn_day(old.expires_on + timedelta(days=1)), (old.expires_on - on).days + 1
    return (
        f"这份续签按签章日起算，原协议 {old} 到{cn_day(old.expires_on)}为止。"
        f"双方在{joins}或者以后签章，两份期限正好接上；"
        f"要提前签章的，双方都要同意原协议提前结束，今天签章要提前 {lost} 天。"
    )


def days_between(agreement: Agreement, *, on: date) -> int:
    """Return how many days of a renewal's parties lie between the two terms if it is signed on that day; 0 for none."""
    old = agreement.predecessor
    if agreement.kind != AgreementKind.RENEWAL or old is None or old.expires_on is None or old.state not in RENEWABLE:
        return 0
    days = _days_if_signed(agreement, on)
    return 0 if days is None else max(0, (days[0] - old.expires_on).days - 1)


def _gap_in_words(old: Agreement, between: int, kind: TermKind) -> str:
    ended = old.expires_on or date.max
    if kind in FROM_SIGNATURE:
        begins, cure = "今天签章，这份续签从今天起算", "越晚签章，空档越长。"
    else:
        begins = f"这份续签从{cn_day(ended + timedelta(days=between + 1))}起算"
        cure = f"要接上的，开始日期应当是{cn_day(ended + timedelta(days=1))}。"
    return f"原协议 {old} 到{cn_day(ended)}为止，{begins}：中间有 {between} 天空档，这些天没有生效的协议。{cure}"


def in_words(other: Agreement) -> str:
    """Say that an agreement in force stands in the way. What it leads to, `way_out` says."""
    until = cn_day(other.expires_on) if other.expires_on else ""
    return f"双方按同一范本已有一份生效的协议 {other}，到{until}为止，期限重叠，不能再生效一份。"


def way_out(agreement: Agreement, other: Agreement, *, on: date) -> str:
    """Say what can be done instead, for an agreement that nobody has signed."""
    words = what_may_follow(other, f"请打开 {other} ", on=on)
    by_dates = agreement.template_version and agreement.template_version.parsed.term.kind is TermKind.DATE_RANGE
    if by_dates and other.expires_on:
        words += f"也可以把这一份的开始日期改到{cn_day(other.expires_on + timedelta(days=1))}或者以后。"
    return words


def what_may_follow(other: Agreement, there: str, *, on: date) -> str:
    """Say what can take the place of an agreement in force on that day: its renewal, or from when on that is open.

    `there` says where: 请打开 YY2026-000001, with what stands before the verb.
    """
    if other.expires_on is None:
        raise ValueError(f"{other} is not in force")
    if renewal_is_open(other, on=on):
        return f"要接着合作，{there}办理续签。"
    return f"续签从{cn_day(other.expires_on - RENEWAL_OPENS)}起办理；现在就要换一份的，{there}办理换签。"


def _between_the_two(agreement: Agreement) -> AgreementQuerySet:
    """Return every other agreement of the same two parties; a supplement is part of the one that it belongs to."""
    same = Agreement.objects.filter(medical=agreement.medical, elder_care=agreement.elder_care)
    return same.exclude(kind=AgreementKind.SUPPLEMENT).exclude(pk=agreement.pk)


def _followed(agreement: Agreement) -> int | None:
    """Return the key of what this one takes the place of, None for any that takes nobody's."""
    return agreement.predecessor_id if agreement.kind in AgreementKind.taking_a_place() else None


def _days_if_signed(agreement: Agreement, on: date) -> tuple[date, date] | None:
    """Return the first and last day of the term if whoever has not signed signs on that day, as far as known."""
    complete = agreement.medical_id and agreement.elder_care_id and agreement.template_version_id
    if not complete or agreement.kind == AgreementKind.SUPPLEMENT:
        return None
    body = agreement.chosen_version.parsed
    try:
        term: Term = term_of(body, agreement.values(), _signed_or(agreement, on))
    except TermUnknown:
        # Years that are not filled in yet begin with the signature all the same; dates that are not say nothing.
        return None if body.term.kind is TermKind.DATE_RANGE else (on, date.max)
    return term.starts_on, term.expires_on


def _signed_or(agreement: Agreement, on: date) -> dict[str, date]:
    return {role.value: _signed(agreement).get(role, on) for role in Role}


def _signed(agreement: Agreement) -> dict[Role, date]:
    days = {Role.MEDICAL: agreement.medical_signed_on, Role.ELDER_CARE: agreement.elder_care_signed_on}
    return {role: day for role, day in days.items() if day is not None}
