"""Whether a party may sign: each reason alone, its gravity, and the edges of the dates."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from institutions.models import Authority, Institution, MedicalProfile, same_legal_entity
from institutions.problems import Problem, Severity, capacity_problems, filing_problems, licence_problems
from tests import factories

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("days_left", "code", "words"),
    [
        (-1, "licence_expired", "2026年11月21日"),
        (0, "licence_ending", "今天到期"),
        (1, "licence_ending", "还有 1 天"),
        (90, "licence_ending", "还有 90 天"),
    ],
)
def test_a_licence_is_watched_from_90_days_before_its_end(days_left: int, code: str, words: str) -> None:
    (problem,) = licence_problems("MB330602", None, TODAY + timedelta(days=days_left), TODAY)

    assert (problem.code, problem.blocks) == (code, days_left < 0)
    assert words in problem.text


def test_a_licence_with_91_days_left_is_fine() -> None:
    assert licence_problems("MB330602", TODAY, TODAY + timedelta(days=91), TODAY) == []


@pytest.mark.parametrize(
    ("number", "valid_from", "valid_to", "code", "blocks"),
    [
        ("", None, None, "licence_missing", True),
        ("MB330602", TODAY + timedelta(days=1), None, "licence_not_yet", True),
        ("MB330602", None, None, "licence_end_unknown", False),
    ],
)
def test_a_licence_can_be_wanting(
    number: str, valid_from: date | None, valid_to: date | None, code: str, *, blocks: bool
) -> None:
    (problem,) = licence_problems(number, valid_from, valid_to, TODAY)

    assert (problem.code, problem.blocks) == (code, blocks)


def test_without_a_code_an_institution_signs_through_its_operator() -> None:
    assert capacity_problems("12330602MB33060215", "", "") == []
    assert [p.code for p in capacity_problems("", "", "")] == ["no_civil_capacity"]
    assert [p.code for p in capacity_problems("", "某镇", "")] == [
        "signs_through_operator",
        "operator_code_missing",
    ]
    assert any(p.blocks for p in capacity_problems("", "", ""))
    assert not any(p.blocks for p in capacity_problems("", "某镇", "12330602MB33060215"))


@pytest.mark.django_db
def test_an_institution_without_profile_cannot_sign() -> None:
    made = factories.OpenMedicalInstitutionFactory.create(profile=None)

    assert [problem.code for problem in made.problems(TODAY)] == ["profile_missing"]
    assert made.profile is None
    assert not made.is_primary


@pytest.mark.django_db
def test_the_gravest_problem_comes_first() -> None:
    made = factories.CodelessElderCareFactory.create(status=Institution.Status.CLOSED)

    assert [problem.code for problem in made.problems(TODAY)] == ["closed", "signs_through_operator"]


@pytest.mark.django_db
def test_only_full_day_residential_care_needs_a_filing() -> None:
    home = factories.UnfiledElderCareFactory.create()
    canteen = factories.UnfiledElderCareFactory.create(profile__kind="elders_canteen")

    assert [problem.code for problem in home.problems(TODAY)] == ["filing_missing"]
    assert canteen.problems(TODAY) == []


@pytest.mark.django_db
def test_primary_by_kind() -> None:
    assert factories.OpenMedicalInstitutionFactory.create().is_primary
    assert not factories.HospitalFactory.create().is_primary
    assert not factories.OpenElderCareFactory.create().is_primary
    assert MedicalProfile.Kind.GENERAL_HOSPITAL not in MedicalProfile.PRIMARY_KINDS


@pytest.mark.django_db
def test_one_legal_entity_under_two_names() -> None:
    hospital = factories.HospitalFactory.create()
    its_home = factories.OpenElderCareFactory.create(uscc=hospital.uscc)
    its_canteen = factories.CodelessElderCareFactory.create(operator_uscc=hospital.uscc)
    unknown = factories.CodelessElderCareFactory.create(operator_uscc="")

    assert same_legal_entity(hospital, hospital)
    assert same_legal_entity(hospital, its_home)
    assert same_legal_entity(its_canteen, hospital)
    assert not same_legal_entity(unknown, factories.CodelessElderCareFactory.create(operator_uscc=""))
    assert not same_legal_entity(hospital, factories.OpenElderCareFactory.create())


@pytest.mark.django_db
def test_problems_of_a_list_ask_the_database_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    factories.OpenElderCareFactory.create()
    factories.OpenMedicalInstitutionFactory.create()

    with django_assert_num_queries(1):
        for institution in Institution.objects.with_profiles():
            institution.problems(TODAY)
            institution.identifier_warnings()


@pytest.mark.django_db
def test_the_authority_is_the_countys_or_the_nearest_above() -> None:
    county, neighbour = factories.region("330602"), factories.region("330604")
    own = factories.AuthorityFactory.create(region=county)
    above = factories.AuthorityFactory.create(region=factories.region("330600"))

    found = Authority.objects.for_region
    assert found(county, Authority.Kind.HEALTH) == own
    assert found(neighbour, Authority.Kind.HEALTH) == above
    assert found(county, Authority.Kind.CIVIL_AFFAIRS) is None


DAY = timedelta(days=1)
LICENCE, WARNS, BLOCKS = "MB330602", Severity.WARNS, Severity.BLOCKS


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            lambda: licence_problems("", None, None, TODAY),
            [Problem("licence_missing", BLOCKS, "没有登记医疗机构执业许可证，不能签约。")],
        ),
        (
            lambda: licence_problems(LICENCE, TODAY + DAY, TODAY + 99 * DAY, TODAY),
            [Problem("licence_not_yet", BLOCKS, "执业许可证自2026年11月23日起才有效。")],
        ),
        (lambda: licence_problems(LICENCE, TODAY, TODAY + 99 * DAY, TODAY), []),
        (
            lambda: licence_problems(LICENCE, TODAY, None, TODAY),
            [Problem("licence_end_unknown", WARNS, "没有登记执业许可证的有效期，请对照证照核对。")],
        ),
        (
            lambda: licence_problems(LICENCE, None, TODAY - DAY, TODAY),
            [Problem("licence_expired", BLOCKS, "执业许可证已于2026年11月21日到期，续期后才能签约。")],
        ),
        (
            lambda: licence_problems(LICENCE, None, TODAY + 90 * DAY, TODAY),
            [Problem("licence_ending", WARNS, "执业许可证还有 90 天到期（2027年2月20日），请提醒续期。")],
        ),
        (lambda: licence_problems(LICENCE, None, TODAY + 91 * DAY, TODAY), []),
        (lambda: filing_problems(None, TODAY), []),
        (
            lambda: filing_problems(TODAY - DAY, TODAY),
            [Problem("filing_expired", BLOCKS, "养老机构备案已于2026年11月21日失效，重新备案后才能签约。")],
        ),
        (
            lambda: filing_problems(TODAY, TODAY),
            [Problem("filing_ending", WARNS, "养老机构备案今天失效（2026年11月22日），请提醒办理。")],
        ),
        (
            lambda: filing_problems(TODAY + 90 * DAY, TODAY),
            [Problem("filing_ending", WARNS, "养老机构备案还有 90 天失效（2027年2月20日），请提醒办理。")],
        ),
        (lambda: filing_problems(TODAY + 91 * DAY, TODAY), []),
        (
            lambda: capacity_problems("", "", "12330602MB33060215"),
            [
                Problem(
                    "no_civil_capacity",
                    BLOCKS,
                    "没有自己的统一社会信用代码，也没有登记举办单位，不具备签约的民事主体资格。",
                )
            ],
        ),
        (
            lambda: capacity_problems("", "某镇", ""),
            [
                Problem("signs_through_operator", WARNS, "没有自己的统一社会信用代码，应由举办单位（某镇）签章。"),
                Problem("operator_code_missing", WARNS, "没有登记举办单位的统一社会信用代码。"),
            ],
        ),
    ],
)
def test_each_problem_has_its_weight_and_its_sentence(
    asked: Callable[[], list[Problem]], expected: list[Problem]
) -> None:
    assert asked() == expected
