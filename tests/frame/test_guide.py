"""The drawn way of each role: its own and no other's, and every link on it leads where the person may go."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from institutions.models import Duty
from institutions.posts import Posts
from yiyang.guide import WAYS, ways_of

WHO = {
    "elder_care_clerk": "经办人",
    "signatory": "授权签约人",
    "approver": "审批人",
    "health_reviewer": "审核员",
    "supervisor": "督查员",
    "institution_administrator": "管理员：管好人员",
    "authority_administrator": "主管部门管理员",
    "platform_administrator": "平台管理员",
    "template_editor": "范本管理员",
    "auditor": "审计员",
}


@pytest.mark.parametrize(("who", "title"), WHO.items())
def test_each_role_is_shown_its_way_and_may_go_it(
    who: str, title: str, client: Client, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(who)
    client.force_login(user)
    page = client.get(reverse("guide")).content.decode()
    titles = re.findall(r'<h2 id="way-\d+">\s*(.*?)\s*</h2>', page)
    assert titles
    assert titles[0].startswith(title)
    main = page[page.index("<main") : page.index("</main>")]
    links = set(re.findall(r'<a href="(/[^"]*)"', main))
    assert links
    refused = {link: client.get(link, follow=True).status_code for link in links}
    assert set(refused.values()) == {200}, refused


def test_whoever_holds_nothing_is_told_whom_to_ask(client: Client, nobodys_user: User) -> None:
    client.force_login(nobodys_user)
    assert "您还没有职责" in client.get(reverse("guide")).content.decode()


def test_every_duty_has_its_way() -> None:
    assert set(WAYS) | {Duty.ADMINISTRATOR} == set(Duty)
    places = (Posts(frozenset({Duty.ADMINISTRATOR}), ("某局",), is_of_an_authority=of) for of in (True, False))
    assert [[way.title for way in ways_of(each)] for each in places] == [
        ["主管部门管理员：开张三件事"],
        ["管理员：管好人员"],
    ]
