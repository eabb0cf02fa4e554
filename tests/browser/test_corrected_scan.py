"""A bad scan in a browser: a bureau returns for the paper, and what is accepted gets a corrected scan (补报)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from agreements.models import Agreement, Scan
from filing import lifecycle
from filing.models import Filing, HandIn
from tests.agreements.making import scan_pdf, ticked
from tests.browser.conftest import NARROW, WIDE
from tests.filing.fixtures import scanned_again
from tests.uploading import judge_all, place

Check = Callable[[], None]
Keep = Callable[[str], None]
SignIn = Callable[[User], None]


@pytest.fixture
def looked_at(page: Page, axe_clean: Check, fits: Check, screenshot: Keep) -> Keep:
    """Check the page as it stands in both sizes and keep pictures of it."""

    def look(name: str) -> None:
        for size, window in (("wide", WIDE), ("narrow", NARROW)):
            page.set_viewport_size(window)
            axe_clean()
            fits()
            screenshot(f"corrected-{name}-{size}")
        page.set_viewport_size(WIDE)

    return look


def instead(page: Page, sign_in: SignIn, person: User) -> None:
    """Another person sits down at the window."""
    page.context.clear_cookies()
    sign_in(person)


def scan_anew(page: Page, folder: Path, by: User) -> None:
    """Upload a new scan of the whole copy on the page that is open; which pages these are is said by the verb."""
    path = folder / "重新扫描.pdf"
    path.write_bytes(scan_pdf(4))  # one page more than the copy: the empty back of the last
    page.get_by_label("选择扫描件").set_input_files(path)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("收到 1 个文件")).to_be_visible()
    judge_all()
    expect(page.get_by_role("link", name="重新扫描.pdf", exact=True)).to_be_visible()
    scan = Scan.objects.latest("pk")
    place(scan.agreement, by=by, pages={scan.pk: [1, 2, 3, 0]})


def certify(page: Page, number: str, by: User) -> None:
    """Confirm every point as the second person, who has ticked each page (test_signing.py does that by hand)."""
    ticked(Agreement.objects.get(number=number), by=by)
    page.goto(f"/agreements/{number}/recertify/")
    for point in page.locator(".to-check").get_by_role("checkbox").all():
        point.check()
    page.get_by_role("button", name="核验无误，更换扫描件").click()
    expect(page).to_have_url(re.compile(rf"/agreements/{number}/$"))


def test_a_bureau_returns_for_the_paper_and_accepts_the_corrected_scan(
    page: Page,
    filing: Filing,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    sign_in: SignIn,
    looked_at: Keep,
    tmp_path: Path,
) -> None:
    taken_up = lifecycle.take_up(lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    lifecycle.return_(taken_up, by=health_reviewer, reasons="签章扫描件不清楚，请重新扫描。")
    sign_in(elder_care_clerk)
    page.goto(f"/filing/{filing.pk}/resubmit/")
    expect(page.get_by_text("签章扫描件不清楚")).to_be_visible()
    looked_at("resubmit")
    page.get_by_role("link", name="重新上传扫描件").click()
    scan_anew(page, tmp_path, elder_care_clerk)

    instead(page, sign_in, medical_clerk)
    certify(page, filing.agreement.number, medical_clerk)

    instead(page, sign_in, elder_care_clerk)
    page.goto(f"/filing/{filing.pk}/")
    page.locator("#page-acts").get_by_role("link", name="重新报送").click()
    page.get_by_label("补正说明").fill("全部重新扫描。")
    page.get_by_role("button", name="重新报送").click()
    expect(page.get_by_text("这是第 2 次")).to_be_visible()

    instead(page, sign_in, health_reviewer)
    again = Filing.objects.get(previous=filing)
    page.goto(f"/filing/{again.pk}/")
    page.keyboard.press("Alt+1")
    expect(page.get_by_role("link", name="受理备案")).to_be_visible()
    page.keyboard.press("Alt+1")
    page.get_by_role("button", name="受理备案").click()
    expect(page.get_by_text("已受理，备案号")).to_be_visible()
    assert Filing.objects.get(pk=again.pk).state == Filing.State.ACCEPTED


def test_a_corrected_scan_of_what_is_accepted_is_taken_note_of(
    page: Page,
    filing: Filing,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    sign_in: SignIn,
    looked_at: Keep,
    tmp_path: Path,
) -> None:
    taken_up = lifecycle.take_up(lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    accepted = lifecycle.accept(taken_up, by=health_reviewer)
    where = f"/filing/{filing.pk}/"
    sign_in(elder_care_clerk)
    page.goto(where)
    page.get_by_role("link", name="重新扫描", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("重新扫描")
    looked_at("ask")
    page.get_by_role("button", name="重新扫描").click()
    expect(page.get_by_text("请写明扫描件哪里有问题").first).to_be_visible()
    page.get_by_label("扫描件哪里有问题").fill("第二页缺了一角。")
    page.get_by_role("button", name="重新扫描").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("协议一方要求重新扫描（第二页缺了一角）")).to_be_visible()
    scan_anew(page, tmp_path, elder_care_clerk)
    page.goto(where)
    looked_at("called")

    instead(page, sign_in, medical_clerk)
    certify(page, filing.agreement.number, medical_clerk)
    page.goto("/")
    page.get_by_role("link", name="补报").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("补报")
    looked_at("hand-in")
    page.get_by_label("补报说明").fill("全部重新扫描，第二页已完整。")
    page.get_by_role("button", name="补报").click()
    expect(page.get_by_text("备案号和备案日期不变").first).to_be_visible()
    looked_at("handed-in")

    instead(page, sign_in, health_reviewer)
    page.goto("/")
    expect(page.get_by_role("heading", name="待查收的补报")).to_be_visible()
    looked_at("home")
    page.get_by_role("link", name="查收补报").first.click()
    expect(page.get_by_role("link", name="第 1 次补报（")).to_have_attribute("aria-current", "page")
    looked_at("review")
    page.set_viewport_size(NARROW)
    tab = page.get_by_role("link", name="第 1 次补报（").bounding_box()
    assert tab is not None
    assert tab["x"] + tab["width"] <= NARROW["width"], "what waits is not beyond the edge of a telephone"
    page.set_viewport_size(WIDE)
    page.keyboard.press("Alt+1")
    expect(page.get_by_role("heading", level=1)).to_have_text("查收补报")
    looked_at("note")
    page.get_by_role("button", name="查收补报").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已查收补报的扫描件")).to_be_visible()
    looked_at("noted")
    assert HandIn.objects.get().state == HandIn.State.NOTED
    after = Filing.objects.get(pk=filing.pk)
    assert (after.number, after.decided_at) == (accepted.number, accepted.decided_at)


def test_a_reviewer_asks_and_sends_back(
    page: Page,
    accepted: Filing,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    sign_in: SignIn,
    looked_at: Keep,
) -> None:
    where = f"/filing/{accepted.pk}/"
    sign_in(health_reviewer)
    page.goto(where)
    page.get_by_role("link", name="请双方重新扫描").click()
    page.get_by_label("扫描件哪里有问题").fill("印章看不清。")
    page.get_by_role("button", name="重新扫描").click()
    expect(page.get_by_text("已通知协议双方重新扫描")).to_be_visible()
    scanned_again(accepted.agreement, elder_care_clerk, medical_clerk)

    instead(page, sign_in, elder_care_clerk)
    page.goto(where)
    page.get_by_role("link", name="补报新的扫描件").click()
    page.get_by_label("补报说明").fill("已换第二页。")
    page.get_by_role("button", name="补报").click()

    instead(page, sign_in, health_reviewer)
    page.goto(where)
    page.keyboard.press("Alt+2")
    expect(page.get_by_role("heading", level=1)).to_have_text("退回补报")
    looked_at("return")
    page.get_by_label("退回原因").fill("还是看不清。")
    page.get_by_role("button", name="退回补报").click()
    expect(page.get_by_text("已退回补报")).to_be_visible()

    instead(page, sign_in, elder_care_clerk)
    page.goto(where)
    expect(page.get_by_text("上一次补报退回的原因：还是看不清。")).to_be_visible()
    expect(page.get_by_role("link", name="重新上传扫描件")).to_be_visible()
    looked_at("due-again")
