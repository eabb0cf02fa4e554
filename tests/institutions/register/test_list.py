"""The register: facets and their counts, drilling down, scope, order, the ledger; few queries; nothing of others."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements.models import TemplateVersion
from audit.models import Entry
from boundary.events import ListExported
from institutions.models import ElderCareProfile, FormerName, Institution
from institutions.register.page import Register
from institutions.validity import validity_of, validity_on
from tests import factories
from tests.agreements.making import complete_draft, in_force
from tests.exporting import workbook

SOON = factories.today() + 30 * factories.ONE_DAY


def found(client: Client, **asked: str | list[str]) -> list[str]:
    response = client.get(reverse("institution-list"), asked)
    assert response.status_code == 200
    return [row.institution.name for row in response.context["rows"]]


def counts(client: Client, facet: str, **asked: str | list[str]) -> dict[str, int]:
    register: Register = client.get(reverse("institution-list"), asked).context["register"]
    known = {each.name: each for each in register.asked.facets}
    return {option.value: option.count for option in register.options(known[facet])} if facet in known else {}


@pytest.fixture
def at_home(client: Client, elder_care_clerk: User) -> Client:
    client.force_login(elder_care_clerk)
    return client


@pytest.fixture
def several(elder_care_institution: Institution, medical_institution: Institution) -> None:
    """Beside the cast: one licence that ended, one that ends soon, one home with a clinic, and one closed far away."""
    expired = factories.ExpiredLicenceMedicalFactory.create(name="甲卫生院")
    assert expired.status == "open"
    ending = factories.HospitalFactory.create(name="乙人民医院", ownership="private_nonprofit")
    ending.medical_profile.licence_valid_to = SOON
    ending.medical_profile.save()
    clinic = factories.UnfiledElderCareFactory.create(name="丙养老院")
    clinic.elder_care_profile.has_own_clinic = True
    clinic.elder_care_profile.save()
    factories.OpenElderCareFactory.create(name="丁养老院", region=factories.region("430103"))
    factories.ClosedElderCareFactory.create(name="戊养老院", region=factories.region("430103"))


def test_each_facet_counts_beside_all_the_others(at_home: Client, several: None) -> None:
    assert counts(at_home, "role", scope="all") == {"medical": 3, "elder_care": 3}
    assert counts(at_home, "validity", scope="all") == {"valid": 3, "ending": 1, "lapsed": 1, "unregistered": 1}
    assert counts(at_home, "clinic", scope="all") == {"yes": 1, "no": 2}
    assert counts(at_home, "ownership", role="medical") == {"public": 2, "private_nonprofit": 1}
    # A facet's own choice does not hide its other choices.
    assert counts(at_home, "role", role="medical", scope="all") == {"medical": 3, "elder_care": 3}
    assert counts(at_home, "role", validity=["ending", "lapsed"]) == {"medical": 2}
    assert found(at_home, validity=["ending", "lapsed"], role="medical") == ["乙人民医院", "甲卫生院"]
    assert found(at_home, clinic="yes", validity="lapsed") == []
    assert found(at_home, role="no such side") == found(at_home)


def test_what_is_asked_stands_in_chips_that_take_it_away(at_home: Client, several: None) -> None:
    asked = {"q": "院", "role": ["medical"], "validity": ["ending", "lapsed"], "page": "1", "sort": "name"}
    register: Register = at_home.get(reverse("institution-list"), asked).context["register"]
    chips = {chip.word: QueryDict(chip.query) for chip in register.asked.chips}
    assert set(chips) == {"名称或代码：院", "类别：医疗卫生机构", "许可/备案：即将到期", "许可/备案：已失效"}
    assert chips["许可/备案：即将到期"].getlist("validity") == ["lapsed"]
    assert "page" not in chips["类别：医疗卫生机构"]
    assert "去掉上面的一个条件" in at_home.get(reverse("institution-list"), {"q": "没有"}).content.decode()


def test_drilling_down_the_regions(at_home: Client, several: None) -> None:
    def parts(**asked: str) -> dict[str, int]:
        register: Register = at_home.get(reverse("institution-list"), asked).context["register"]
        return {part.name: part.count for part in register.parts}

    assert parts(scope="all") == {"浙江省": 5, "湖南省": 1}
    assert parts(region="330000") == {"绍兴市": 5}
    assert parts(region="绍兴", role="elder_care") == {"越城区": 2}
    assert parts(region="330602") == {}
    assert found(at_home, region="43") == ["丁养老院"]
    assert found(at_home, region="没有这个地方") == []


def test_sorting_and_a_page_too_far(at_home: Client, several: None) -> None:
    assert found(at_home, sort="-name") == found(at_home)[::-1]
    assert found(at_home, sort="until", role="medical")[:2] == ["甲卫生院", "乙人民医院"]
    assert found(at_home, sort="phone", page="99") == found(at_home)


def test_clerks_begin_with_their_county_and_find_everywhere(at_home: Client, several: None) -> None:
    assert "丁养老院" not in found(at_home)
    assert "丁养老院" in found(at_home, scope="all")
    assert found(at_home, q="丁养老院") == ["丁养老院"], "what is looked for may be anywhere"
    assert found(at_home, q="丁养老院", scope="remit") == []
    assert "本县区机构" in at_home.get(reverse("institution-list")).content.decode()


def test_officials_begin_with_their_remit(client: Client, health_reviewer: User, several: None) -> None:
    client.force_login(health_reviewer)
    assert "丁养老院" not in found(client)
    assert "丁养老院" in found(client, scope="all")
    assert "戊养老院" not in found(client, scope="all")
    assert "辖区内机构" in client.get(reverse("institution-list")).content.decode()


def test_a_former_name_finds_and_is_shown(at_home: Client, elder_care_institution: Institution) -> None:
    Institution.objects.filter(pk=elder_care_institution.pk).update(
        name="越城区晚晴养老院", former_names="越城区福星养老院"
    )
    assert found(at_home, q="福星") == found(at_home, q="晚晴") == ["越城区晚晴养老院"]
    assert "原名：越城区福星养老院" in at_home.get(reverse("institution-list"), {"q": "福星"}).content.decode()
    assert not FormerName.objects.exists()  # the search needs no more than the row


def test_covered_is_what_coverage_says(
    client: Client,
    civil_affairs_officer: User,
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
    published: dict[str, TemplateVersion],
) -> None:
    version = published["shaoxing-2024-home-sickbed"]  # in force from today
    bare = factories.OpenElderCareFactory.create(name="丙养老院")
    draft = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
    client.force_login(civil_affairs_officer)
    assert counts(client, "covered") == {"uncovered": 2}
    in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    today = timezone.localdate().isoformat()
    with_agreement = client.get(reverse("coverage-institutions", args=["330602"]), {"on": today})
    signed = {each.name for each in with_agreement.context["page"] if each.is_covered}
    assert found(client, covered="signed") == sorted(signed) == [elder_care_institution.name]
    assert found(client, covered="uncovered") == [bare.name]
    explained = "要看签约覆盖，请先在上面选一个省份"
    register = reverse("institution-list")
    assert explained not in client.get(register).content.decode()
    assert explained in client.get(register, {"scope": "all", "region": factories.NATION_CODE}).content.decode()
    client.force_login(elder_care_clerk)
    assert counts(client, "covered") == {}


def test_the_ledger_says_what_the_page_says(client: Client, health_reviewer: User, several: None) -> None:
    client.force_login(health_reviewer)
    Institution.objects.filter(name="甲卫生院").update(name="=甲卫生院")
    book = workbook(client, "institutions", {"role": "medical", "validity": ["ending", "lapsed"]})
    _, heading, *rows = book["台账"].iter_rows(values_only=True)
    names = heading.index("机构名称")
    assert {row[names] for row in rows} == {"=甲卫生院", "乙人民医院"}
    assert "0575-88000001" not in str(rows)
    entry = Entry.objects.get(event=ListExported.code)
    assert entry.data["rows"] == 2
    assert "许可/备案：已失效" in entry.data["asked"]


@pytest.mark.parametrize("rows", [2, 40])
def test_the_number_of_queries_is_constant(
    client: Client, health_reviewer: User, django_assert_max_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    factories.OpenMedicalInstitutionFactory.create_batch(rows)
    client.force_login(health_reviewer)
    with django_assert_max_num_queries(21):
        client.get(reverse("institution-list"), {"role": "medical", "sort": "until"})


@pytest.mark.django_db
def test_the_word_for_validity_is_the_same_in_python_and_in_sql() -> None:
    today = factories.today()
    days = [None, *(today + n * factories.ONE_DAY for n in (-1, 0, 1, 90, 91))]
    for last_day in days:
        medical = factories.OpenMedicalInstitutionFactory.create()
        type(medical.medical_profile).objects.filter(institution=medical).update(licence_valid_to=last_day)
        home = factories.OpenElderCareFactory.create()
        ElderCareProfile.objects.filter(institution=home).update(filing_valid_to=last_day)
    factories.NoLicenceMedicalFactory.create()
    factories.UnfiledElderCareFactory.create()
    for kind, profile in (("canteen", True), ("none", False)):
        bare = factories.UnfiledElderCareFactory.create(name=kind)
        ElderCareProfile.objects.filter(institution=bare).update(kind="elders_canteen")
        if not profile:
            ElderCareProfile.objects.filter(institution=bare).delete()
    for row in Institution.objects.with_profiles().annotate(word=validity_on(today)):
        assert getattr(row, "word", "") == validity_of(row, today), row.name
    assert Institution.objects.annotate(word=validity_on(today)).values("word").distinct().order_by().count() == 5
