"""With whom nothing waits, the first page says what comes next, with links that open for that person."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement

BUTTON = re.compile(r'<a class="btn btn-outline-primary" href="([^"]+)">')
ROLES = {
    "elder_care_clerk": ("请按“新建协议”", {"template-list", "institution-list"}),
    "medical_clerk": ("请按“新建协议”", {"template-list", "institution-list"}),
    "signatory": ("还没有签约证书的，请先申请", {"signing"}),
    "approver": ("等您审批", {"agreement-list"}),
    "health_reviewer": ("请先登记，或者用表格批量导入", {"institution-list", "import-list", "coverage-home"}),
    "civil_affairs_officer": ("请先登记，或者用表格批量导入", {"institution-list", "import-list", "coverage-home"}),
}


@pytest.mark.parametrize("who", ROLES)
def test_an_empty_work_list_says_what_comes_next(who: str, client: Client, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    page = client.get(reverse("home")).content.decode()
    words, links = ROLES[who]
    assert words in page
    found = set(BUTTON.findall(page))
    assert {reverse(link) for link in links} <= found
    assert [url for url in found if client.get(url, follow=True).status_code != 200] == []


def test_where_something_waits_it_stands_alone(client: Client, draft: Agreement, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    page = client.get(reverse("home")).content.decode()
    assert draft.number in page
    assert "不知道用哪份范本" not in page


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("institution_administrator", "经办人起草和办理协议"),
        ("authority_administrator", "审核员登记机构、办理备案"),
        ("platform_administrator", "平台管理"),
        ("supervisor", "没有应当覆盖的机构"),
        ("auditor", "您查找过什么，也会记入日志"),
        ("template_editor", "范本"),
    ],
)
def test_every_other_role_is_told_too(who: str, words: str, client: Client, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    assert words in client.get(reverse("home"), follow=True).content.decode()
