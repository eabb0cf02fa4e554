"""Bureaus by the pages of the platform's administrator: made known, renamed, closed, followed, many from a sheet."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from duties import bureaus, events, granting, inviting
from duties.bureau_forms import BureauListForm, place_called
from duties.confirmers import may_confirm
from eligibility.models import EligibilityCase
from imports.permissions import imports_for
from institutions.models import Authority, Duty, Institution, Membership, authorities_of, remit_of, reviews_for
from institutions.permissions import is_competent, keeps_register_in
from institutions.reaching import reviewers_by_authority, reviewers_by_region, supervisors_above
from institutions.register.forms import RegionField
from notifications.models import Notice
from regions.models import Region
from surveys import rounds
from tests import factories
from tests.at_once import at_once
from tests.duties.closing import closed, confirmed, deputy
from verbs.errors import NotAllowed, Unacceptable, WrongState

HEALTH, CIVIL = Authority.Kind.HEALTH, Authority.Kind.CIVIL_AFFAIRS
pytestmark = pytest.mark.django_db


@pytest.fixture
def prefecture(health_authority: Authority) -> Authority:
    return factories.AuthorityFactory.create(
        region=factories.region("330600", "绍兴市"), kind=HEALTH, name="绍兴市卫生健康委员会"
    )


@pytest.fixture
def above(prefecture: Authority) -> User:
    """Reviews for the prefecture's bureau of health."""
    return factories.MembershipFactory.create(authority=prefecture, duty=Duty.REVIEWER).user


def test_one_is_made_known_once(county: Region, platform_administrator: User) -> None:
    made = bureaus.found(county, CIVIL, "越城区民政局", by=platform_administrator, phone="0575-88000001")
    assert Authority.objects.for_region(county, CIVIL) == made
    assert Entry.objects.get(event=events.BureauFounded.code).subject_id == made.pk
    with pytest.raises(Unacceptable, match="已有民政部门：越城区民政局"):
        bureaus.found(county, CIVIL, "越城区民政局（新）", by=platform_administrator)
    with pytest.raises(Unacceptable, match="越城区的民政部门已经叫“越城区民政局”"):
        bureaus.found(factories.region("330603", "柯桥区"), CIVIL, "越城区民政局", by=platform_administrator)


def test_what_is_no_place_of_today_has_none(platform_administrator: User) -> None:
    grouping = factories.region("110100", "北京市辖区")
    grouping.is_grouping = True
    grouping.save()
    gone = factories.region("431121", "祁阳县")
    gone.valid_to, gone.successor = date(2021, 7, 1), factories.region("431181", "祁阳市")
    gone.save()
    for place, said in ((grouping, "不是现在的行政区划"), (gone, "现为.*祁阳市")):
        with pytest.raises(Unacceptable, match=said):
            bureaus.found(place, HEALTH, "某局", by=platform_administrator)
    assert not Authority.objects.exists()


