"""The tree of GB/T 2260: complete, dated, loaded again and again without a change, found by name and code."""

import shutil
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoAssertNumQueries

from regions.datafile import DataFileError
from regions.divisions import COUNTY, FOLDER, PREFECTURE, PROVINCE, Division, read_divisions
from regions.loading import load_divisions
from regions.models import Region

END_OF_2023 = date(2023, 12, 31)
# They govern an area without being an official county-level unit.
NOT_OFFICIAL = {"232761", "232762", "232763", "232764", "632857"}


def kind(division: Division) -> str:
    for ending in ("自治旗", "自治县", "六枝特区", "神农架林区"):
        if division.name.endswith(ending):
            return ending
    return division.name[-1]


def is_valid(division: Division, day: date) -> bool:
    started = division.valid_from is None or division.valid_from <= day
    return started and (division.valid_to is None or day < division.valid_to)


@pytest.fixture
def tree(db: None) -> None:
    load_divisions(read_divisions())


def find(text: str) -> list[str]:
    return list(Region.objects.search(text).values_list("full_name", flat=True)[:4])


def test_counts_are_the_official_ones_of_the_end_of_2023() -> None:
    official = [
        division
        for division in read_divisions().values()
        if division.level == COUNTY and division.code not in NOT_OFFICIAL and is_valid(division, END_OF_2023)
    ]
    assert Counter(kind(division) for division in official) == {
        "区": 977,
        "市": 397,
        "县": 1299,
        "自治县": 117,
        "旗": 49,
        "自治旗": 3,
        "六枝特区": 1,
        "神农架林区": 1,
    }
    assert len(official) == 2844


def test_provinces_and_prefectures_are_complete() -> None:
    divisions = read_divisions().values()
    assert sum(division.level == PROVINCE for division in divisions) == 31
    assert sum(division.level == PREFECTURE and not division.is_grouping for division in divisions) == 333


def test_no_development_zone_and_no_statistical_name_is_left() -> None:
    divisions = read_divisions().values()
    assert not [division for division in divisions if division.level == COUNTY and division.code[4] == "7"]
    assert not [d for d in divisions if not d.is_grouping and ("辖区" in d.full_name or "直辖" in d.full_name)]


@pytest.mark.parametrize(
    ("code", "full_name"),
    [
        ("330602", "浙江省绍兴市越城区"),
        ("110105", "北京市朝阳区"),
        ("500230", "重庆市丰都县"),
        ("419001", "河南省济源市"),
        ("659001", "新疆维吾尔自治区石河子市"),
        ("441900", "广东省东莞市"),
        ("110100", "北京市辖区"),
        ("500200", "重庆市辖县"),
        ("460302", "海南省三沙市西沙区"),
        ("640323", "宁夏回族自治区吴忠市盐池县"),
    ],
)
def test_full_names(code: str, full_name: str) -> None:
    assert read_divisions()[code].full_name == full_name


