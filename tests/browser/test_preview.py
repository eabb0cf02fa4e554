"""看打印效果: the page is there at once, says that the preview is being made, and shows it by itself."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

import jobs
from accounts.models import User
from agreements.documents import previews
from agreements.models import Agreement, Preview


def test_the_preview_appears_by_itself_and_a_failure_is_made_again_by_keyboard(
    page: Page, sign_in: Callable[[User], None], axe_clean: Callable[[], None], draft: Agreement, elder_care_clerk: User
) -> None:
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{draft.number}/")
    page.get_by_role("link", name="看打印效果").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("打印效果")
    expect(page.get_by_role("status")).to_contain_text("正在生成预览…")
    axe_clean()

    claimed = jobs.claim(previews.PREVIEWS, Preview.objects.get().pk)
    assert claimed is not None
    jobs.fail(previews.PREVIEWS, claimed, "有的字印不出来。")
    expect(page.get_by_role("alert")).to_contain_text("有的字印不出来")
    axe_clean()
    page.get_by_role("button", name="重新生成").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("正在生成预览…")

    previews.make(Preview.objects.get(state=Preview.State.QUEUED).pk)
    link = page.get_by_role("link", name="在新窗口打开")
    expect(link).to_be_visible()
    expect(page.locator("iframe[title=打印效果]")).to_be_visible()
    axe_clean()
    address = link.get_attribute("href")
    assert page.request.get(f"{page.url.partition('/agreements/')[0]}{address}").body().startswith(b"%PDF-")
