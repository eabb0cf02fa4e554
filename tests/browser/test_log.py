"""The auditor's day: find who did what, verify the log, and take an export away; partly by keyboard."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from agreements.models import Agreement
from audit import bundle
from tests.audit.worlds import DAYS, write_world
from tests.browser.conftest import NARROW, WIDE

Check = Callable[[], None]


@pytest.fixture
def desk(page: Page, live_server: LiveServer, auditor: User) -> Page:
    """The window of a signed-in auditor."""
    client = Client()
    client.force_login(auditor)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def test_search_verify_and_export(
    desk: Page,
    worker: None,
    draft: Agreement,
    elder_care_clerk: User,
    axe_clean: Check,
    fits: Check,
    screenshot: Callable[[str], None],
    tmp_path: Path,
) -> None:
    write_world()
    desk.goto("/")
    expect(desk.get_by_role("heading", level=1)).to_have_text("日志")
    desk.get_by_label("对象（协议编号、机构或人名）").fill(draft.number)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/*about=*")  # the same row may stand on the page before, too
    row = desk.get_by_role("row").filter(has_text="起草协议")
    expect(row).to_contain_text(elder_care_clerk.full_name)
    row.locator("summary").focus()
    desk.keyboard.press("Enter")
    expect(row.get_by_text("链上序号")).to_be_visible()
    axe_clean()
    screenshot("log-search")
    desk.set_viewport_size(NARROW)
    fits()
    screenshot("log-search-narrow")
    folded = desk.locator(".log tbody tr:not(:has([open]))").first.bounding_box()
    assert folded
    assert folded["height"] < 130, "fifty lines of the log are read on a small screen"
    desk.set_viewport_size(WIDE)

    desk.get_by_role("navigation", name="我的工作").get_by_role("link", name="核验与导出").click()
    axe_clean()
    screenshot("log-works")
    desk.get_by_role("button", name="开始核验").click()
    expect(desk.locator("#work")).to_contain_text("未发现改动", timeout=60_000)
    axe_clean()
    screenshot("log-work")

    desk.get_by_role("link", name="核验与导出").last.click()
    desk.set_viewport_size(NARROW)
    fits()  # now with a line of what was done
    desk.set_viewport_size(WIDE)
    desk.get_by_label("日期从").fill(str(timezone.localdate() - timedelta(days=365)))
    desk.get_by_role("button", name="导出日志").click()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载导出包").click(timeout=60_000)
    download.value.save_as(tmp_path / "log.zip")
    (tmp_path / bundle.NAME).write_bytes(bundle.verifier())
    verified = subprocess.run(
        [sys.executable, "-I", tmp_path / bundle.NAME, tmp_path / "log.zip"], capture_output=True, check=True
    )
    assert "结论：未发现改动。" in verified.stdout.decode()

    desk.goto("/log/anchors/")
    expect(desk.get_by_role("row")).to_have_count(DAYS + 1)
    axe_clean()
    screenshot("log-anchors")
    desk.set_viewport_size(NARROW)
    fits()
    screenshot("log-anchors-narrow")
