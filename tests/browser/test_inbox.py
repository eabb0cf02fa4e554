"""From the number in the top bar over the inbox to the matter itself, on small and large screens."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from agreements.models import Agreement
from notifications import ledger
from tests.agreements.making import sent
from tests.browser.conftest import NARROW

Check = Callable[[], None]


def test_from_the_bell_to_the_agreement(
    page: Page,
    sign_in: Callable[[User], None],
    draft: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    axe_clean: Check,
    fits: Check,
    screenshot: Callable[[str], None],
) -> None:
    sent(draft, by=elder_care_clerk)
    ledger.tell(
        "browser", subject=draft, recipients=[medical_clerk], period="1", title="另一条提醒", body="两行\n内容", url="/"
    )
    sign_in(medical_clerk)
    bell = page.locator(".inbox-link")
    expect(bell).to_contain_text("2")
    bell.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("消息")
    axe_clean()
    screenshot("inbox-wide")
    page.set_viewport_size(NARROW)
    fits()
    axe_clean()
    screenshot("inbox-narrow")

    page.get_by_role("link", name="收到合作协议").click()
    page.wait_for_url(f"**/agreements/{draft.number}/")
    expect(bell).to_contain_text("1")

    bell.click()
    page.get_by_role("link", name="未读 1 条", exact=True).click()
    expect(page.get_by_role("link", name="收到合作协议")).to_have_count(0)
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.get_by_text("已将 1 条消息标为已读。")).to_be_visible()
    expect(page.locator(".unread-count")).to_have_count(0)


def test_an_empty_inbox_in_large_print(
    page: Page,
    sign_in: Callable[[User], None],
    stranger: User,
    axe_clean: Check,
    fits: Check,
    screenshot: Callable[[str], None],
) -> None:
    sign_in(stranger)
    page.get_by_role("button", name="长辈版").click()
    page.goto("/inbox/")
    expect(page.get_by_text("还没有消息")).to_be_visible()
    axe_clean()
    fits()
    screenshot("inbox-empty-large-print")
