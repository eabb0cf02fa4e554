"""Each role finds its own work in its own order, and nothing that leads nowhere."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from institutions.models import Duty
from yiyang.menu import MOST_ENTRIES, lines

CLERK = "待办 协议 备案 范本 机构 消息"
REVIEWER = "待办 备案 协议 覆盖 机构 地区与政策 消息"


@pytest.mark.parametrize(
    ("person", "menu"),
    [
        ("elder_care_clerk", CLERK),
        ("medical_clerk", CLERK),
        ("signatory", "待办 协议 备案 范本 证书与印章 机构 消息"),
        ("approver", "待办 协议 备案 范本 证书与印章 机构 消息"),
        ("health_reviewer", REVIEWER),
        ("civil_affairs_officer", REVIEWER),
        ("supervisor", "覆盖 协议 备案 机构 地区与政策"),
        ("template_editor", "范本 机构 地区与政策"),
        ("auditor", "日志 核验与导出 范本 机构 地区与政策"),
        ("institution_administrator", "人员 证书与印章 机构 地区与政策 消息"),
        ("authority_administrator", "人员 机构 地区与政策 消息"),
        ("platform_administrator", "平台管理 人员 机构 地区与政策 消息"),
        ("nobodys_user", "范本 机构 地区与政策"),
    ],
)
def test_the_menu_in_its_order_and_every_entry_opens(
    client: Client, request: pytest.FixtureRequest, person: str, menu: str
) -> None:
    client.force_login(request.getfixturevalue(person))
    page = client.get(reverse("template-list"))
    entries = list(page.context["work_menu"])
    assert [entry.word for entry in entries] == menu.split()
    for entry in entries:
        opened = client.get(entry.url, follow=True)
        assert opened.status_code == 200, entry.word
        assert opened.content.decode().count('aria-current="page">') >= 1


@pytest.mark.parametrize(
    ("name", "under"),
    [
        ("eligibility-list", "机构"),
        ("import-list", "机构"),
        ("survey-home", "机构"),
        ("agreement-list", "协议"),
        ("filing-list", "备案"),
        ("inbox", "消息"),
    ],
)
def test_a_page_of_a_section_has_that_section_marked(
    client: Client, health_reviewer: User, name: str, under: str
) -> None:
    client.force_login(health_reviewer)
    page = client.get(reverse(name))
    assert [entry.word for entry in page.context["work_menu"] if entry.is_here] == [under]


def test_never_more_than_eight_entries() -> None:
    for duty in Duty:
        assert len(lines([duty])) <= MOST_ENTRIES
    everything = lines(Duty)
    assert len(everything) == MOST_ENTRIES == len(set(everything))


def test_the_top_bar_says_whom_one_acts_for(client: Client, elder_care_clerk: User, auditor: User) -> None:
    for user, acting_for in ((elder_care_clerk, "越城区福星养老院"), (auditor, "审计员")):
        client.force_login(user)
        assert f"当前代表：</span>{acting_for}" in client.get(reverse("template-list")).content.decode()


def test_who_has_no_work_list_is_led_to_the_first_page_of_the_menu(
    client: Client, supervisor: User, auditor: User
) -> None:
    client.force_login(supervisor)
    assert client.get(reverse("home"))["Location"] == reverse("coverage-home")
    client.force_login(auditor)
    assert client.get(reverse("home"))["Location"] == reverse("log-search")


def test_officials_and_signatories_are_offered_no_new_agreement(
    client: Client, health_reviewer: User, supervisor: User, signatory: User
) -> None:
    for user in (health_reviewer, supervisor, signatory):
        client.force_login(user)
        for name in ("home", "agreement-list"):
            page = client.get(reverse(name), follow=True).content.decode()
            assert reverse("agreement-start") not in page, user.username
