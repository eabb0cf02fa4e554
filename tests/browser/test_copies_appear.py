"""The agreement's page while the copies are made: it asks again by itself and offers them when they are there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from agreements.documents import renditions
from agreements.models import Agreement
from tests.agreements.making import agreed


@pytest.fixture
def final(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Frozen, its copies ordered; no worker runs here, so they wait until a test makes them."""
    return agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def test_the_copies_and_the_next_act_appear_without_reloading(
    page: Page, sign_in: Callable[[User], None], axe_clean: Callable[[], None], final: Agreement, medical_clerk: User
) -> None:
    sign_in(medical_clerk)
    page.goto(f"/agreements/{final.number}/")
    expect(page.get_by_text("排队中")).to_be_visible()
    expect(page.get_by_role("link", name="下载合并打印文件")).to_be_hidden()

    renditions.render(final.renditions.get().pk)
    expect(page.get_by_role("link", name="第 4 份")).to_be_visible()
    act = page.get_by_role("link", name="下载合并打印文件")
    expect(act).to_be_visible()
    axe_clean()
    with page.expect_download() as download:
        act.click()
    assert download.value.suggested_filename == f"{final.number}-合并打印.pdf"


def test_signing_goes_on_by_itself_when_the_copies_are_made(
    page: Page, sign_in: Callable[[User], None], axe_clean: Callable[[], None], final: Agreement, medical_clerk: User
) -> None:
    final.renditions.update(state="failed", failure="有的字印不出来。")
    sign_in(medical_clerk)
    page.goto(f"/agreements/{final.number}/signing/")
    expect(page.get_by_role("alert")).to_contain_text("有的字印不出来")
    expect(page.get_by_role("button", name="登记日期")).to_be_hidden()
    axe_clean()
    page.get_by_role("button", name="重新生成").click()
    expect(page.get_by_role("status")).to_contain_text("排队中")
    axe_clean()

    renditions.render(final.renditions.get(state="queued").pk)
    expect(page.get_by_role("button", name="登记日期")).to_be_visible()
    axe_clean()


def test_when_the_session_has_ended_the_page_goes_to_sign_in(
    page: Page, sign_in: Callable[[User], None], final: Agreement, medical_clerk: User
) -> None:
    sign_in(medical_clerk)
    page.goto(f"/agreements/{final.number}/")
    expect(page.get_by_text("排队中")).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    expect(page.get_by_role("navigation", name="我的工作")).to_have_count(0)
