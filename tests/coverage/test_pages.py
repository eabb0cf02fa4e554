"""Coverage as officials read it: who may, what stands there, what leads where."""

from datetime import date, time, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement
from institutions.models import Role
from regions.models import Region
from tests import factories
from tests.agreements.making import agreed
from tests.coverage.histories import Home, Stage, accept, moment, write_agreement, write_clinic, write_home
from tests.exporting import ordered, workbook
from tests.reading import cell_value, facts

ON = "2026-11-22"
STARTS, ENDS = date(2026, 1, 1), date(2026, 12, 31)
ADDRESSES = ["coverage-region", "coverage-institutions"]


def text(client: Client, name: str, *args: object, **asked: str) -> str:
    response = client.get(reverse(name, args=args), {"on": ON, **asked})
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def at_the_city(client: Client, stage: Stage, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


def two_homes(stage: Stage) -> tuple[int, int]:
    covered = write_home(Home(), stage, "越城区福星养老院")
    write_agreement(stage, covered, write_clinic(stage), STARTS, ENDS)
    bare = write_home(Home("330604", has_clinic=True), stage, "上虞区常青养老院")
    write_agreement(stage, bare, write_clinic(stage), STARTS, date(2026, 3, 31), state="expired")
    return covered.pk, bare.pk


def test_home_leads_to_ones_own_region(at_the_city: Client) -> None:
    response = at_the_city.get(reverse("coverage-home"))
    assert response["Location"] == reverse("coverage-region", args=["330600"])


@pytest.mark.parametrize("person", ["elder_care_clerk", "signatory", "auditor", "nobodys_user"])
def test_who_answers_for_no_region_sees_no_coverage(
    client: Client, stage: Stage, person: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("coverage-home")).status_code == 403
    for name in ADDRESSES:
        assert client.get(reverse(name, args=["330602"])).status_code == 404
    assert ordered(client, "coverage", {"code": "330602"}).status_code == 404


def test_regions_outside_the_remit_are_not_found(client: Client, stage: Stage, other_supervisor: User) -> None:
    client.force_login(other_supervisor)
    covered, _ = two_homes(stage)
    for name in ADDRESSES:
        assert client.get(reverse(name, args=["330600"])).status_code == 404
    assert ordered(client, "coverage", {"code": "330600"}).status_code == 404
    assert client.get(reverse("coverage-institution", args=["330602", covered])).status_code == 404
    assert client.get(reverse("coverage-institution", args=["430100", covered])).status_code == 404


def test_a_county_officer_sees_the_county_and_nothing_beside_or_above(
    client: Client, stage: Stage, civil_affairs_officer: User
) -> None:
    client.force_login(civil_affairs_officer)
    codes = ["330602", "330604", "330600", "330000", "000000"]
    found = [client.get(reverse("coverage-region", args=[code])).status_code for code in codes]
    assert found == [200, 404, 404, 404, 404]


@pytest.mark.parametrize(
    "code", ["330602'--", "' OR 1=1 --", "33060", "3306020", "%", "33%", "３３０６０２", "33060\0", "..", "330602;"]
)
def test_codes_that_are_none_are_not_found(at_the_city: Client, code: str) -> None:
    for path in (f"/coverage/{quote(code, safe='')}/", f"/coverage/{quote(code, safe='')}/institutions/"):
        assert at_the_city.get(path).status_code == 404
    assert ordered(at_the_city, "coverage", {"code": code}).status_code in {400, 404}


def test_the_one_number_with_denominator_day_and_target(at_the_city: Client, stage: Stage) -> None:
    two_homes(stage)
    page = text(at_the_city, "coverage-region", "330600")
    assert "覆盖 1 / 2 家，50.0%，截至2026年11月22日，目标 100%（2024年5月31日前）" in page
    assert "期限已过，未达到" in page
    assert "已备案的养老机构、敬老院；须与至少 1 家医疗卫生机构签约，其中至少 1 家基层医疗卫生机构" in page
    assert page.index("覆盖 1 / 2 家") < page.index("上虞区常青养老院") < page.index("各地区覆盖率")
    assert "没有生效的协议，上一份协议止于2026年3月31日" in page


def test_filters_narrow_the_list(at_the_city: Client, stage: Stage) -> None:
    two_homes(stage)

    def found(**asked: str) -> list[bool]:
        page = text(at_the_city, "coverage-institutions", "330600", **asked)
        return [name in page for name in ("越城区福星养老院", "上虞区常青养老院")]

    assert found() == [True, True]
    assert found(coverage="covered") == found(coverage="signed") == found(county="330602") == [True, False]
    assert found(coverage="uncovered") == found(clinic="yes") == found(q="常青") == [False, True]
    assert found(filed="neither") == found(ending="60") == [True, False]
    assert found(ending="30") == found(kind="township_elderly_home") == found(coverage="own_clinic") == [False, False]
    assert found(coverage="'; DROP TABLE", county="x") == [True, True]


def test_from_the_figure_down_to_the_agreement(at_the_city: Client, stage: Stage) -> None:
    covered, _ = two_homes(stage)
    listed = text(at_the_city, "coverage-institutions", "330600", coverage="signed")
    address = reverse("coverage-institution", args=["330600", covered])
    assert f"{address}?on={ON}" in listed
    page = at_the_city.get(address, {"on": ON})
    [row] = page.context["rows"]
    assert row.chip.word == "当日生效中"
    assert reverse("agreement-detail", args=[row.agreement.number]) in page.content.decode()


def test_an_institutions_page_is_as_of_its_day_to_the_last_hour(at_the_city: Client, stage: Stage) -> None:
    """The last day runs; what was accepted after midnight, still the day before by UTC, is of that day."""
    home = write_home(Home(), stage)
    agreement = write_agreement(stage, home, write_clinic(stage), STARTS, date(2026, 3, 31), state="expired")
    accept(stage, agreement, "health", moment(date(2026, 2, 1), time.min))
    address = reverse("coverage-institution", args=["330600", home.pk])

    def on(day: str) -> tuple[str, bool, dict[str, date | None]]:
        page = at_the_city.get(address, {"on": day})
        [row] = page.context["rows"]
        return row.chip.word, page.context["figure"].is_covered, dict(row.accepted)

    assert on("2025-12-31") == ("当日尚未开始", False, {"卫生健康部门": None, "民政部门": None})
    assert on("2026-01-31") == ("当日生效中", True, {"卫生健康部门": None, "民政部门": None})
    assert on("2026-03-31") == ("当日生效中", True, {"卫生健康部门": date(2026, 2, 1), "民政部门": None})
    assert on("2026-04-01") == ("当日已结束", False, {"卫生健康部门": date(2026, 2, 1), "民政部门": None})


@pytest.mark.parametrize("asked", ["2026-02-30", "昨天", "1000-01-01", "9999-12-31", "2026-11-22'; --"])
def test_an_impossible_day_is_named_and_today_shown(at_the_city: Client, asked: str) -> None:
    for name in ADDRESSES[:2]:
        page = at_the_city.get(reverse(name, args=["330600"]), {"on": asked})
        assert page.status_code == 200
        assert "日期" in page.context["form"].errors["on"][0]


@pytest.mark.parametrize("day", ["1949-10-01", "2199-12-31"])
def test_days_without_data_say_what_to_do(at_the_city: Client, stage: Stage, day: str) -> None:
    assert "当日没有应当覆盖的机构" in text(at_the_city, "coverage-region", "330600", on=day)
    assert "没有应当覆盖的机构" in text(at_the_city, "coverage-institutions", "330600", on=day)


def test_an_institutions_page_leads_on_and_tells_what_is_under_way(
    at_the_city: Client, stage: Stage, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """How many wait for their signatures, of today alone; with whom is not told before they are in force."""
    home = draft.elder_care
    assert home is not None
    args = ["330602", home.pk]
    assert "正在办理" not in text(at_the_city, "coverage-institution", *args, on="")
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    page = text(at_the_city, "coverage-institution", *args, on="")
    assert facts(page)["正在办理"] == "文本已定，待签章 1 份"
    assert f'href="{reverse("institution-detail", args=[home.pk])}"' in page
    assert draft.party_name(Role.MEDICAL) not in page
    assert draft.number not in page
    assert "正在办理" not in text(at_the_city, "coverage-institution", *args)  # of another day


def test_the_workbook_has_figures_and_institutions_and_no_formula(at_the_city: Client, stage: Stage) -> None:
    write_home(Home(), stage, '=HYPERLINK("http://x")养老院')
    two_homes(stage)
    book = workbook(at_the_city, "coverage", {"code": "330600", "on": ON, "coverage": "uncovered"})
    assert book.sheetnames == ["指标", "机构", "说明"]
    assert [cell_value(cell.value) for cell in book["指标"][3]][:8] == [
        *("浙江省绍兴市", "330600", date.fromisoformat(ON), 3, 1, 0, 2, 0.333)
    ]
    names = [row[1].value for row in book["机构"].iter_rows(min_row=3)]
    assert names == ['=HYPERLINK("http://x")养老院', "上虞区常青养老院"]
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("code", ["330602", "330000"])
@pytest.mark.parametrize("name", ["coverage-region", "coverage-institutions"])
def test_the_number_of_queries_is_constant(client: Client, stage: Stage, name: str, code: str) -> None:
    authority = factories.AuthorityFactory.create(region=Region.objects.get(code=code), kind="civil_affairs")
    user = factories.UserFactory.create()
    factories.MembershipFactory.create(user=user, authority=authority, duty="supervisor")
    client.force_login(user)

    def queries(homes: int) -> int:
        for _ in range(homes):
            write_agreement(stage, write_home(Home(), stage), write_clinic(stage), STARTS, ENDS)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            text(client, name, code)
        return len(asked)

    few = queries(1)
    assert queries(59) == few  # more than a page of them
    assert few <= 15


def test_five_years_are_drawn_on_demand(at_the_city: Client, stage: Stage) -> None:
    two_homes(stage)
    year = at_the_city.get("/coverage/330600/").content.decode()
    assert "看近五年" in year
    assert year.count('data-label="截至"') == 13
    five = at_the_city.get("/coverage/330600/?span=five").content.decode()
    assert "看近一年" in five
    assert five.count('data-label="截至"') == 61


def test_a_day_to_come_is_called_foreseen(at_the_city: Client, stage: Stage) -> None:
    write_home(Home(), stage)
    today = factories.today()
    assert "预计" not in at_the_city.get("/coverage/330600/", {"on": today.isoformat()}).content.decode()
    tomorrow = (today + timedelta(days=1)).isoformat()
    for page in ("/coverage/330600/", "/coverage/330600/institutions/"):
        assert "（预计）" in at_the_city.get(page, {"on": tomorrow}).content.decode()


def test_places_are_sorted_by_any_number(at_the_city: Client, stage: Stage) -> None:
    write_home(Home("330602"), stage)
    for _ in range(2):
        write_home(Home("330604"), stage)

    def order(sort: str) -> list[str]:
        page = at_the_city.get("/coverage/330600/", {"sort": sort})
        return [part.name for part in page.context["parts"]]

    assert order("") == order("code") == order("nonsense") == order("uncovered") == ["越城区", "上虞区"]
    assert order("-uncovered") == order("-obliged") == ["上虞区", "越城区"]
    assert 'href="?sort=rate#parts"' in at_the_city.get("/coverage/330600/").content.decode()  # not at its beginning
    assert 'aria-sort="descending"' in at_the_city.get("/coverage/330600/?sort=-uncovered").content.decode()


def test_what_counts_agreements_says_how_many_in_its_list_of_institutions(at_the_city: Client, stage: Stage) -> None:
    home = write_home(Home(), stage)
    for _ in range(2):
        write_agreement(stage, home, write_clinic(stage), STARTS, ENDS)
    assert "共 1 家，两部门均未备案的协议 2 份" in text(at_the_city, "coverage-institutions", "330600", filed="neither")
    assert "共 1 家，60 天内到期的协议 2 份" in text(at_the_city, "coverage-institutions", "330600", ending="60")
    assert (
        "的协议" not in text(at_the_city, "coverage-institutions", "330600", filed="neither", q="院").split("<form")[0]
    )


def test_counties_of_a_province_are_called_with_their_city(client: Client, stage: Stage) -> None:
    """Many counties have one name: 鼓楼区 is in four cities, 市中区 in five."""
    write_home(Home("330602"), stage, "越城区福星养老院")
    write_home(Home("330604"), stage)
    authority = factories.AuthorityFactory.create(region=Region.objects.get(code="330000"), kind="health")
    user = factories.UserFactory.create()
    factories.MembershipFactory.create(user=user, authority=authority, duty="supervisor")
    client.force_login(user)
    page = client.get("/coverage/330000/institutions/", {"county": "330602"}).content.decode()
    assert '<td data-label="县区">绍兴市越城区</td>' in page
    assert '<option value="330602" selected>绍兴市越城区</option>' in page
    assert '<span class="quiet">绍兴市越城区</span>' in client.get("/coverage/330000/").content.decode()
    assert '<td data-label="县区">越城区</td>' in client.get("/coverage/330602/institutions/").content.decode()


def test_another_day_keeps_the_five_years(at_the_city: Client, stage: Stage) -> None:
    write_home(Home(), stage)
    five = at_the_city.get("/coverage/330600/?span=five").content.decode()
    assert '<input type="hidden" name="span" value="five">' in five
    assert (
        "?on=2024-12-31&amp;span=five" in at_the_city.get("/coverage/330600/?on=2025-01-31&span=five").content.decode()
    )
    book = workbook(at_the_city, "coverage", {"code": "330600", "on": ON, "span": "five"})
    assert [cell_value(cell.value) for cell in book["指标"]["C"]][-60:][:1] == [date(2021, 11, 30)]


def test_an_export_says_of_which_region_and_day_it_is(at_the_city: Client, stage: Stage) -> None:
    two_homes(stage)
    ordered(at_the_city, "coverage", {"code": "330602", "on": ON})
    ordered(at_the_city, "coverage", {"code": "330600", "on": ON, "coverage": "uncovered"})
    page = at_the_city.get(reverse("export-list")).content.decode()
    assert "浙江省绍兴市越城区，截至2026年11月22日；全部" in page
    assert "浙江省绍兴市，截至2026年11月22日；覆盖情况：未覆盖" in page
