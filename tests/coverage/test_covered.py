"""The facet of the register that says who is covered: for whom there is one, and what each institution is called."""

from datetime import date

import pytest

from accounts.models import User
from coverage.covered import covered_facets
from institutions.models import Duty, Institution
from regions.models import Region
from tests import factories
from tests.coverage.histories import Home, Stage, write_agreement, write_clinic, write_home

ON = date(2026, 11, 22)


def supervisor_of(code: str) -> User:
    authority = factories.AuthorityFactory.create(region=factories.region(code))
    return factories.MembershipFactory.create(authority=authority, duty=Duty.SUPERVISOR).user


def called(user: User, region: Region | None) -> dict[str, str]:
    """Return what each institution is called under the facet that this person has for the region in view."""
    [facet] = covered_facets(user, region, ON)
    return dict(Institution.objects.annotate(found=facet.expression(ON)).values_list("name", "found"))


@pytest.fixture
def homes(stage: Stage) -> None:
    """One home of each kind in 越城区, one in 上虞区 and one far away, and the hospital that signs with the first."""
    medical = write_clinic(stage, name="卫生院")
    write_agreement(stage, write_home(Home(), stage, "签约"), medical, date(2026, 1, 1), date(2026, 12, 31))
    write_home(Home(), stage, "没有")
    write_home(Home(filed_on=None), stage, "不必")
    write_home(Home("330604"), stage, "邻县")
    write_home(Home("430103"), stage, "外省")


def test_who_need_not_be_covered_or_is_out_of_view_has_no_value(homes: None, supervisor: User) -> None:
    everywhere = {"卫生院": "", "签约": "signed", "没有": "uncovered", "不必": "", "邻县": "uncovered", "外省": ""}
    assert called(supervisor, None) == everywhere
    assert called(supervisor, factories.region("330600")) == everywhere
    assert called(supervisor, factories.region("330602")) == {**everywhere, "邻县": ""}
    assert called(supervisor, factories.region("330604")) == {**everywhere, "签约": "", "没有": ""}
    assert set(called(supervisor, factories.region("430103")).values()) == {""}, "outside the remit"


@pytest.mark.parametrize(
    ("seat", "view", "has_facet"),
    [
        ("000000", "", False),
        ("000000", "000000", False),
        ("000000", "330000", True),
        ("330000", "", True),
        ("330000", "000000", False),
        ("330600", "", True),
        ("330602", "330602", True),
    ],
)
def test_a_province_is_the_widest_that_is_asked_about(seat: str, view: str, *, has_facet: bool, db: None) -> None:
    facets = covered_facets(supervisor_of(seat), factories.region(view) if view else None, ON)
    assert [facet.name for facet in facets] == ["covered"] * has_facet


@pytest.mark.parametrize("person", ["elder_care_clerk", "auditor", "institution_administrator"])
def test_whoever_answers_for_no_region_has_none(person: str, request: pytest.FixtureRequest) -> None:
    assert covered_facets(request.getfixturevalue(person), None, ON) == []


def test_of_two_seats_the_wider_one_decides(db: None) -> None:
    user = supervisor_of("330600")
    nation = factories.AuthorityFactory.create(region=factories.region("000000"))
    factories.MembershipFactory.create(user=user, authority=nation, duty=Duty.SUPERVISOR)
    assert covered_facets(user, None, ON) == []
    assert len(covered_facets(user, factories.region("330600"), ON)) == 1
