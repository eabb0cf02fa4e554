"""Schemes: loaded without a change, inherited downwards, locked where the upper region says so."""

import shutil
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from regions.datafile import DataFileError
from regions.divisions import read_divisions
from regions.left_out import FilesLeftOut
from regions.loading import load_divisions, load_scheme_files
from regions.models import Region, Scheme
from regions.rules import (
    AdvisoryNotice,
    Disclosure,
    EligibilityChecklist,
    HealthExamination,
    MinPrimaryPartners,
    OwnClinicAdvised,
    OwnClinicExempts,
    ServicePackage,
    YearlyAssessment,
    YearlyServices,
)
from regions.scheme_files import FOLDER, read_schemes
from regions.schemes import RuleSet, rules_for, rules_for_many
from tests.made_up_schemes import NO_DIGEST, write_scheme

MADE_UP = """\
slug: made-up
region: "{region}"
title: 演示方案
issuers: [演示局]
document_number: 演示〔2026〕1号
issued_on: 2026-01-01
in_force_on: {in_force_on}
source: {{file: made-up.txt, digest: {digest}}}
rules:
  - rule: {rule}
    with: {{{parameters}}}
    quote: 演示
    lower_may_change: true
"""
Adder = Callable[..., Path]


@pytest.fixture
def tree(db: None) -> None:
    wanted = ("000000", "33", "36", "41", "43", "64")
    load_divisions({code: row for code, row in read_divisions().items() if code.startswith(wanted)})


@pytest.fixture
def schemes(tree: None) -> None:
    load_scheme_files(read_schemes())


@pytest.fixture
def add_file(tmp_path: Path) -> Adder:
    """Return a function that puts one made-up file beside the real ones and returns the folder."""

    def add(region: str, rule: str, parameters: str, in_force_on: str = "2026-01-01") -> Path:
        folder = shutil.copytree(FOLDER, tmp_path / "schemes")
        text = MADE_UP.format(
            region=region, rule=rule, parameters=parameters, in_force_on=in_force_on, digest=NO_DIGEST
        )
        write_scheme(folder, text)
        return folder

    return add


def rules_of(code: str, on: date | None = None) -> RuleSet:
    return rules_for(Region.objects.get(code=code), on)


def test_county_inherits_from_its_prefecture_with_the_sentence(schemes: None) -> None:
    rules = rules_of("330602")
    assert (rules.min_medical_partners, rules.min_primary_partners) == (1, 1)
    applied = rules.get(MinPrimaryPartners)
    assert applied
    assert applied.citation.scheme_slug == "shaoxing-2024"
    assert not applied.lower_may_change
    assert str(applied.citation) == (
        "《关于建立养医联合体 推进养老机构医疗服务建设的实施方案》（绍市民〔2024〕6号）："
        "“已备案养老机构应与不少于1家医疗卫生机构（至少含1家基层医疗卫生机构）签订服务协议”"
    )


def test_own_clinic_rules_differ(schemes: None) -> None:
    shaoxing, hunan = rules_of("330602"), rules_of("430102")
    assert (shaoxing.own_clinic_exempts, hunan.own_clinic_exempts) == (False, True)
    advised = shaoxing.get(OwnClinicAdvised)
    assert advised
    assert advised.rule.residents == 50
    assert hunan.get(OwnClinicAdvised) is None
    applied = rules_of("360826").get(OwnClinicExempts)
    assert applied
    assert str(applied.citation) == "平台默认"


def test_examination_age_differs(schemes: None) -> None:
    ages = {}
    for code in ("430102", "330602"):
        applied = rules_of(code).get(HealthExamination)
        assert applied
        ages[code] = (applied.rule.age, applied.rule.free, applied.rule.on_site)
    assert ages == {"430102": (65, True, False), "330602": (60, False, True)}
    assert rules_of("640323").get(HealthExamination) is None


def test_rules_with_lists_come_back_as_their_types(schemes: None) -> None:
    package = rules_of("360826").get(ServicePackage)
    assert package
    assert [len(group.services) for group in package.rule.groups] == [7, 3, 4]
    services = rules_of("430102").get(YearlyServices)
    assert services
    assert [(item.service, item.times) for item in services.rule.items] == [("医养结合服务", 2), ("老年健康服务", 1)]
    checklist = rules_of("410102").get(EligibilityChecklist)
    assert checklist
    assert len(checklist.rule.items) == 13
    assert [item.answer for item in checklist.rule.items if item.answer != "yes"] == ["day", "number"]
    assert (checklist.rule.valid_months, checklist.rule.without) == (12, "warns")


