"""Filing numbers: their form, their order, one series for each authority and year, and no two authorities alike."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from filing.numbering import name_in_numbers, next_number
from institutions.models import Authority
from tests import factories
from tests.filing.fixtures import InState

DECEMBER = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "name", "kind", "called"),
    [
        ("330602", "越城区", "health", "越城卫健"),
        ("640323", "盐池县", "civil_affairs", "盐池民政"),
        ("430000", "湖南省", "health", "湖南卫健"),
        ("640000", "宁夏回族自治区", "civil_affairs", "宁夏回族民政"),
        ("140203", "矿区", "health", "矿区卫健"),
    ],
)
@pytest.mark.django_db
def test_name_in_numbers(code: str, name: str, kind: str, called: str) -> None:
    authority = factories.AuthorityFactory.create(region=factories.region(code, name), kind=kind)
    assert name_in_numbers(authority) == called


def test_form_of_a_number(in_state: InState) -> None:
    with time_machine.travel(DECEMBER, tick=False):
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


@pytest.mark.django_db
def test_two_counties_of_one_name_are_told_apart() -> None:
    beijing, changchun = (
        factories.AuthorityFactory.create(region=factories.region(code, "朝阳区"), kind=Authority.Kind.HEALTH)
        for code in ("110105", "220104")
    )
    for each, name in ((beijing, "北京市"), (changchun, "长春市")):
        assert each.region.parent is not None
        each.region.parent.name = name
    with time_machine.travel(DECEMBER, tick=False):
        numbers = [next_number(authority) for authority in (beijing, changchun, beijing)]
    assert numbers == [
        "北京市朝阳区卫健医养备〔2026〕0001号",
        "长春市朝阳区卫健医养备〔2026〕0001号",
        "北京市朝阳区卫健医养备〔2026〕0002号",
    ]


@pytest.mark.django_db
def test_who_follows_an_authority_of_the_same_name_counts_on() -> None:
    """A county becomes a city in the middle of a year: no number is given twice."""
    county = factories.region("431121", "祁阳县")
    county.valid_to = datetime(2026, 7, 1, tzinfo=UTC).date()
    county.save()
    old = factories.AuthorityFactory.create(region=county, kind=Authority.Kind.HEALTH)
    with time_machine.travel(datetime(2026, 6, 30, 8, tzinfo=UTC), tick=False):
        assert next_number(old) == "祁阳卫健医养备〔2026〕0001号"
    city = factories.AuthorityFactory.create(region=factories.region("431181", "祁阳市"), kind=Authority.Kind.HEALTH)
    with time_machine.travel(datetime(2026, 7, 1, 8, tzinfo=UTC), tick=False):
        assert next_number(city) == "祁阳卫健医养备〔2026〕0002号"


@pytest.mark.parametrize(("last", "following"), [("0009", "0010"), ("9999", "10000"), ("10000", "10001")])
def test_the_number_after(last: str, following: str, in_state: InState) -> None:
    """Of a database that is older than its counter: the highest of the authority's year counts."""
    filing = in_state(Filing.State.UNDER_REVIEW)
    year = 2026
    with time_machine.travel(datetime(year, 12, 1, tzinfo=UTC), tick=False):
        _accepted_elsewhere(filing, f"越城卫健医养备〔{year}〕0002号")
        _accepted_elsewhere(filing, f"越城卫健医养备〔{year}〕{last}号")
        assert next_number(filing.authority) == f"越城卫健医养备〔{year}〕{following}号"
    with time_machine.travel(datetime(year + 1, 1, 2, tzinfo=UTC), tick=False):
        assert next_number(filing.authority) == f"越城卫健医养备〔{year + 1}〕0001号"


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
