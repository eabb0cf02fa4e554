"""From the clerk's question over the leader's answers to the text that is sent, by the keyboard alone."""

from collections.abc import Callable
from typing import Literal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from agreements.models import Agreement
from tests.browser.conftest import NARROW, WIDE
from tests.factories import with_device

Check = Callable[[], None]
Keep = Callable[[str], None]


@pytest.fixture
def looked_at(page: Page, axe_clean: Check, fits: Check, screenshot: Keep) -> Keep:
    """Look at a page in both sizes."""

    def look(name: str) -> None:
        axe_clean()
        screenshot(f"{name}-wide")
        page.set_viewport_size(NARROW)
        fits()
        axe_clean()
        screenshot(f"{name}-narrow")
        page.set_viewport_size(WIDE)

    return look


def begin(page: Page, live_server: LiveServer, administrator: User) -> None:
    """Open the page of people as an administrator, who has no work list, with a fresh device."""
    with_device(administrator)
    client = Client()
    client.force_login(administrator)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto("/people/")
    page.wait_for_load_state()


def test_the_leader_is_asked_before_the_text_is_sent(
    page: Page,
    sign_in: Callable[[User], None],
    draft: Agreement,
    elder_care_clerk: User,
    approver: User,
    institution_administrator: User,
    looked_at: Keep,
    live_server: LiveServer,
) -> None:
    def press(role: Literal["link", "button"], name: str, *, leads_to: str = "") -> None:
        page.get_by_role(role, name=name, exact=True).first.focus()
        page.keyboard.press("Enter")
        if leads_to:
            expect(page.get_by_role("heading", level=1)).to_have_text(leads_to)

    def type_into(label: str, words: str) -> None:
        page.get_by_label(label).focus()
        page.keyboard.insert_text(words)

    def person(user: User, place: str) -> None:
        page.context.clear_cookies()
        sign_in(user)
        page.goto(place)

    begin(page, live_server, institution_administrator)
    press("link", "本单位的登记信息和设置", leads_to=str(draft.drafted_by))
    press("link", "打开负责人审批", leads_to="同意文本前须负责人审批")
    looked_at("approval-switch")
    press("button", "打开负责人审批")
    expect(page.get_by_text("同意协议文本前（送出、确认）须由本单位的审批人同意。")).to_be_visible()

    person(elder_care_clerk, f"/agreements/{draft.number}/draft/check/")
    expect(page.get_by_text("文本送出前须由负责人审批")).to_be_visible()
    looked_at("approval-check")
    press("link", "申请负责人审批", leads_to="申请负责人审批")
    type_into("申请说明", "费用已和对方谈妥，请审阅。")
    looked_at("approval-ask")
    press("button", "申请审批")
    expect(page.get_by_role("heading", name="等待负责人审批")).to_be_visible()
    looked_at("approval-waiting")

    person(approver, "/")
    expect(page.get_by_role("heading", name="待您审批")).to_be_visible()
    looked_at("approval-home")
    press("link", f"审批 {draft.number}", leads_to="审批协议文本")
    expect(page.get_by_text("费用已和对方谈妥")).to_be_visible()
    looked_at("approval-answer")
    press("button", "不同意，退回经办人")
    expect(page.get_by_text("请写明不同意的原因").first).to_be_visible()
    type_into("审批意见", "请先补上会诊费的依据。")
    press("button", "不同意，退回经办人")
    expect(page.get_by_role("heading", name="负责人未同意，退回经办人")).to_be_visible()

    person(elder_care_clerk, "/")
    expect(page.get_by_text("负责人未同意，待您修改或再次申请")).to_be_visible()
    page.goto(f"/agreements/{draft.number}/draft/check/")
    expect(page.get_by_text("请先补上会诊费的依据。")).to_be_visible()
    press("link", "申请负责人审批", leads_to="申请负责人审批")
    type_into("申请说明", "依据已附在补充约定里。")
    press("button", "申请审批")
    expect(page.get_by_role("heading", name="等待负责人审批")).to_be_visible()

    person(approver, "/")
    press("link", f"审批 {draft.number}", leads_to="审批协议文本")
    press("button", "同意")
    expect(page.get_by_role("heading", name="负责人已同意这份文本")).to_be_visible()

    person(elder_care_clerk, f"/agreements/{draft.number}/")
    looked_at("approval-approved")
    page.goto(f"/agreements/{draft.number}/draft/check/")
    press("button", f"送{draft.partner}确认")
    expect(page.get_by_text(f"待{draft.partner}确认").first).to_be_visible()
