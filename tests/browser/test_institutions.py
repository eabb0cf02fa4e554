"""An official narrows the register down, opens a home and renames it; its clerk finds it by either name."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from agreements.models import TemplateVersion
from institutions.models import Institution, MedicalProfile
from tests import factories
from tests.agreements.making import complete_draft, in_force
from tests.browser.conftest import NARROW, WIDE

Check = Callable[[], None]
NEW = "越城区晚晴养老院"
SOON = factories.today() + 20 * factories.ONE_DAY


@pytest.fixture
def county_at_work(
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
    published: dict[str, TemplateVersion],
) -> None:
    """One agreement in force, one under way, a few homes more, and a licence that ends soon."""
    for slug in ("shaoxing-2024-home-sickbed", "shaoxing-2024-consortium"):
        draft = complete_draft(elder_care_institution, medical_institution, published[slug], by=elder_care_clerk)
        if slug.endswith("sickbed"):
            in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    for number in range(6):
        factories.OpenElderCareFactory.create(name=f"越城区松鹤第{number + 1}养老院")
    factories.ExpiredLicenceMedicalFactory.create(name="越城区东湖卫生院")
    MedicalProfile.objects.filter(institution=medical_institution).update(licence_valid_to=SOON)


def enter(page: Page, live_server: LiveServer, user: User) -> None:
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


def test_narrow_down_rename_and_find_again(
    page: Page,
    live_server: LiveServer,
    county_at_work: None,
    elder_care_institution: Institution,
    elder_care_clerk: User,
    civil_affairs_officer: User,
    axe_clean: Check,
    screenshot: Callable[[str], None],
) -> None:
    enter(page, live_server, civil_affairs_officer)
    page.goto("/institutions/")
    expect(page.get_by_text("共 9 家")).to_be_visible()
    page.get_by_role("checkbox", name="养老服务机构").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("共 7 家")).to_be_visible()
    page.wait_for_load_state()  # a tick is answered by a script
    page.get_by_role("checkbox", name="已签约").check()
    expect(page.get_by_text("共 1 家")).to_be_visible()
    axe_clean()
    screenshot("institutions-list")
    page.get_by_role("link", name="签约覆盖：已签约").click()
    expect(page.get_by_text("共 7 家")).to_be_visible()
    page.wait_for_load_state()  # so is a click on a row
    page.get_by_role("row", name=elder_care_institution.name).click()
    expect(page.get_by_role("heading", level=1, name=elder_care_institution.name)).to_be_visible()
    axe_clean()
    screenshot("institutions-detail")
    page.get_by_role("link", name="更名", exact=True).click()
    expect(page.get_by_text("生效中的协议：")).to_be_visible()
    page.get_by_label("新名称").fill(NEW)
    page.get_by_label("更名原因").fill("法人变更登记")
    axe_clean()
    screenshot("institutions-rename")
    page.get_by_role("button", name="确定更名").click()
    expect(page.get_by_role("heading", level=1, name=NEW)).to_be_visible()
    expect(page.get_by_text("机构更名，钱堃")).to_be_visible()
    screenshot("institutions-renamed")

    enter(page, live_server, elder_care_clerk)
    page.set_viewport_size(NARROW)
    page.goto("/institutions/")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    screenshot("institutions-list-narrow")
    page.get_by_text("查找和筛选").click()
    page.get_by_role("searchbox").fill("福星")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.get_by_text(f"原名：{elder_care_institution.name}")).to_be_visible()
    axe_clean()
    screenshot("institutions-found-narrow")
    page.get_by_role("row").get_by_role("link", name=NEW).click()
    expect(page.get_by_text("更名", exact=False).first).to_be_visible()
    axe_clean()
    screenshot("institutions-detail-narrow")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_role("link", name="修改登记信息").click()
    page.get_by_label("床位数").fill("150")
    page.get_by_label("联系电话").fill("88000001")
    page.get_by_role("button", name="保存").click()
    page.get_by_label("已对照证照核对").check()
    axe_clean()
    screenshot("institutions-doubt-narrow")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("床位数：120 → 150")).to_be_visible()
    page.set_viewport_size(WIDE)
    page.goto(f"/institutions/{elder_care_institution.pk}/edit/")
    screenshot("institutions-edit")