def test_eligibility(schemes: None) -> None:
    zhengzhou, taihe, elsewhere = rules_of("410102"), rules_of("360826"), rules_of("330100")
    assert zhengzhou.medical_may_sign(kind="general_hospital", level=1, is_private=True)
    assert not zhengzhou.medical_may_sign(kind="clinic", level=0, is_private=True)
    assert taihe.medical_may_sign(kind="township_health_centre", level=0, is_private=False)
    assert not taihe.medical_may_sign(kind="general_hospital", level=2, is_private=False)
    assert taihe.elder_care_may_sign(kind="township_elderly_home")
    assert not taihe.elder_care_may_sign(kind="elders_canteen")
    assert elsewhere.medical_may_sign(kind="clinic", level=0, is_private=True)


def test_targets_and_deadlines_of_the_chain(schemes: None) -> None:
    assert [(deadline.act, deadline.due) for deadline in rules_of("640323").deadlines] == [
        ("hand_in", date(2022, 11, 30))
    ]
    assert [(target.metric, target.value, target.due) for target in rules_of("330602").targets] == [
        ("signed_coverage", 100, date(2024, 5, 31))
    ]
    assert rules_of("640324").deadlines == ()


def test_scheme_holds_from_its_day_on(schemes: None) -> None:
    assert rules_of("330602", on=date(2024, 2, 18)).min_primary_partners == 0
    assert rules_of("330602", on=date(2024, 2, 19)).min_primary_partners == 1
    assert rules_of("410102", on=date(2021, 8, 31)).get(YearlyAssessment) is None
    assert rules_of("410102", on=date(2021, 9, 1)).get(YearlyAssessment)


