"""Filing numbers: their form, their order, one series for each authority and year."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from filing.numbering import issue, short_name
from institutions.models import Authority
from tests import factories
from tests.filing.fixtures import InState


@pytest.mark.parametrize(
    ("code", "name", "kind", "short"),
    [
        ("330602", "越城区", "health", "越城卫健"),
        ("640323", "盐池县", "civil_affairs", "盐池民政"),
        ("430000", "湖南省", "health", "湖南卫健"),
        ("640000", "宁夏回族自治区", "civil_affairs", "宁夏回族民政"),
        ("140203", "矿区", "health", "矿区卫健"),
    ],
)
@pytest.mark.django_db
def test_short_name(code: str, name: str, kind: str, short: str) -> None:
    authority = factories.AuthorityFactory.create(region=factories.region(code, name), kind=kind)
    assert short_name(authority) == short


def test_form_of_a_number(in_state: InState) -> None:
    with time_machine.travel(datetime(2026, 12, 1, 8, tzinfo=UTC), tick=False):
        assert in_state(Filing.State.ACCEPTED).number == "越城卫健医养备〔2026〕0001号"


def test_each_authority_counts_for_itself(
    filings: dict[str, Filing], elder_care_clerk: User, health_reviewer: User, civil_affairs_officer: User
) -> None:
    numbers = {}
    for kind, by in ((Authority.Kind.HEALTH, health_reviewer), (Authority.Kind.CIVIL_AFFAIRS, civil_affairs_officer)):
        submitted = lifecycle.submit(filings[kind], by=elder_care_clerk)
        numbers[kind] = lifecycle.accept(lifecycle.take_up(submitted, by=by), by=by).number
    assert numbers[Authority.Kind.HEALTH].endswith("0001号")
    assert numbers[Authority.Kind.CIVIL_AFFAIRS].endswith("0001号")
    assert len(set(numbers.values())) == 2


@pytest.mark.parametrize(("last", "following"), [("0009", "0010"), ("9999", "10000"), ("10000", "10001")])
def test_the_number_after(last: str, following: str, in_state: InState) -> None:
    filing = in_state(Filing.State.UNDER_REVIEW)
    year = 2026
    others: list[str] = []

    def issued(number: str) -> None:
        others.append(number)

    with time_machine.travel(datetime(year, 12, 1, tzinfo=UTC), tick=False):
        _accepted_elsewhere(filing, f"越城卫健医养备〔{year}〕0002号")
        _accepted_elsewhere(filing, f"越城卫健医养备〔{year}〕{last}号")
        assert issue(filing, issued) == f"越城卫健医养备〔{year}〕{following}号"
    with time_machine.travel(datetime(year + 1, 1, 2, tzinfo=UTC), tick=False):
        assert issue(filing, issued) == f"越城卫健医养备〔{year + 1}〕0001号"
    assert len(others) == 2


def _accepted_elsewhere(filing: Filing, number: str) -> None:
    """An accepted filing of another agreement with the same authority."""
    agreement = factories.DraftAgreementFactory.create()
    Filing.objects.create(
        agreement=agreement,
        authority=filing.authority,
        state=Filing.State.ACCEPTED,
        due_on=filing.due_on,
        due_basis="依据",
        submitted_at=filing.submitted_at,
        decided_at=filing.submitted_at,
        decided_by=filing.submitted_by,
        number=number,
    )
