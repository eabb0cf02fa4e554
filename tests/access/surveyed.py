"""A survey round of the county's health bureau, and an eligibility case in each state that pages are about."""

from dataclasses import replace
from pathlib import Path

from accounts.models import User
from eligibility import answering, reviewing
from eligibility.models import EligibilityCase
from institutions.models import Authority, Institution
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from surveys import rounds
from tests import factories
from tests.eligibility.conftest import ALL_MET, ANSWERS, answered

MADE_UP = Path(__file__).resolve().parent.parent / "eligibility" / "made_up"


def surveyed(
    medical: Institution, clerk: User, authority: Authority, reviewer: User
) -> dict[str, dict[str, str | int]]:
    """The draft is the cast's own; what was submitted and confirmed belongs to two others of the county."""
    load_scheme_files(read_schemes(MADE_UP))
    opened = rounds.ask(authority, by=reviewer, title="摸底", due_on=factories.FAR_AHEAD)
    handed_in, confirmed = _handed_in(medical, reviewer), _confirmed(_handed_in(medical, reviewer), reviewer)
    drafted = answered(answering.begin(medical, by=clerk), clerk)
    load_scheme_files([])  # it would speak against every agreement here
    return {
        "round": {"pk": opened.pk},
        "medical": {"pk": medical.pk},
        "case-draft": _words(drafted),
        "case-submitted": _words(handed_in),
        "case-confirmed": _words(confirmed),
    }


def applied(medical: Institution, clerk: User, *, words: str) -> EligibilityCase:
    """Return a case that was submitted under a checklist of the institution's own county, with an answer in words."""
    [made_up] = read_schemes(MADE_UP)
    code = medical.region.code
    load_scheme_files([replace(made_up, body=replace(made_up.body, slug=f"made-up-{code}", region=code))])
    row = answered(answering.begin(medical, by=clerk), clerk)
    told = ANSWERS | {"licence": replace(ANSWERS["licence"], words=words)}
    row = answering.answer(row, by=clerk, revision=row.revision, answers=told)
    load_scheme_files([])  # it would speak against every agreement here
    return answering.submit(row, by=clerk, revision=row.revision)


def _handed_in(beside: Institution, reviewer: User) -> EligibilityCase:
    institution = factories.OpenMedicalInstitutionFactory.create(region=beside.region)
    clerk = factories.MembershipFactory.create(institution=institution).user
    row = answered(answering.begin(institution, by=clerk), clerk)
    row = answering.submit(row, by=clerk, revision=row.revision)
    return reviewing.review(row, by=reviewer, revision=row.revision, findings=ALL_MET)


def _confirmed(row: EligibilityCase, reviewer: User) -> EligibilityCase:
    return reviewing.confirm(row, by=reviewer, valid_from=factories.today(), valid_to=factories.FAR_AHEAD)


def _words(case: EligibilityCase) -> dict[str, str | int]:
    return {"case": case.pk, "evidence": case.evidence.get().pk}
