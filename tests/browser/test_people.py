"""From the county's confirmation to the switch of place: first administrator, invitations, accounts, two places."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.second_factor import current_code
from duties.models import AdministratorRequest
from duties.requesting import Applicant
from institutions.models import Institution
from tests import factories
from tests.agreements.making import scan_pdf
from tests.browser.conftest import NARROW, WIDE
from tests.factories import with_device
from tests.uploading import requested

Check = Callable[[], None]
PASSWORD = "Qing-Song-2026"


@pytest.fixture
def asked(elder_care_institution: Institution, civil_affairs_officer: User) -> AdministratorRequest:
    return requested(elder_care_institution, Applicant("王昇", "13800000001"), scan_pdf(2), "许可证.pdf")


def sign_in_with_code(page: Page, username: str, password: str) -> None:
    user = User.objects.get(username=username)
    device = with_device(user)
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("textbox", name="动态口令").fill(current_code(device))
    page.get_by_role("button", name="登录", exact=True).click()


def link_shown(page: Page) -> str:
    """Return the path of the link on the page that shows it once, and sign out."""
    link = page.get_by_label("链接", exact=True).input_value()
    page.locator("details.person-menu summary", has_text=re.compile(".")).last.click()
    page.get_by_role("button", name="退出登录").click()
    return urlsplit(link).path


def test_from_the_countys_confirmation_to_the_switch(
    page: Page,
    asked: AdministratorRequest,
    civil_affairs_officer: User,
    stranger_institution: Institution,
    sign_in: Callable[[User], None],
    axe_clean: Check,
    fits: Check,
    screenshot: Callable[[str], None],
) -> None:
    page.goto("/administrators/")
    axe_clean()
    page.get_by_label("统一社会信用代码").fill(asked.institution.uscc)
    page.get_by_role("button", name="查找机构").click()
    page.get_by_role("link", name="为越城区福星养老院申请").click()
    axe_clean()
    screenshot("people-ask")

    sign_in(civil_affairs_officer)
    screenshot("people-home")
    page.get_by_role("link", name=re.compile("核实.*王昇")).click()
    page.wait_for_load_state("networkidle")
    axe_clean()
    screenshot("people-request")
    page.get_by_role("button", name="核对无误，确认为管理员").click()
    axe_clean()
    screenshot("people-link")
    first = link_shown(page)

    page.goto(first)
    axe_clean()
    screenshot("people-invitation")
    for label, value in (("用户名", "wang-sheng"), ("手机号", "13800000001"), ("密码", PASSWORD)):
        page.get_by_label(label).first.fill(value)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    page.get_by_role("button", name="建立账号并接受").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您已成为越城区福星养老院的管理员")

    sign_in_with_code(page, "wang-sheng", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("越城区福星养老院的人员")
    axe_clean()
    screenshot("people-list")
    page.get_by_role("link", name="邀请同事").click()
    page.get_by_label("姓名").fill("郑赟")
    page.get_by_label("职责").select_option("signatory")
    axe_clean()
    screenshot("people-invite")
    page.get_by_role("button", name="生成邀请链接").click()
    second = link_shown(page)

    guest = factories.UserFactory.create(username="guest", full_name="郑赟")
    factories.MembershipFactory.create(user=guest, institution=stranger_institution)
    page.goto(second)
    page.get_by_role("link", name="我有账号，登录后接受").click()
    page.get_by_label("用户名").fill("guest")
    page.get_by_label("密码").fill(factories.PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("button", name="接受邀请").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您已成为越城区福星养老院的授权签约人")

    sign_in_with_code(page, "guest", factories.PASSWORD)
    switch = page.locator("details.acting-menu > summary")
    expect(switch).to_contain_text("上虞区常青养老院")
    switch.focus()
    page.keyboard.press("Enter")
    axe_clean()
    screenshot("people-switch")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(switch).to_contain_text("越城区福星养老院")
    expect(page.get_by_text("现在您代表越城区福星养老院")).to_be_visible()
    for name, size in (("wide", WIDE), ("narrow", NARROW)):
        page.set_viewport_size(size)
        fits()
        screenshot(f"people-switched-{name}")


def test_a_second_window_does_not_act_for_the_wrong_place(
    page: Page,
    elder_care_clerk: User,
    stranger_institution: Institution,
    sign_in: Callable[[User], None],
    axe_clean: Check,
) -> None:
    factories.MembershipFactory.create(user=elder_care_clerk, institution=stranger_institution)
    sign_in(elder_care_clerk)
    page.goto(f"/institutions/{stranger_institution.pk}/")
    other = page.context.new_page()
    other.goto("/inbox/")
    other.locator("details.acting-menu > summary").click()
    other.get_by_role("button", name=re.compile("切换到")).click()
    other.get_by_role("heading", level=1, name="待办").wait_for()
    page.get_by_role("button", name="显示联系方式").click()
    expect(page.get_by_role("heading", name="您已切换单位，这一步没有办理")).to_be_visible()
    axe_clean()
