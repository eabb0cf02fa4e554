"""Filing numbers: their form, their order, one series for each authority and year."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from filing.numbering import TRIES, issue, short_name
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


@pytest.fixture
def unsaved(health_authority: Authority) -> Filing:
    """What asks for a number: only its authority counts."""
    return Filing(authority=health_authority)


def numbered(authority: Authority, number: str) -> Filing:
    """Write an accepted filing of an agreement of its own under a number."""
    today = factories.today()
    decider = factories.UserFactory.create()
    return Filing.objects.create(
        agreement=factories.DraftAgreementFactory.create(),
        authority=authority,
        state=Filing.State.ACCEPTED,
        due_on=today,
        due_basis="依据",
        submitted_at=timezone.now(),
        submitted_by=decider,
        decided_at=timezone.now(),
        decided_by=decider,
        number=number,
    )


@pytest.mark.parametrize(
    ("known", "following"),
    [
        ((), "0001"),
        (("0001",), "0002"),
        (("0119", "0007"), "0120"),
        (("9998", "9999"), "10000"),
        (("10000", "9999"), "10001"),
    ],
)
def test_the_highest_of_the_year_counts(known: tuple[str, ...], following: str, unsaved: Filing) -> None:
    begin = "越城卫健医养备〔2026〕"
    with time_machine.travel(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), tick=False) as clock:
        other = factories.AuthorityFactory.create(kind=Authority.Kind.CIVIL_AFFAIRS)
        numbered(other, "越城民政医养备〔2026〕0300号")
        numbered(unsaved.authority, "越城卫健医养备〔2025〕0400号")
        for number in known:
            numbered(unsaved.authority, f"{begin}{number}号")
        assert issue(unsaved, lambda _: None) == f"{begin}{following}号"
        clock.shift(60)
        assert issue(unsaved, lambda _: None) == "越城卫健医养备〔2027〕0001号"


def test_whoever_always_loses_is_told_in_the_end(unsaved: Filing) -> None:
    def always_late(number: str) -> None:
        raise IntegrityError("filing_number")

    with pytest.raises(RuntimeError, match=f"^no free filing number after {TRIES} tries$"):
        issue(unsaved, always_late)


def test_another_rule_that_is_broken_is_not_taken_for_a_lost_race(unsaved: Filing) -> None:
    asked: list[str] = []

    def broken(number: str) -> None:
        asked.append(number)
        raise IntegrityError("another rule")

    with pytest.raises(IntegrityError, match="another rule"):
        issue(unsaved, broken)
    assert len(asked) == 1
