"""What the platform checks for a reviewer: dates, parties, text, region rules. It advises; a person decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone

from agreements.lifecycle import has_paper
from agreements.lifecycle.days_apart import days_apart
from agreements.models import Agreement
from agreements.text import terms
from chinese.dates import cn_day
from filing.comparison import Comparison
from filing.models import Filing, HandIn
from filing.papers import certified_scans
from institutions.models import ElderCareProfile, Institution, MedicalProfile, Role
from institutions.problems import Problem
from regions.rules import EligibleElderCare, EligibleMedical, FilingAuthorities, MinPrimaryPartners
from regions.schemes import RuleSet, rules_for


class Verdict(StrEnum):
    GOOD = "good"
    DOUBTFUL = "doubtful"  # a person should look
    WRONG = "wrong"


@dataclass(frozen=True)
class Check:
    """One thing looked at, what was found, and the source of the rule where there is one."""

    subject: str
    verdict: Verdict
    text: str
    citation: str = ""
    is_told_only: bool = False  # whatever was found, the reviewer could not decide otherwise because of it


def checks(filing: Filing, comparison: Comparison, *, rules: RuleSet | None = None) -> list[Check]:
    """Return everything checked, the gravest first. `rules`: of its region on the day it took effect, if known."""
    agreement = filing.agreement
    rules = rules_for(agreement.region, agreement.effective_on) if rules is None else rules
    found = [
        *_text(agreement, comparison),
        *_dates(agreement),
        _handed_in(filing),
        *_handed_in_later(filing),
        *_parties(agreement),
        *_eligibility(agreement, rules),
        *_copies(filing, rules),
    ]
    return sorted(found, key=lambda check: [Verdict.WRONG, Verdict.DOUBTFUL, Verdict.GOOD].index(check.verdict))


def _text(agreement: Agreement, comparison: Comparison) -> Iterator[Check]:
    intact = agreement.frozen is not None and agreement.frozen.is_intact(agreement.number)
    yield Check(
        "定稿文本",
        Verdict.GOOD if intact else Verdict.WRONG,
        "与定稿时的摘要一致，此后没有改动。" if intact else "与定稿时的摘要不一致，请联系管理员查明原因。",
    )
    changed = comparison.changed
    yield Check(
        "对照范本",
        Verdict.DOUBTFUL if changed else Verdict.GOOD,
        f"有 {changed} 处与范本的固定文字不同，已在文本中标出。" if changed else "固定文字与范本一字不差。",
        str(agreement.chosen_version),
    )


def _dates(agreement: Agreement) -> Iterator[Check]:
    signed = signing_days(agreement)
    if len(signed) < len(Role) or agreement.effective_on is None:
        yield Check("签章日期", Verdict.WRONG, "没有双方的签章日期。")
        return
    words = "；".join(f"{Role(role).label} {cn_day(day)}" for role, day in signed.items())
    in_future = max(signed.values()) > timezone.localdate()
    yield Check(
        "签章日期", Verdict.WRONG if in_future else Verdict.GOOD, f"{words}。{'日期尚未到来。' if in_future else ''}"
    )
    if apart := days_apart(*signed.values()):
        text = f"双方签章日期相差 {apart} 天，登记的人已经核对过。"
        yield Check("双方签章日期", Verdict.DOUBTFUL, text, is_told_only=True)
    yield _term(agreement, signed)


def _term(agreement: Agreement, signed: dict[str, date]) -> Check:
    source = "民法典第四百九十条、第二百零一条、第二百零二条"
    body = agreement.chosen_version.parsed
    try:
        main_until = agreement.predecessor.expires_on if agreement.predecessor else None
        term = terms.term_of(body, agreement.values(), signed, main_until=main_until)
    except terms.TermUnknown as problem:
        return Check("生效与期限", Verdict.WRONG, str(problem), source)
    recorded = (agreement.effective_on, agreement.starts_on, agreement.expires_on)
    if recorded != (term.effective_on, term.starts_on, term.expires_on):
        return Check("生效与期限", Verdict.WRONG, "登记的日期与按范本和法律推算的不同，请核对。", source)
    text = f"{cn_day(term.effective_on)}生效，期限{cn_day(term.starts_on)}至{cn_day(term.expires_on)}。"
    return Check("生效与期限", Verdict.GOOD, text, source)


def _handed_in(filing: Filing) -> Check:
    if filing.submitted_at is None:
        return Check("报送时间", Verdict.DOUBTFUL, f"尚未报送，期限{cn_day(filing.due_on)}。", filing.due_basis)
    day = timezone.localtime(filing.submitted_at).date()
    if day > filing.due_on:
        late = (day - filing.due_on).days
        text = f"{cn_day(day)}报送，比期限{cn_day(filing.due_on)}晚 {late} 天。逾期不影响协议效力。"
        return Check("报送时间", Verdict.DOUBTFUL, text, filing.due_basis, is_told_only=True)
    text = f"{cn_day(day)}报送，在期限{cn_day(filing.due_on)}之内。"
    return Check("报送时间", Verdict.GOOD, text, filing.due_basis)


def _handed_in_later(filing: Filing) -> Iterator[Check]:
    """Tell of scans that came after the copy: whoever decides looks at these."""
    for hand_in in filing.hand_ins.all():
        if hand_in.state == HandIn.State.SUBMITTED and hand_in.submitted_at is not None:
            day = cn_day(timezone.localdate(hand_in.submitted_at))
            text = f"{day}又补报了新的扫描件，说明：{hand_in.remark} 请看新的扫描件。"
            yield Check("补报的扫描件", Verdict.DOUBTFUL, text)


def _parties(agreement: Agreement) -> Iterator[Check]:
    """How each side stood on the day it signed, by what is registered about it now."""
    signed = signing_days(agreement)
    for role in Role:
        party, day = agreement.party(role), signed.get(role.value)
        if party is None or day is None:
            continue
        problems = [problem for problem in party.problems(day) if not _came_later(problem, party, day)]
        for problem in problems:
            verdict = Verdict.WRONG if problem.blocks else Verdict.DOUBTFUL
            yield Check(f"{role.label}资格", verdict, f"签章日：{problem.text}")
        if not problems:
            yield Check(f"{role.label}资格", Verdict.GOOD, f"{party}在签章日（{cn_day(day)}）符合签约条件。")


def _came_later(problem: Problem, party: Institution, day: date) -> bool:
    return problem.code == "closed" and party.closed_on is not None and party.closed_on > day


def _eligibility(agreement: Agreement, rules: RuleSet) -> Iterator[Check]:
    medical, elder_care = agreement.medical, agreement.elder_care
    applied = rules.get(EligibleMedical)
    if applied is not None and medical is not None and isinstance(profile := medical.profile, MedicalProfile):
        is_private = medical.ownership != Institution.Ownership.PUBLIC
        good = rules.medical_may_sign(kind=profile.kind, level=profile.level or 0, is_private=is_private)
        yield _eligible(
            "医疗卫生机构范围", f"{medical}（{profile.get_kind_display()}）", str(applied.citation), good=good
        )
    primary = rules.get(MinPrimaryPartners)
    if primary is not None and medical is not None:
        text = f"{medical}{'是' if medical.is_primary else '不是'}基层医疗卫生机构"
        more = "。" if medical.is_primary else "；养老机构须另有一家基层医疗卫生机构签约。"
        verdict = Verdict.GOOD if medical.is_primary else Verdict.DOUBTFUL
        yield Check("基层医疗卫生机构", verdict, text + more, str(primary.citation))
    wanted = rules.get(EligibleElderCare)
    if wanted is not None and elder_care is not None and isinstance(profile := elder_care.profile, ElderCareProfile):
        good = rules.elder_care_may_sign(kind=profile.kind)
        name = f"{elder_care}（{profile.get_kind_display()}）"
        yield _eligible("养老服务机构范围", name, str(wanted.citation), good=good)


def _eligible(subject: str, name: str, citation: str, *, good: bool) -> Check:
    text = f"{name}在规定的范围内。" if good else f"{name}不在规定的范围内，请核实。"
    return Check(subject, Verdict.GOOD if good else Verdict.DOUBTFUL, text, citation)


def _copies(filing: Filing, rules: RuleSet) -> Iterator[Check]:
    applied = rules.get(FilingAuthorities)
    if applied is not None and filing.authority.kind not in applied.rule.authorities:
        text = f"本地区规定不要求报{filing.authority.get_kind_display()}备案。"
        yield Check("备案部门", Verdict.DOUBTFUL, text, str(applied.citation))
    if not has_paper(filing.agreement):
        yield Check(
            "双方电子签章", Verdict.GOOD, "双方都以电子签章签署，报送的是签署后的电子正本；没有纸面签章，不需要扫描件。"
        )
        return
    scans = certified_scans(filing)
    if scans:
        pages = sum(scan.page_count for scan in scans)
        people = "、".join(sorted({str(scan.checked_by) for scan in scans}))
        yield Check("签章扫描件", Verdict.GOOD, f"共 {pages} 页，由{people}核验，不是上传人自己。")
    else:
        yield Check("签章扫描件", Verdict.DOUBTFUL, "没有经核验的签章扫描件。")


def signing_days(agreement: Agreement) -> dict[str, date]:
    """Return the day on which each side signed, as far as known."""
    days = {
        Role.MEDICAL.value: agreement.medical_signed_on,
        Role.ELDER_CARE.value: agreement.elder_care_signed_on,
    }
    return {role: day for role, day in days.items() if day is not None}
