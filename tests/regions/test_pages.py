"""The pages of the regions: found by name, the rules with the sentence they rest on."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from institutions.models import Authority, ElderCareProfile, MedicalProfile
from regions.divisions import read_divisions
from regions.loading import load_divisions, load_scheme_files
from regions.models import Region
from regions.rules import KINDS, EligibleElderCare, EligibleMedical, FilingAuthorities
from regions.scheme_files import read_schemes
from regions.schemes import rules_for
from regions.wording import in_words
from tests import factories
from tests.reading import table_rows


@pytest.fixture
def schemes(db: None) -> None:
    wanted = ("000000", "33", "36", "41", "43", "64")
    load_divisions({code: row for code, row in read_divisions().items() if code.startswith(wanted)})
    load_scheme_files(read_schemes())


@pytest.fixture
def reader(schemes: None, client: Client) -> Client:
    user: User = factories.UserFactory.create()
    client.force_login(user)
    return client


def test_list_starts_with_schemes_and_provinces(reader: Client) -> None:
    page = reader.get("/regions/").content.decode()
    assert "绍市民〔2024〕6号" in page
    assert "吴忠市某县（待核实）" in page
    assert "湖南省" in page


def test_list_is_searched_and_paged(reader: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(8):
        page = reader.get("/regions/", {"q": "湖南"}).content.decode()
    assert "第 6 页" in page
    page = reader.get("/regions/", {"q": "绍兴 越城"}).content.decode()
    assert 'href="/regions/330602/"' in page
    assert "共 1 个地区" in page


@pytest.mark.parametrize("text", ["没有这个地方", "%", "<script>alert(1)</script>", "{{ 7*7 }}"])
def test_nothing_found_says_what_to_do(reader: Client, text: str) -> None:
    page = reader.get("/regions/", {"q": text}).content.decode()
    assert "换一个名称的一部分" in page
    assert "<script>alert" not in page


def test_county_shows_its_rules_with_their_sentences(reader: Client) -> None:
    page = reader.get("/regions/330602/").content.decode()
    assert "其中至少 1 家是基层医疗卫生机构" in page
    assert "已备案养老机构应与不少于1家医疗卫生机构" in page
    assert "平台默认，没有文件依据" in page
    assert "2024年5月31日" in page
    assert "浙江省绍兴市越城区" in page


def test_precision_of_dates_is_shown(reader: Client) -> None:
    assert "2021年9月（日期空白）" in reader.get("/regions/410102/").content.decode()
    assert "待核实" in reader.get("/regions/640323/").content.decode()


def test_a_fixed_day_stands_under_its_heading(reader: Client) -> None:
    rows = table_rows(reader.get("/regions/640323/").content.decode())
    [hand_in] = [row for row in rows if row.get("事项", "").startswith("报送")]
    assert (hand_in["目标"], hand_in["期限"]) == ("—", "2022年11月30日")


def test_abolished_region_names_its_successor(reader: Client) -> None:
    page = reader.get("/regions/431121/").content.decode()
    assert "2021年1月20日起停用" in page
    assert 'href="/regions/431181/"' in page


def test_unknown_code_is_not_found(reader: Client) -> None:
    assert reader.get("/regions/999999/").status_code == 404
    assert reader.get("/regions/x/").status_code == 404


def test_anonymous_has_to_sign_in(schemes: None, client: Client) -> None:
    for address in ("/regions/", "/regions/330602/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/sign-in")


def test_every_rule_has_words(schemes: None) -> None:
    said = {}
    for code in ("000000", "430102", "330602", "640323", "360826", "410102"):
        for applied in rules_for(Region.objects.get(code=code)):
            said[applied.rule.key] = in_words(applied.rule)
    assert set(said) == set(KINDS)
    assert all(said.values())


def test_words_for_kinds_are_those_of_institutions() -> None:
    medical, elder_care, authorities = (
        {str(value): str(label) for value, label in kinds.choices}
        for kinds in (MedicalProfile.Kind, ElderCareProfile.Kind, Authority.Kind)
    )
    assert in_words(EligibleElderCare(kinds=tuple(elder_care))) == "、".join(elder_care.values())
    assert in_words(EligibleMedical(kinds=tuple(medical))).startswith("、".join(medical.values()) + "，")
    assert in_words(FilingAuthorities(authorities=tuple(authorities))) == "、".join(authorities.values())
    assert not {*medical} & {*elder_care}, "one key, one word"


def test_without_kinds_all_are_meant() -> None:
    assert in_words(EligibleElderCare()) == "各类养老服务机构"


def test_a_kind_that_nobody_has_is_no_word() -> None:
    with pytest.raises(KeyError, match="hospice"):
        in_words(EligibleElderCare(kinds=("hospice",)))
