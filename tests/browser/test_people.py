"""From the county's confirmation to the switch of place: first administrator, invitations, accounts, two places."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.second_factor import current_code
from duties import holders
from duties.models import AdministratorRequest
from duties.requesting import Applicant
from institutions.models import Authority, Duty, Institution
from tests import factories
from tests.agreements.making import scan_pdf
from tests.browser.conftest import NARROW, WIDE
from tests.factories import with_device
from tests.uploading import requested

Check = Callable[[], None]
PASSWORD = "Qing-Song-2026"
CODE = "ABCD-EFGH-JKMN"


@pytest.fixture
def asked(elder_care_institution: Institution, civil_affairs_officer: User) -> AdministratorRequest:
    applicant = Applicant("王昇", "13800000001", code=CODE)
    return requested(elder_care_institution, applicant, scan_pdf(2), "许可证.pdf")


@pytest.fixture
def second_officer(civil_affairs_authority: Authority) -> User:
    user = factories.UserFactory.create(username="second-officer", full_name="赵堃")
    return factories.MembershipFactory.create(user=user, authority=civil_affairs_authority, duty=Duty.REVIEWER).user


def sign_in_with_code(page: Page, username: str, password: str) -> None:
    user = User.objects.get(username=username)
    device = with_device(user)
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("textbox", name="动态口令").fill(current_code(device))
    page.get_by_role("button", name="登录", exact=True).click()


def sign_out(page: Page) -> None:
    page.locator("details.person-menu summary", has_text=re.compile(".")).last.click()
    page.get_by_role("button", name="退出登录").click()


def link_in(letter: Path) -> str:
    """Return the path of the link that a sealed letter's QR code leads to."""
    drawn = pypdfium2.PdfDocument(letter)[0].render(scale=3).to_pil()
    [read] = zxingcpp.read_barcodes(drawn)
    return urlsplit(read.text).path


def code_shown(page: Page) -> str:
    """Return the code on the page of whoever waits, and sign out."""
    expect(page.get_by_role("heading", level=1)).to_have_text("等待确认的职责")
    code = page.locator(".password").inner_text()
    sign_out(page)
    return code


def confirm(page: Page, name: str, mobile: str, code: str) -> None:
    """See the person and their screen, as an official at the first page."""
    page.get_by_role("link", name=re.compile(f"确认本人.*{name}")).click()
    page.get_by_label("居民身份证").check()
    if mobile:
        page.get_by_label("对方的手机号").fill(mobile)
    page.get_by_role("textbox", name="确认码").fill(code)
    page.get_by_role("button", name="确认是本人，职责生效").click()
    expect(page.get_by_text(f"已确认{name}是本人")).to_be_visible()


def test_from_the_countys_confirmation_to_the_switch(
    page: Page,
    asked: AdministratorRequest,
    civil_affairs_officer: User,
    second_officer: User,
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
    screenshot("people-sent")
    assert "/invitations/" not in page.locator("main").inner_html().replace("/people/invitations/", "")
    sign_out(page)

    page.goto(f"/administrators/asked/{asked.number}/")
    page.get_by_label("领取码").fill(CODE)
    axe_clean()
    screenshot("people-asked")
    page.get_by_role("button", name="领取邀请链接").click()
    page.get_by_role("link", name="打开邀请链接").click()
    axe_clean()
    screenshot("people-invitation")
    for label, value in (("用户名", "wang-sheng"), ("手机号", "13800000001"), ("密码", PASSWORD)):
        page.get_by_label(label).first.fill(value)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    page.get_by_role("button", name="建立账号并接受").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已接受，待确认后成为越城区福星养老院的管理员")
    screenshot("people-accepted")

    sign_in_with_code(page, "wang-sheng", PASSWORD)
    axe_clean()
    screenshot("people-waiting")
    code = code_shown(page)
    sign_in(second_officer)
    page.get_by_role("link", name=re.compile("确认本人.*王昇")).click()
    axe_clean()
    screenshot("people-holder")
    page.goto("/")
    confirm(page, "王昇", "13800000001", code)
    axe_clean()
    screenshot("people-holders")
    sign_out(page)

    sign_in_with_code(page, "wang-sheng", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("越城区福星养老院的人员")
    axe_clean()
    screenshot("people-list")
    page.goto("/waiting-duties/")
    expect(page.get_by_role("region", name="已生效的职责")).to_contain_text("当面确认")
    axe_clean()
    screenshot("people-in-force")
    page.get_by_role("link", name="去首页").click()
    page.get_by_role("link", name="邀请同事").first.click()
    page.get_by_label("姓名").fill("郑赟")
    page.get_by_label("职责").select_option("signatory")
    axe_clean()
    screenshot("people-invite")
    page.get_by_role("button", name="发出邀请").click()
    with page.expect_download() as printing:
        page.get_by_role("button", name="打印密封信").click()
    second = link_in(printing.value.path())
    expect(page.get_by_text("给郑赟的密封信已打印")).to_be_visible()
    expect(page.get_by_role("button", name="重新打印密封信")).to_be_visible()
    sign_out(page)

    guest = factories.UserFactory.create(username="guest", full_name="郑赟")
    factories.MembershipFactory.create(user=guest, institution=stranger_institution)
    page.goto(second)
    page.get_by_role("link", name="我有账号，登录后接受").click()
    page.get_by_label("用户名").fill("guest")
    page.get_by_label("密码").fill(factories.PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("button", name="接受邀请").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已接受，待确认后成为越城区福星养老院的授权签约人")
    sign_in(civil_affairs_officer)
    confirm(page, "郑赟", "", holders.code_of(User.objects.get(username="guest")))
    sign_out(page)

    sign_in(User.objects.get(username="guest"))
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
