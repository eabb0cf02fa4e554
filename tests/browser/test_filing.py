"""A reviewer works through the queue by the keyboard alone, and how the pages look on small and large."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from agreements.documents import renditions
from agreements.models import TemplateVersion
from filing import lifecycle, receipts
from filing.models import Filing
from tests.agreements.making import complete_draft, in_force
from tests.browser.conftest import NARROW, WIDE

Check = Callable[[], None]


@pytest.fixture
def submitted(filing: Filing, elder_care_clerk: User) -> Filing:
    """A filing that waits for the health bureau, with its copies made."""
    for rendition in filing.agreement.renditions.filter(state="queued"):
        renditions.render(rendition.pk)
    return lifecycle.submit(filing, by=elder_care_clerk, remark="请查收。")


def test_review_by_keyboard(
    page: Page,
    submitted: Filing,
    health_reviewer: User,
    sign_in: Callable[[User], None],
    axe_clean: Check,
    screenshot: Callable[[str], None],
) -> None:
    sign_in(health_reviewer)
    page.goto("/filing/")
    axe_clean()
    screenshot("filing-queue")
    all_of_page = page.get_by_role("checkbox", name="勾选本页全部")
    all_of_page.check()
    expect(page.get_by_text("已勾选 1 件")).to_be_visible()
    expect(page.get_by_role("checkbox", name="的备案")).to_be_checked()
    page.get_by_role("checkbox", name="的备案").uncheck()
    expect(all_of_page).not_to_be_checked()
    expect(page.get_by_text("已勾选")).to_be_hidden()
    page.set_viewport_size(NARROW)  # cards have no heads: the button below them ticks all
    expect(all_of_page).to_be_hidden()
    page.get_by_role("button", name="勾选本页全部").click()
    expect(page.get_by_text("已勾选 1 件")).to_be_visible()
    axe_clean()
    page.set_viewport_size(WIDE)
    expect(page.get_by_role("button", name="勾选本页全部")).to_be_hidden()
    page.goto(f"/filing/{submitted.pk}/")
    axe_clean()
    screenshot("filing-review-submitted")
    page.keyboard.press("Alt+1")
    expect(page.get_by_role("link", name="受理备案")).to_be_visible()
    axe_clean()
    screenshot("filing-review")
    page.keyboard.press("Alt+2")
    expect(page.get_by_role("heading", level=1)).to_have_text("退回补正")
    axe_clean()
    page.go_back()
    page.keyboard.press("Alt+1")
    expect(page.get_by_role("heading", level=1)).to_have_text("受理备案")
    axe_clean()
    page.get_by_role("button", name="受理备案").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已受理，备案号")).to_be_visible()
    assert Filing.objects.get(pk=submitted.pk).state == Filing.State.ACCEPTED
    receipts.make(submitted.pk)
    expect(page.get_by_role("link", name="下载备案回执")).to_be_visible()
    axe_clean()
    screenshot("filing-accepted")


def test_accepting_one_and_having_the_next_open_takes_two_presses(
    page: Page,
    clicks: Callable[[], int],
    submitted: Filing,
    published: dict[str, TemplateVersion],
    health_reviewer: User,
    elder_care_clerk: User,
    medical_clerk: User,
    sign_in: Callable[[User], None],
) -> None:
    elder_care, medical = submitted.agreement.elder_care, submitted.agreement.medical
    assert elder_care is not None
    assert medical is not None
    draft = complete_draft(elder_care, medical, published["shaoxing-2024-home-sickbed"], by=elder_care_clerk)
    other = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    following = lifecycle.submit(other.filings.get(authority=submitted.authority), by=elder_care_clerk)
    lifecycle.take_up(submitted, by=health_reviewer)
    sign_in(health_reviewer)
    page.goto(f"/filing/{submitted.pk}/")
    page.get_by_role("link", name="受理备案").click()
    page.get_by_role("button", name="受理备案").click()
    expect(page.get_by_text("下面是下一件")).to_be_visible()
    assert page.url.endswith(f"/filing/{following.pk}/")
    assert clicks() <= 2


def test_clerk_files_and_corrects(
    page: Page,
    filing: Filing,
    elder_care_clerk: User,
    health_reviewer: User,
    sign_in: Callable[[User], None],
    axe_clean: Check,
    screenshot: Callable[[str], None],
) -> None:
    sign_in(elder_care_clerk)
    page.goto("/filing/")
    axe_clean()
    screenshot("filing-clerk-list")
    page.goto(f"/filing/{filing.pk}/")
    page.get_by_role("link", name="报送备案").click()
    axe_clean()
    screenshot("filing-submit")
    page.get_by_role("button", name="报送").click()
    expect(page.get_by_text("已报送越城区卫生健康局")).to_be_visible()
    taken_up = lifecycle.take_up(Filing.objects.get(pk=filing.pk), by=health_reviewer)
    lifecycle.return_(taken_up, by=health_reviewer, reasons="扫描件第3页不清。")
    page.reload()
    axe_clean()
    screenshot("filing-returned")
    page.get_by_role("link", name="重新报送").click()
    axe_clean()
    page.get_by_label("补正说明").fill("第3页已重新扫描。")
    page.get_by_role("button", name="重新报送").click()
    expect(page.get_by_text("这是第 2 次")).to_be_visible()


@pytest.mark.parametrize("large_print", [False, True])
def test_small_and_large(
    page: Page,
    submitted: Filing,
    health_reviewer: User,
    sign_in: Callable[[User], None],
    axe_clean: Check,
    fits: Check,
    screenshot: Callable[[str], None],
    *,
    large_print: bool,
) -> None:
    User.objects.filter(pk=health_reviewer.pk).update(large_print=large_print)
    sign_in(health_reviewer)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for name, path in (("list", "/filing/?group=all"), ("one", f"/filing/{submitted.pk}/")):
            page.goto(path)
            fits()
            axe_clean()
            screenshot(f"filing-{name}-{size['width']}{'-large' if large_print else ''}")