def test_load_is_idempotent_and_one_query_when_nothing_changed(
    tree: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    before = list(Region.objects.values())
    with django_assert_num_queries(3):  # savepoint, one select, release
        result = load_divisions(read_divisions())
    assert (result.written, result.closed, result.unchanged) == (0, 0, len(before))
    assert list(Region.objects.values()) == before


def test_first_load_needs_few_queries(db: None, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(20):
        load_divisions(read_divisions())


def test_command_says_what_it_did(db: None) -> None:
    out = StringIO()
    call_command("load_regions", stdout=out)
    call_command("load_regions", stdout=out)
    assert out.getvalue().splitlines() == [
        "行政区划：写入 3226，停用 0，未变 0",
        "行政区划：写入 0，停用 0，未变 3226",
    ]


def test_a_region_that_the_data_lost_is_closed_not_deleted(tree: None) -> None:
    divisions = read_divisions()
    del divisions["330602"]
    load_divisions(divisions, today=date(2026, 11, 22))
    assert Region.objects.get(code="330602").valid_to == date(2026, 11, 22)
    load_divisions(divisions, today=date(2026, 12, 1))
    assert Region.objects.get(code="330602").valid_to == date(2026, 11, 22)
    load_divisions(read_divisions())
    assert Region.objects.get(code="330602").valid_to is None


def test_abolished_code_knows_its_successor(tree: None) -> None:
    old = Region.objects.get(code="431121")
    assert (old.name, old.valid_to) == ("祁阳县", date(2021, 1, 20))
    assert old.successor == Region.objects.get(code="431181")
    assert old in Region.objects.valid_on(date(2021, 1, 19))
    assert old not in Region.objects.valid_on(date(2021, 1, 20))


def test_new_county_holds_from_its_first_day(tree: None) -> None:
    assert not Region.objects.valid_on(date(2024, 12, 26)).filter(code__in=["653228", "653229"]).exists()
    assert Region.objects.valid_on(date(2024, 12, 27)).filter(code__in=["653228", "653229"]).count() == 2


def test_search_finds_the_likeliest_first(tree: None) -> None:
    first = {
        "绍兴": ["浙江省绍兴市"],
        "3306": ["浙江省绍兴市", "浙江省绍兴市越城区"],
        "330602": ["浙江省绍兴市越城区"],
        "湖南": ["湖南省"],
        "盐池县": ["宁夏回族自治区吴忠市盐池县"],
        "绍兴 越城": ["浙江省绍兴市越城区"],
        "北京 朝阳": ["北京市朝阳区"],
        "泰和": ["江西省吉安市泰和县"],
        "  郑州  ": ["河南省郑州市"],
        "祁阳": ["湖南省永州市祁阳市", "湖南省永州市祁阳县"],
    }
    assert {text: find(text)[: len(names)] for text, names in first.items()} == first


def test_search_never_finds_groupings_and_survives_strange_text(tree: None) -> None:
    assert find("北京市辖区") == []
    assert find("%") == []
    assert find("'; drop table") == []
    assert Region.objects.search(" ").count() == Region.objects.count()


def test_lowest_are_counties_and_prefectures_without_any(tree: None) -> None:
    lowest = Region.objects.lowest()
    assert set(lowest.filter(level=Region.Level.PREFECTURE).values_list("name", flat=True)) == {
        "东莞市",
        "中山市",
        "儋州市",
        "嘉峪关市",
    }
    assert lowest.filter(level=Region.Level.COUNTY).count() == Region.objects.filter(level=Region.Level.COUNTY).count()


def test_chain_and_subtree(tree: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    county = Region.objects.get(code="330602")
    with django_assert_num_queries(1):
        assert [region.code for region in county.chain()] == ["000000", "330000", "330600", "330602"]
    assert Region.objects.under(Region.objects.get(code="330600")).count() == 7
    assert Region.objects.under(Region.objects.get(code="000000")).count() == Region.objects.count()


def test_region_made_by_hand_gets_its_full_name(tree: None) -> None:
    grouping = Region.objects.get(code="110100")
    region = Region.objects.create(code="110199", name="演示区", level=3, parent=grouping)
    assert region.full_name == "北京市演示区"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("valid_from: 2024-02-30", "changes.yaml:4:17: 没有“2024-02-30”这一天"),
        ('successor: "999999"', "changes.yaml:4:16: 后继区划不存在"),
        (
            "until: 2024-02-01",
            "changes.yaml:4:5: 不认识的字段“until”，请删去；这里还可以写：valid_from、valid_to、successor",
        ),
    ],
)
def test_wrong_change_names_its_line(tmp_path: Path, line: str, problem: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "gb2260")
    text = f'changes:\n  - code: "330699"\n    name: 演示县\n    {line}\n    source: 演示\n'
    (folder / "changes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_divisions(folder)
    assert caught.value.problems == (problem,)