@pytest.mark.parametrize(
    "who", ["health_reviewer", "authority_administrator", "supervisor", "auditor", "institution_administrator"]
)
def test_nobody_else_may(who: str, county: Region, health_authority: Authority, request: pytest.FixtureRequest) -> None:
    by = request.getfixturevalue(who)
    acts: list[Callable[[], object]] = [
        lambda: bureaus.found(county, CIVIL, "越城区民政局", by=by),
        lambda: bureaus.rename(health_authority, by=by, to="另一个名称", reason="改革"),
        lambda: bureaus.ask_to_close(health_authority, by=by, reason="改革"),
        lambda: confirmed(health_authority, by=by),
        lambda: bureaus.let_be(health_authority, by=by),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    health_authority.refresh_from_db()
    assert (health_authority.name, health_authority.closed_on) == ("越城区卫生健康局", None)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_makes_it_known(county: Region, platform_administrator: User) -> None:
    first, second = at_once(
        lambda: bureaus.found(county, CIVIL, "越城区民政局", by=platform_administrator),
        lambda: bureaus.found(county, CIVIL, "越城民政局", by=platform_administrator),
    )
    assert {type(first), type(second)} == {Authority, Unacceptable}
    assert Authority.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_take_one_name_at_once_one_is_told(
    county: Region, health_authority: Authority, platform_administrator: User
) -> None:
    """Also where one is made known by the name that another is given."""
    by, place, called = platform_administrator, factories.region("330603", "柯桥区"), "越城区民政局"
    for _ in range(5):
        Authority.objects.exclude(pk=health_authority.pk).delete()
        Authority.objects.update(name="越城区卫生健康局")
        health_authority.refresh_from_db()
        found = at_once(
            lambda: bureaus.found(county, CIVIL, called, by=by),
            lambda: bureaus.found(place, CIVIL, called, by=by),
            lambda: bureaus.rename(health_authority, by=by, to=called, reason="机构改革"),
        )
        assert sorted(type(each).__name__ for each in found) == ["Authority", "Unacceptable", "Unacceptable"]
        assert Authority.objects.filter(name=called).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_are_to_follow_each_other_at_once(
    health_authority: Authority, prefecture: Authority, platform_administrator: User
) -> None:
    by = platform_administrator
    for each, successor in ((health_authority, prefecture), (prefecture, health_authority)):
        bureaus.ask_to_close(each, by=by, reason="并入", successor=successor)
    other = deputy()
    found = at_once(lambda: confirmed(health_authority, by=other), lambda: confirmed(prefecture, by=other))
    assert {type(each) for each in found} == {Authority, Unacceptable}
    assert Authority.objects.acting().count() == 1


def test_renamed_it_is_found_by_both_names(
    health_authority: Authority, platform_administrator: User, client: Client
) -> None:
    for to in ("越城区卫生健康和体育局", "越城区卫生健康局"):
        health_authority = bureaus.rename(health_authority, by=platform_administrator, to=to, reason="机构改革")
    assert health_authority.former_names.splitlines() == ["越城区卫生健康和体育局", "越城区卫生健康局"]
    client.force_login(platform_administrator)
    assert "越城区卫生健康局" in client.get(reverse("platform"), {"q": "体育"}).content.decode()
    health_authority.name = "不是现在的名称"
    with pytest.raises(WrongState, match="刚刚已由他人改为“越城区卫生健康局”"):
        bureaus.rename(health_authority, by=platform_administrator, to="第三个名称", reason="改革")


def test_closed_its_people_leave_and_its_invitations_end(
    health_authority: Authority,
    prefecture: Authority,
    health_reviewer: User,
    authority_administrator: User,
    platform_administrator: User,
    above: User,
) -> None:
    third = deputy()
    invited, _ = inviting.invite("许昇", Duty.REVIEWER, health_authority, by=authority_administrator)
    closed(health_authority, by=platform_administrator, reason="并入市卫健委", successor=prefecture)
    assert not Membership.objects.filter(authority=health_authority).exists()
    invited.refresh_from_db()
    assert invited.state == invited.State.CANCELLED
    told = Entry.objects.filter(event=events.Ended.code).values_list("subject_id", flat=True)
    assert set(told) == {health_reviewer.pk, authority_administrator.pk}
    assert Entry.objects.get(event=events.BureauFollows.code).subject_id == prefecture.pk
    assert set(Notice.objects.filter(kind="bureau_followed").values_list("recipient", flat=True)) == {
        above.pk,
        platform_administrator.pk,
        third.pk,
    }
    with pytest.raises(WrongState, match="已经撤销，由绍兴市卫生健康委员会承接"):
        closed(health_authority, by=platform_administrator, reason="再一次")
    with pytest.raises(WrongState):
        bureaus.rename(health_authority, by=platform_administrator, to="新名称", reason="改革")


def test_nobody_gets_a_duty_at_a_closed_one(
    client: Client, health_authority: Authority, platform_administrator: User, nobodys_user: User
) -> None:
    gone = closed(health_authority, by=platform_administrator, reason="没有启用过")
    with pytest.raises(WrongState, match="已经撤销"):
        granting.give(nobodys_user, Duty.REVIEWER, gone, by=platform_administrator, giver=platform_administrator)
    with pytest.raises(NotAllowed):
        inviting.invite("许昇", Duty.ADMINISTRATOR, gone, by=platform_administrator)
    client.force_login(platform_administrator)
    refused = client.get(reverse("platform-appoint", args=[gone.pk]))
    assert (refused.status_code, "这个部门已经撤销" in refused.content.decode()) == (403, True)


@pytest.mark.django_db(transaction=True)
def test_a_duty_that_is_given_while_it_closes_ends_with_the_others(
    health_authority: Authority,
    authority_administrator: User,
    platform_administrator: User,
    nobodys_user: User,
) -> None:
    for _ in range(5):
        Authority.objects.filter(pk=health_authority.pk).update(closed_on=None)
        Membership.objects.get_or_create(
            user=authority_administrator,
            authority=health_authority,
            duty=Duty.ADMINISTRATOR,
            state=Membership.State.EFFECTIVE,
        )
        bureaus.ask_to_close(health_authority, by=platform_administrator, reason="没有启用过")
        acts: list[Callable[[], object]] = [
            lambda: granting.grant(nobodys_user, Duty.REVIEWER, health_authority, by=authority_administrator),
            partial(confirmed, health_authority, by=deputy()),
        ]
        at_once(*acts)
        assert not Membership.objects.filter(authority=health_authority).exists()


def test_whoever_follows_answers_for_its_region(
    health_authority: Authority, county: Region, platform_administrator: User
) -> None:
    neighbour = factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"), kind=HEALTH)
    reviewer = factories.MembershipFactory.create(authority=neighbour, duty=Duty.REVIEWER).user
    supervisor = factories.MembershipFactory.create(authority=neighbour, duty=Duty.SUPERVISOR).user
    assert not remit_of(reviewer).filter(pk=county.pk).exists()
    assert not reviews_for(reviewer, health_authority)
    closed(health_authority, by=platform_administrator, reason="并入", successor=neighbour)
    health_authority.refresh_from_db()
    assert Authority.objects.for_region(county, HEALTH) == neighbour
    assert remit_of(reviewer).filter(pk=county.pk).exists()
    assert reviews_for(reviewer, health_authority)
    assert not reviews_for(supervisor, health_authority)
    assert set(authorities_of(reviewer)) == {health_authority, neighbour}
    assert list(authorities_of(reviewer).acting()) == [neighbour]
    assert reviewers_by_authority([health_authority.pk])[health_authority.pk] == [reviewer.pk]
    assert reviewers_by_region([county], HEALTH)[county.pk] == [reviewer.pk]
    below = factories.AuthorityFactory.create(region=factories.region("330681", "诸暨市"), kind=HEALTH)
    assert supervisors_above([below])[below.pk] == []


def test_of_a_chain_the_last_answers_for_all(
    health_authority: Authority, prefecture: Authority, above: User, county: Region, platform_administrator: User
) -> None:
    neighbour = factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"), kind=HEALTH)
    closed(health_authority, by=platform_administrator, reason="并入", successor=neighbour)
    closed(neighbour, by=platform_administrator, reason="再并入", successor=prefecture)
    health_authority.refresh_from_db()
    assert health_authority.now == prefecture
    assert reviews_for(above, health_authority)
    assert Authority.objects.for_region(county, HEALTH) == prefecture


def test_a_new_one_in_the_region_answers_before_whoever_followed(
    health_authority: Authority, prefecture: Authority, county: Region, platform_administrator: User
) -> None:
    closed(health_authority, by=platform_administrator, reason="并入", successor=prefecture)
    again = bureaus.found(county, HEALTH, "越城区卫生健康局", by=platform_administrator)
    assert Authority.objects.for_region(county, HEALTH) == again


@pytest.fixture
def next_door(health_authority: Authority) -> User:
    """Reviews for the bureau of health of the neighbouring county."""
    neighbour = factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"), kind=HEALTH)
    return factories.MembershipFactory.create(authority=neighbour, duty=Duty.REVIEWER).user


def test_a_new_one_in_the_region_keeps_its_register_alone(
    health_authority: Authority,
    next_door: User,
    county: Region,
    platform_administrator: User,
    medical_institution: Institution,
) -> None:
    """Whoever followed keeps what was filed there; the region, and who confirms its people, are the new one's."""
    neighbour = next_door.memberships.get().authority
    unseen = factories.UserFactory.create(full_name="许昇")
    held = granting.give(unseen, Duty.ADMINISTRATOR, medical_institution, by=platform_administrator, giver=None)
    closed(health_authority, by=platform_administrator, successor=neighbour)
    rights: tuple[Callable[[User], bool], ...] = (
        lambda by: keeps_register_in(by, county),
        lambda by: is_competent(by, medical_institution),
        lambda by: may_confirm(by, held),
        lambda by: imports_for(by).filter(region=county).exists(),
        lambda by: county in (RegionField(by, None).queryset or ()),
    )
    assert [may(next_door) for may in rights] == [True] * len(rights)
    again = bureaus.found(county, HEALTH, "越城区卫生健康和体育局", by=platform_administrator)
    here = factories.MembershipFactory.create(authority=again, duty=Duty.REVIEWER).user
    assert [may(next_door) for may in rights] == [False] * len(rights)
    assert [may(here) for may in rights] == [True] * len(rights)
    health_authority.refresh_from_db()
    assert (reviews_for(next_door, health_authority), reviews_for(here, health_authority)) == (True, False)
    assert remit_of(next_door).filter(pk=county.pk).exists()


def test_of_two_closed_in_one_region_whoever_follows_the_later_keeps_the_register(
    health_authority: Authority, next_door: User, prefecture: Authority, above: User, platform_administrator: User
) -> None:
    county = health_authority.region
    closed(health_authority, by=platform_administrator, successor=next_door.memberships.get().authority)
    again = bureaus.found(county, HEALTH, "越城区卫生健康和体育局", by=platform_administrator)
    closed(again, by=platform_administrator, successor=prefecture)
    assert (keeps_register_in(next_door, county), keeps_register_in(above, county)) == (False, True)


def test_with_nothing_it_closes_without_anybody_and_the_level_above_answers(
    health_authority: Authority, prefecture: Authority, county: Region, platform_administrator: User
) -> None:
    closed(health_authority, by=platform_administrator, reason="没有启用过")
    assert Authority.objects.for_region(county, HEALTH) == prefecture


def test_who_cannot_follow(
    health_authority: Authority, civil_affairs_authority: Authority, prefecture: Authority, platform_administrator: User
) -> None:
    closed(prefecture, by=platform_administrator, reason="撤销")
    for other, said in ((civil_affairs_authority, "另一个"), (health_authority, "另一个"), (prefecture, "已经撤销")):
        with pytest.raises(Unacceptable, match=said):
            closed(health_authority, by=platform_administrator, reason="并入", successor=other)


def test_what_the_database_keeps(health_authority: Authority, prefecture: Authority) -> None:
    for wrong in ({"successor": prefecture}, {"successor": health_authority, "closed_on": factories.today()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Authority.objects.filter(pk=health_authority.pk).update(**wrong)


@pytest.mark.parametrize(
    ("text", "code"), [("330602", "330602"), ("浙江省绍兴市越城区", "330602"), ("绍兴 越城", "330602")]
)
def test_a_place_is_known_by_name_or_code(text: str, code: str) -> None:
    parent = factories.region("330600", "绍兴市")
    Region.objects.filter(pk=parent.pk).update(full_name="浙江省绍兴市")
    county = factories.region("330602")
    Region.objects.filter(pk=county.pk).update(full_name="浙江省绍兴市越城区")
    assert place_called(text).code == code


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("没有这里\t卫健\t某局", "没有找到“没有这里”"),
        ("330602\t教育\t某局", "类别请写“卫健”或“民政”"),
        ("330602\t卫健", "缺少地区或名称"),
        ("330602\t卫健\t某局\t88000001", "电话缺少区号"),
        ("\t卫健\t某局", "缺少地区或名称"),
        ("330602\t卫健\t" + "很" * 101, "名称最多 100 个字"),
        ("330602\t卫健\t越城区卫𓂀局", "这些字打印不出来：𓂀（U+13080）"),
    ],
)
def test_a_line_says_what_is_wrong_with_it(line: str, said: str, county: Region) -> None:
    form = BureauListForm({"lines": line})
    assert form.is_valid(), form.errors
    (row,) = form.cleaned_data["lines"]
    assert said in row.fault


def test_a_name_that_no_paper_can_show_is_refused_where_it_is_written(
    client: Client, county: Region, health_authority: Authority, platform_administrator: User
) -> None:
    client.force_login(platform_administrator)
    new = {"region": "330602", "kind": CIVIL, "name": "越城区民𓂀局", "phone": ""}
    renamed = {"to": "越城区卫𓂀局", "reason": "机构改革", "seen": health_authority.name}
    for url, sent in ((reverse("bureau-found"), new), (reverse("bureau-rename", args=[health_authority.pk]), renamed)):
        refused = client.post(url, sent)
        assert refused.status_code == 422
        assert "这些字打印不出来：𓂀（U+13080）。请换成常用的字、符号或拼音" in refused.content.decode()


def test_many_are_copied_from_a_sheet(client: Client, county: Region, platform_administrator: User) -> None:
    """Headings are passed over, widths folded, and what is refused stops none of the others; twice changes nothing."""
    client.force_login(platform_administrator)
    rows = [
        "地区 类别 名称 电话",
        "３３０６０２ 卫健委 越城区卫生健康局 0575-88000001",
        "330602 民政 越城区民政局",
        "火星 民政 某局",
    ]
    lines = "\n".join(row.replace(" ", "\t") for row in rows)
    looked = client.post(reverse("bureau-sheet"), {"lines": lines}).content.decode()
    assert "登记这 2 个" in looked
    assert "没有找到“火星”" in looked
    assert not Authority.objects.exists()
    done = client.post(reverse("bureau-sheet"), {"lines": lines, "looked": "yes"}).content.decode()
    assert "登记了 2 个部门" in done
    assert {each.name: each.phone for each in Authority.objects.all()} == {
        "越城区卫生健康局": "0575-88000001",
        "越城区民政局": "",
    }
    again = client.post(reverse("bureau-sheet"), {"lines": lines, "looked": "yes"}).content.decode()
    assert "登记了 0 个部门" in again
    assert again.count("已有") == 2
    assert Authority.objects.count() == 2


def test_what_registering_would_refuse_is_said_when_the_list_is_checked(
    client: Client, health_authority: Authority, platform_administrator: User
) -> None:
    """Who stands there already, the same place or name twice in the list, and a name that is taken elsewhere."""
    client.force_login(platform_administrator)
    other = factories.region("330603")
    lines = (
        f"330602\t卫健\t越城区卫健局\n330602\t民政\t越城区民政局\n330602\t民政\t越城区民政局二\n"
        f"{other.code}\t民政\t越城区民政局\n{other.code}\t卫健\t{health_authority.name}"
    )
    page = client.post(reverse("bureau-sheet"), {"lines": lines}).content.decode()
    assert page.count("没有登记") == 4
    assert f"已有卫生健康部门：{health_authority.name}" in page
    assert page.count("与第 2 行重复") == 2
    assert f"已经叫“{health_authority.name}”" in page
    assert "登记这 1 个" in page


@pytest.mark.parametrize("line", ["测试", "330602\t卫健", "330602"])
def test_a_line_of_too_few_cells_is_shown_with_what_it_lacks(
    line: str, client: Client, county: Region, platform_administrator: User
) -> None:
    client.force_login(platform_administrator)
    looked = client.post(reverse("bureau-sheet"), {"lines": line})
    assert (looked.status_code, "缺少地区或名称" in looked.content.decode()) == (200, True)


def test_its_page_tells_its_life(
    client: Client, health_authority: Authority, prefecture: Authority, platform_administrator: User
) -> None:
    client.force_login(platform_administrator)
    renamed = client.post(
        reverse("bureau-rename", args=[health_authority.pk]),
        {"to": "越城区卫生健康和体育局", "reason": "机构改革", "seen": health_authority.name},
        follow=True,
    ).content.decode()
    assert "曾用名" in renamed
    asked = client.post(
        reverse("bureau-ask-to-close", args=[health_authority.pk]),
        {"successor": prefecture.pk, "reason": "并入市卫健委"},
        follow=True,
    ).content.decode()
    assert "请另一位平台管理员确认" in asked
    assert "还没有审核员" in asked, "nobody would do there what is handed on"
    assert "确认撤销" not in asked
    at = reverse("bureau-close", args=[health_authority.pk])
    seen = bureaus.asked_for(Authority.objects.get(pk=health_authority.pk))
    assert client.post(at, {"seen": seen}).status_code == 403
    client.force_login(deputy())
    stale = client.post(at, {"seen": "0/0/另一个原因"})
    assert (stale.status_code, "申请刚刚改过" in stale.content.decode()) == (409, True)
    done = client.post(at, {"seen": seen}, follow=True).content.decode()
    assert "主管部门更名" in done
    assert "承接部门：绍兴市卫生健康委员会" in done
    assert "邀请管理员" not in done
    assert client.get(reverse("bureau-ask-to-close", args=[health_authority.pk])).status_code == 409
    listed = client.get(reverse("platform"), {"closed": "on"}).content.decode()
    assert "由绍兴市卫生健康委员会承接" in listed


def test_closing_is_from_the_day_in_china(health_authority: Authority, platform_administrator: User) -> None:
    with time_machine.travel("2026-12-01T17:30:00Z", tick=False):
        assert closed(health_authority, by=platform_administrator, reason="撤销").closed_on == date(2026, 12, 2)


def test_whoever_asks_does_not_confirm_and_either_may_let_it_be(
    health_authority: Authority, prefecture: Authority, platform_administrator: User
) -> None:
    by = platform_administrator
    with pytest.raises(WrongState, match="没有人申请撤销"):
        confirmed(health_authority, by=deputy())
    bureaus.ask_to_close(health_authority, by=by, reason="并入", successor=prefecture)
    with pytest.raises(NotAllowed, match="请另一位平台管理员确认"):
        confirmed(health_authority, by=by)
    with pytest.raises(WrongState, match="已经申请撤销"):
        bureaus.ask_to_close(health_authority, by=deputy(), reason="撤销")
    assert bureaus.let_be(health_authority, by=deputy())
    assert not bureaus.let_be(health_authority, by=by)
    assert not Authority.objects.exclude(closing_asked_by=None).exists()


def test_what_was_asked_for_is_looked_at_again_when_it_is_confirmed(
    health_authority: Authority, prefecture: Authority, platform_administrator: User, client: Client
) -> None:
    neighbour = factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"), kind=HEALTH)
    bureaus.ask_to_close(health_authority, by=platform_administrator, reason="并入", successor=neighbour)
    closed(neighbour, by=platform_administrator, successor=prefecture)
    client.force_login(deputy())
    seen = bureaus.asked_for(Authority.objects.get(pk=health_authority.pk))
    refused = client.post(reverse("bureau-close", args=[health_authority.pk]), {"seen": seen})
    assert (refused.status_code, "已经撤销" in refused.content.decode()) == (409, True)
    let = client.post(reverse("bureau-close", args=[health_authority.pk]), {"drop": "yes"}, follow=True)
    assert "申请已撤回" in let.content.decode()


def test_whoever_follows_others_names_a_successor_too(
    health_authority: Authority, prefecture: Authority, platform_administrator: User
) -> None:
    neighbour = factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"), kind=HEALTH)
    closed(health_authority, by=platform_administrator, successor=neighbour)
    with pytest.raises(Unacceptable, match="承接的部门 1 个，请选择由哪个部门承接"):
        bureaus.ask_to_close(neighbour, by=platform_administrator, reason="撤销")


@pytest.mark.parametrize("resting", ["round", "case"])
def test_rounds_and_cases_rest_with_it_too(
    resting: str,
    health_authority: Authority,
    health_reviewer: User,
    medical_institution: Institution,
    medical_clerk: User,
    platform_administrator: User,
) -> None:
    if resting == "round":
        rounds.ask(health_authority, by=health_reviewer, title="摸底", due_on=factories.FAR_AHEAD)
    else:
        EligibilityCase.objects.create(
            institution=medical_institution, authority=health_authority, created_by=medical_clerk, checklist={}
        )
    with pytest.raises(Unacceptable, match=r"摸底 1 次|资格填报 1 份"):
        bureaus.ask_to_close(health_authority, by=platform_administrator, reason="撤销")


def test_whoever_follows_decides_and_confirms_there_and_works_for_no_house_of_it(
    health_authority: Authority, medical_institution: Institution, platform_administrator: User
) -> None:
    neighbour = factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"), kind=HEALTH)
    reviewer = factories.MembershipFactory.create(authority=neighbour, duty=Duty.REVIEWER).user
    unseen = factories.UserFactory.create(full_name="许昇")
    held = granting.give(unseen, Duty.ADMINISTRATOR, medical_institution, by=platform_administrator, giver=None)
    assert not may_confirm(reviewer, held)
    closed(health_authority, by=platform_administrator, successor=neighbour)
    assert may_confirm(reviewer, held)
    with pytest.raises(WrongState, match="职责分离"):
        granting.give(reviewer, Duty.CLERK, medical_institution, by=platform_administrator, giver=None)


@pytest.mark.django_db(transaction=True)
def test_an_invitation_that_is_accepted_while_it_closes_gives_nothing(
    health_authority: Authority, authority_administrator: User, platform_administrator: User
) -> None:
    for number in range(6):
        Authority.objects.filter(pk=health_authority.pk).update(closed_on=None)
        Membership.objects.get_or_create(
            user=authority_administrator,
            authority=health_authority,
            duty=Duty.ADMINISTRATOR,
            state=Membership.State.EFFECTIVE,
        )
        invited = factories.UserFactory.create(username=f"invited-{number}", full_name="许昇")
        invitation, _ = inviting.invite("许昇", Duty.REVIEWER, health_authority, by=authority_administrator)
        bureaus.ask_to_close(health_authority, by=platform_administrator, reason="没有启用过")
        acts: list[Callable[[], object]] = [
            partial(inviting.accept, invitation, by=invited),
            partial(confirmed, health_authority, by=deputy()),
        ]
        at_once(*acts)
        assert not Membership.objects.filter(authority=health_authority).exists()
