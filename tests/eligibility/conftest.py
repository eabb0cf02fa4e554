"""The cast's medical institution under a county's own checklist, and its case in every state, made by the verbs."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.models import User
from eligibility import answering, reviewing
from eligibility.answering import Answer
from eligibility.checklist import Checklist
from eligibility.models import EligibilityCase
from eligibility.reviewing import Finding
from institutions.models import Authority, Duty, Institution
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from tests import factories
from tests.agreements.making import scan_pdf
from tests.uploading import attach

InState = Callable[[EligibilityCase.State], EligibilityCase]
State = EligibilityCase.State
ANSWERS = {
    "licence": Answer(day=factories.FAR_AHEAD, words="见附件"),
    "physicians": Answer(number=5),
    "promise": Answer(yes=True),
}
ALL_MET = {item: Finding(is_met=True) for item in ANSWERS}


@pytest.fixture
def scheme(medical_institution: Institution) -> None:
    load_scheme_files(read_schemes(Path(__file__).parent / "made_up"))


@pytest.fixture
def case(
    scheme: None, medical_institution: Institution, medical_clerk: User, health_authority: Authority
) -> EligibilityCase:
    """A draft with nothing in it."""
    return answering.begin(medical_institution, by=medical_clerk)


@pytest.fixture
def second_reviewer(health_authority: Authority) -> User:
    user = factories.UserFactory.create(username="second-reviewer", full_name="韩昇祎")
    factories.MembershipFactory.create(user=user, authority=health_authority, duty=Duty.REVIEWER)
    return user


def answered(case: EligibilityCase, by: User) -> EligibilityCase:
    """Answer everything and prove what has to be proved."""
    item = Checklist.from_json(case.checklist).item("licence")
    assert item
    row = answering.answer(case, by=by, revision=case.revision, answers=ANSWERS)
    attach(row, item, content=scan_pdf(1), name="许可证.pdf", by=by)
    return row


@pytest.fixture
def in_state(case: EligibilityCase, medical_clerk: User, health_reviewer: User) -> InState:
    """Bring the case into any state by the verbs alone; a draft is complete."""

    def bring(state: EligibilityCase.State) -> EligibilityCase:
        row = answered(case, medical_clerk)
        if state == State.DRAFT:
            return row
        row = answering.submit(row, by=medical_clerk, revision=row.revision)
        if state == State.RETURNED:
            return reviewing.return_(row, by=health_reviewer, reason="许可证看不清。")
        row = reviewing.review(row, by=health_reviewer, revision=row.revision, findings=ALL_MET)
        if state == State.SUBMITTED:
            return row
        row = reviewing.confirm(
            row, by=health_reviewer, valid_from=factories.today(), valid_to=factories.today() + timedelta(days=180)
        )
        if state == State.WITHDRAWN:
            return reviewing.withdraw(row, by=health_reviewer, reason="年度评价不合格。")
        if state == State.EXPIRED:
            reviewing.expire_due(on=factories.today() + timedelta(days=181))
            row.refresh_from_db()
        return row

    return bring