def test_rules_are_one_query(schemes: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    county = Region.objects.get(code="430102")
    with django_assert_num_queries(1):
        rules = rules_for(county, date(2026, 11, 22))
        assert rules.get(AdvisoryNotice)
        assert {applied.rule.key for applied in rules} >= {"disclosure", "filing_due", "county_names_medical"}


def test_loading_is_idempotent(tree: None) -> None:
    out = StringIO()
    call_command("load_schemes", stdout=out)
    before = list(Scheme.objects.values())
    call_command("load_schemes", stdout=out)
    assert out.getvalue().splitlines() == [
        "政策方案：写入 6，撤下 0，未变 0",
        "政策方案：写入 0，撤下 0，未变 6",
    ]
    assert list(Scheme.objects.values()) == before


def test_command_without_regions_says_what_is_missing(db: None) -> None:
    with pytest.raises(CommandError, match=r"hunan-2020.yaml:2:9: 没有代码为“430000”的行政区划.*load_regions"):
        call_command("load_schemes")


def test_lower_region_may_set_what_the_upper_allows(schemes: None, add_file: Adder) -> None:
    load_scheme_files(read_schemes(add_file("430102", "disclosure", "required: true, working_days: 10")))
    own, neighbour = rules_of("430102").get(Disclosure), rules_of("430103").get(Disclosure)
    assert own
    assert neighbour
    assert (own.rule.working_days, own.citation.document_number) == (10, "演示〔2026〕1号")
    assert neighbour.rule.working_days is None


def test_lower_region_may_repeat_a_locked_rule_but_not_change_it(add_file: Adder, tmp_path: Path) -> None:
    read_schemes(add_file("330602", "min_primary_partners", "minimum: 1"))
    shutil.rmtree(tmp_path / "schemes")
    with pytest.raises(DataFileError) as caught:
        read_schemes(add_file("330602", "min_primary_partners", "minimum: 2"))
    assert caught.value.problems == (
        "made-up.yaml:10:11: 规则“min_primary_partners”由上级 shaoxing-2024.yaml 规定，下级不能改变：请删去这一条",
    )


def test_a_bureaus_own_folder_changes_nothing_that_the_platforms_schemes_lock(tmp_path: Path) -> None:
    said = {"region": "330602", "rule": "min_primary_partners", "in_force_on": "2026-01-01", "digest": NO_DIGEST}
    write_scheme(tmp_path, MADE_UP.format(**said, parameters="minimum: 1"))
    assert len(read_schemes(tmp_path)) == 1
    write_scheme(tmp_path, MADE_UP.format(**said, parameters="minimum: 2"))
    with pytest.raises(DataFileError, match=r"made-up\.yaml:10:11: .*由上级 shaoxing-2024\.yaml 规定，下级不能改变"):
        read_schemes(tmp_path)


def test_two_folders_keep_to_what_the_other_locks_and_to_their_own_names(tree: None, tmp_path: Path) -> None:
    """A prefecture's folder locks what a county's may then not change; a name belongs to the folder that has it."""
    upper, lower = tmp_path / "above", tmp_path / "below"
    said = {"rule": "min_medical_partners", "in_force_on": "2026-01-01", "digest": NO_DIGEST}
    locked = MADE_UP.format(**said, region="431000", parameters="minimum: 1").replace("change: true", "change: false")
    changed = MADE_UP.format(**said, region="431002", parameters="minimum: 2").replace("made-up\n", "county\n")
    for folder, text, name in ((upper, locked, "made-up"), (lower, changed, "county")):
        folder.mkdir()
        write_scheme(folder, text, name)
    load(upper)
    with pytest.raises(FilesLeftOut, match=r"county\.yaml:10:11: .*由上级 made-up\.yaml 规定，下级不能改变"):
        load(lower)
    (lower / "county.yaml").unlink()
    write_scheme(lower, locked)
    with pytest.raises(FilesLeftOut, match=r"made-up\.yaml:1:7: 这个代号已经用在 .*above 里，请换一个"):
        load(lower)
    assert Scheme.objects.get().loaded_from == str(upper)
    shutil.rmtree(upper)  # moved
    load(lower)
    assert Scheme.objects.get().loaded_from == str(lower)


def load(folder: Path) -> None:
    call_command("load_schemes", dir=folder, stdout=StringIO())


def test_a_withdrawn_file_no_longer_counts_and_can_come_back(schemes: None, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "schemes")
    (folder / "shaoxing-2024.yaml").unlink()
    assert load_scheme_files(read_schemes(folder)).closed == 1
    assert rules_of("330602").min_primary_partners == 0
    assert load_scheme_files(read_schemes()).written == 1
    assert rules_of("330602").min_primary_partners == 1


@pytest.mark.parametrize(
    ("rule", "parameters", "in_force_on", "problem"),
    [
        ("no_such_rule", "", "2026-01-01", "made-up.yaml:10:11: “rules.0.rule”只能是"),
        (
            "min_primary_partners",
            "",
            "2026-01-01",
            "made-up.yaml:11:5: “rules.0.with”缺少“minimum”：请加上，写成",
        ),
        ("min_primary_partners", "minimum: 0", "2026-01-01", "made-up.yaml:11:21: “rules.0.with.minimum”太小：0"),
        ("min_primary_partners", "minimum: 1, most: 2", "2026-01-01", "made-up.yaml:11:24: 不认识的字段“most”"),
        ("min_primary_partners", "minimum: 1", "2026-02-30", "made-up.yaml:7:14: 没有“2026-02-30”这一天"),
        ("min_primary_partners", "minimum: 1", "2026年", "made-up.yaml:7:14: “in_force_on”写法不对"),
    ],
)
def test_mistake_names_file_and_line(
    add_file: Adder, rule: str, parameters: str, in_force_on: str, problem: str
) -> None:
    with pytest.raises(DataFileError) as caught:
        read_schemes(add_file("330602", rule, parameters, in_force_on))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(problem)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    quote: 演示\n", "", "made-up.yaml:10:5: 规则要么引用原文"),
        ("    quote: 演示\n", "    quote: 演示\n    platform_default: true\n", "made-up.yaml:10:5: 规则要么引用原文"),
        ("slug: made-up", "slug: hunan-2020", "made-up.yaml:1:7: slug 应与文件名相同，写成 made-up"),
        ("    quote: 演示\n", "    quote: 演示\n    quote: 演示\n", "made-up.yaml:13:5: “quote”写了两次"),
    ],
)
def test_mistake_beyond_the_schema_names_file_and_line(add_file: Adder, old: str, new: str, problem: str) -> None:
    folder = add_file("640324", "several_partners", "allowed: true")
    text = (folder / "made-up.yaml").read_text(encoding="utf-8")
    (folder / "made-up.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_schemes(folder)
    assert caught.value.problems[0].startswith(problem)


def test_rules_of_many_regions_and_days_are_those_of_each(
    schemes: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    regions = list(Region.objects.filter(code__in=["000000", "330600", "330602", "430103", "640323", "360826"]))
    days = [date(2019, 1, 1), date(2024, 2, 18), date(2024, 2, 19), date(2026, 11, 22)]
    with django_assert_num_queries(1):
        found = rules_for_many(regions, days)
    assert found == {(region.code, day): rules_for(region, day) for region in regions for day in days}
