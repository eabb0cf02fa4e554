"""Signing in as people do it: too many failures, a signatory's first day, a lost password, a long telephone call."""

import io
from base64 import b32decode
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
import zxingcpp
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts import passwords
from accounts.models import PhoneDevice, User
from accounts.second_factor import current_code
from agreements.models import Agreement
from tests.browser.test_drafting import heading, press
from tests.factories import PASSWORD

NEW = "Xin-mima-2027"
Check = Callable[[], None]
Keep = Callable[[str], None]


@pytest.fixture
def look(axe_clean: Check, fits: Check, screenshot: Keep, page: Page) -> Keep:
    def checked(name: str) -> None:
        axe_clean()
        fits()
        screenshot(f"accounts-{name}")
        page.set_viewport_size({"width": 360, "height": 740})
        fits()
        screenshot(f"accounts-{name}-narrow")
        page.set_viewport_size({"width": 1366, "height": 768})

    return checked


def first_step(page: Page, username: str, password: str = PASSWORD) -> None:
    """Fill the form of the first step by the keyboard and send it by Enter."""
    page.get_by_label("用户名或手机号").fill(username)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def second_step(page: Page, code: str) -> None:
    box = page.get_by_role("textbox", name="动态口令或恢复码")
    expect(box).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    page.locator(".person-menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    heading(page, "登录")


def pass_by(page: Page, clock: time_machine.Traveller, seconds: int) -> None:
    """Let time pass, here and in the browser, without waiting for it."""
    clock.shift(seconds)
    page.clock.fast_forward(seconds * 1000)


def device_in(page: Page) -> TOTPDevice:
    """Read the QR code off the screen, as a phone does, and return the device it describes."""
    picture = Image.open(io.BytesIO(page.locator(".qr").screenshot()))
    address = urlsplit(zxingcpp.read_barcodes(picture)[0].text)
    assert address.scheme == "otpauth"
    return TOTPDevice(key=b32decode(parse_qs(address.query)["secret"][0]).hex())


def test_from_five_failures_to_a_forgotten_password(
    page: Page, look: Keep, signatory: User, colleague: User, auditor: User
) -> None:
    page.goto("/sign-in/")
    look("sign-in")
    for _ in range(5):
        first_step(page, "colleague", "wrong")
    heading(page, "登录已暂停")
    expect(page.get_by_text("联系本单位管理员")).to_be_visible()
    look("locked")

    page.get_by_role("link", name="返回登录页").click()
    first_step(page, "signatory")
    heading(page, "绑定手机动态口令")
    look("enrol")
    phone = device_in(page)
    page.get_by_role("textbox", name="6 位动态口令").fill(current_code(phone))
    press(page, "确认绑定")
    heading(page, "请保存恢复码")
    look("recovery-codes")
    codes = page.locator("#recovery-codes li").all_inner_texts()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "复制恢复码")
    expect(page.get_by_text("已复制，请粘贴到安全的地方。")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "\n".join(codes)
    press(page, "恢复码已保存好，进入系统")
    heading(page, "待办")

    page.locator(".person-menu summary").click()
    page.get_by_role("link", name="我的账号").click()
    expect(page.get_by_text("还有 10 个恢复码可用")).to_be_visible()
    look("account")
    sign_out(page)
    first_step(page, "signatory")
    heading(page, "输入动态口令")
    look("code")
    second_step(page, current_code(PhoneDevice.objects.get()))
    heading(page, "待办")
    sign_out(page)
    first_step(page, "signatory")
    second_step(page, codes[0])
    heading(page, "待办")

    issued = passwords.issue(signatory, by=auditor)
    page.goto("/account/")
    heading(page, "登录")
    first_step(page, "signatory", issued)
    second_step(page, codes[1])
    heading(page, "修改密码")
    page.goto("/")
    heading(page, "修改密码")
    look("password-change")
    page.get_by_label("新密码").first.fill(NEW)
    page.get_by_label("再输入一次新密码").fill(NEW)
    press(page, "保存新密码")
    heading(page, "我的账号")


def test_a_long_telephone_call_loses_nothing(
    page: Page, look: Keep, settings: Settings, draft: Agreement, elder_care_clerk: User
) -> None:
    where = reverse("draft-step", args=[draft.number, "contacts"])
    page.clock.install()
    page.goto(f"/sign-in/?next={where}")
    first_step(page, "clerk")
    heading(page, "签约人和联系人")
    phone = page.get_by_role("group", name="福星养老院").get_by_label("联系电话")
    phone.fill("0575-88009002")
    warning = page.get_by_role("dialog", name="您还在吗？")
    with time_machine.travel(timezone.now()) as clock:
        pass_by(page, clock, settings.IDLE_SECONDS - 55)
        expect(warning.get_by_role("button", name="继续使用")).to_be_focused()
        look("idle")
        page.keyboard.press("Enter")
        expect(warning).to_be_hidden()
        pass_by(page, clock, settings.IDLE_SECONDS + 5)
        page.wait_for_url("**/sign-in/?**")
    expect(page.get_by_text("因长时间未操作已退出，已填写的内容保存在本机")).to_be_visible()
    look("idle-ended")

    first_step(page, "clerk")
    expect(phone).to_have_value("0575-88009002")
    expect(page.get_by_text("已恢复您")).to_be_visible()
    look("restored")
    press(page, "放弃")
    expect(phone).not_to_have_value("0575-88009002")
    phone.fill("0575-88009003")
    page.context.clear_cookies(name="csrftoken")
    press(page, "下一步")
    heading(page, "页面放得太久了")
    page.get_by_role("link", name="重新打开刚才的页面").click()
    expect(phone).to_have_value("0575-88009003")
    press(page, "下一步")
    heading(page, "核对")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('yiyang-draft:'))") == []
