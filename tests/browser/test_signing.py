"""Signing on paper in a browser: each side enters its day, one uploads, the other looks at every page and certifies."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.lifecycle.pages import pages_expected
from agreements.models import Agreement, Scan
from demo.scans import marked
from filing import lifecycle as filings
from filing.models import Filing
from institutions.models import Role
from tests.agreements.making import agreed, in_force, read_from, scan_pdf
from tests.browser.conftest import NARROW, WIDE
from tests.settings import PAGE_WIDTHS
from tests.uploading import attach_read, judge_all

Check = Callable[[], None]
Keep = Callable[[str], None]
SignIn = Callable[[User], None]


@pytest.fixture
def final(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """The text is frozen and its copies are made."""
    agreement = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(agreement.renditions.get().pk)
    return agreement


@pytest.fixture
def looked_at(page: Page, axe_clean: Check, fits: Check, screenshot: Keep) -> Keep:
    """Check the page as it stands in both sizes and keep pictures of it."""

    def look(name: str) -> None:
        for size, window in (("wide", WIDE), ("narrow", NARROW)):
            page.set_viewport_size(window)
            axe_clean()
            fits()
            screenshot(f"signing-{name}-{size}")
        page.set_viewport_size(WIDE)

    return look


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def signed_copy(agreement: Agreement, folder: Path) -> Path:
    """As many pages as a copy has, with seals, and without a code that could be read."""
    path = folder / "签章扫描件.pdf"
    path.write_bytes(marked(agreement.number, pages_expected(agreement)))
    return path


def test_from_paper_to_force(
    page: Page,
    sign_in: SignIn,
    looked_at: Keep,
    final: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    tmp_path: Path,
) -> None:
    today = timezone.localdate().isoformat()
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{final.number}/")
    looked_at("detail-agreed")
    page.get_by_role("link", name="打印签章", exact=True).click()
    looked_at("nothing-yet")
    page.get_by_label("签章日期").fill(today)
    page.get_by_role("button", name="登记日期").click()
    expect(page.get_by_text("签章日期已登记。")).to_be_visible()
    _upload(page, final, tmp_path, looked_at)

    sign_out(page)
    sign_in(medical_clerk)
    page.goto(f"/agreements/{final.number}/signing/")
    page.get_by_label("签章日期").fill(today)
    page.get_by_role("button", name="登记日期").click()
    looked_at("ready")
    page.get_by_role("link", name="去核验扫描件").click()
    _look_through(page)
    looked_at("certify")
    page.set_viewport_size(NARROW)
    expect(page.locator(".looked .chip").filter(has_text="由人标明").first).to_be_visible()
    wider = "chips => chips.filter(chip => chip.offsetWidth > chip.closest('figure').offsetWidth).length"
    assert page.locator(".looked .chip").evaluate_all(wider) == 0, "what is said of a page is no wider than its picture"
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="核验无误，协议生效").click()
    expect(page.get_by_role("alert")).to_contain_text("页您没有逐页核对")
    _compare_each(page, looked_at, pages_expected(final))
    page.get_by_role("button", name="核验无误，协议生效").click()
    expect(page.get_by_role("alert")).to_contain_text("请逐项核对并勾选：“双方印章")
    for point in page.get_by_role("checkbox").all():
        point.check()
    page.get_by_role("button", name="核验无误，协议生效").click()
    expect(page.get_by_text("已核验，协议生效")).to_be_visible()
    looked_at("detail-in-force")
    final.refresh_from_db()
    assert final.state == Agreement.State.IN_FORCE


def _compare_each(page: Page, looked_at: Keep, pages: int) -> None:
    """Go through all pages by the keyboard; one is turned and enlarged beside its text."""
    page.get_by_role("link", name="逐页核对").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("第 1 份正本第 1 页")
    _turn(page, looked_at)
    looked_at("look")
    for done in range(pages):
        expect(page.get_by_text(f"您已核对 {done} 页")).to_be_visible()
        page.wait_for_load_state()  # scripts are deferred: before that no shortcut works
        page.get_by_label("标明的无误").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Alt+1")
    expect(page.get_by_text("页您都核对过")).to_be_visible()


def _upload(page: Page, agreement: Agreement, folder: Path, looked_at: Keep) -> None:
    """First a wrong file, which is refused without losing anything, then the right one."""
    wrong = folder / "改了后缀名.pdf"
    wrong.write_bytes(b"MZ\x90\x00 no scan")
    page.get_by_label("选择扫描件").set_input_files(wrong)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("收到 1 个文件")).to_be_visible()
    expect(page.locator("#scans-so-far")).to_contain_text("等待检查")
    looked_at("checking")
    judge_all()  # the page finds out by itself
    expect(page.locator("#scans-so-far")).to_contain_text("改了后缀名.pdf：只能上传")
    looked_at("refused")
    page.get_by_label("选择扫描件").set_input_files(signed_copy(agreement, folder))
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("收到 1 个文件")).to_be_visible()
    judge_all()
    expect(page.get_by_role("link", name="签章扫描件.pdf", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="标明页码")).to_be_visible()
    looked_at("uploaded")
    page.get_by_label("怎样认出来的").fill("二维码被印章盖住，看页脚页码")
    page.get_by_role("button", name="标明页码").click()
    expect(page.get_by_text("页码已标明")).to_be_visible()
    looked_at("placed")


def _look_through(page: Page) -> None:
    """Every page is there as a picture that has really loaded."""
    pictures = page.locator(".scan-pages img")
    expect(pictures.first).to_be_visible()
    page.wait_for_load_state()
    for n in range(pictures.count()):
        pictures.nth(n).scroll_into_view_if_needed()
        assert pictures.nth(n).evaluate("each => each.decode().then(() => each.naturalWidth)") == PAGE_WIDTHS[1]


def _turn(page: Page, looked_at: Keep) -> None:
    """The scan is turned and enlarged within its frame by the keyboard alone."""
    frame = page.frame_locator("iframe[title^=扫描件]")
    for name in ("向右转", "放大"):
        frame.get_by_role("link", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        expect(frame.get_by_role("status")).to_contain_text("90 度，150 %" if name == "放大" else "90 度，100 %")


def test_ending_early(
    page: Page, sign_in: SignIn, looked_at: Keep, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    running = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{running.number}/")
    page.get_by_text("更多", exact=True).click()
    page.get_by_role("link", name="终止", exact=True).click()
    looked_at("terminate")
    page.get_by_role("button", name="确定终止").click()
    expect(page.get_by_role("alert")).to_contain_text("请写明终止原因")
    page.get_by_label("最后一天").fill("2098-06-30")
    page.get_by_label("终止原因").fill("养老院迁往外县，双方协商一致终止。")
    page.get_by_role("button", name="确定终止").click()
    expect(page.get_by_text("即将终止", exact=True)).to_be_visible()
    looked_at("detail-terminated")


def test_a_bad_page_is_scanned_again(
    page: Page,
    sign_in: SignIn,
    looked_at: Keep,
    filing: Filing,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    tmp_path: Path,
) -> None:
    """From the returned copy to the new page, to the second person, and back to the authority; by the keyboard."""

    def press(role: Literal["link", "button"], name: str) -> None:
        page.get_by_role(role, name=name).first.focus()
        page.keyboard.press("Enter")

    row = filings.take_up(filings.submit(filing, by=elder_care_clerk), by=health_reviewer)
    filings.return_(row, by=health_reviewer, reasons="扫描件第二页看不清")
    new = tmp_path / "第二页.pdf"
    new.write_bytes(scan_pdf(1))
    sign_in(elder_care_clerk)
    page.goto(f"/filing/{row.pk}/")
    press("link", "重新上传扫描件")
    page.get_by_label("选择扫描件").set_input_files(new)
    press("button", "上传")
    expect(page.get_by_text("收到 1 个文件")).to_be_visible()
    judge_all()
    expect(page.locator("#what-is-missing")).to_contain_text("第二页.pdf 第 1 页几乎全白、没有二维码")
    page.locator("summary", has_text="几乎全白的 1 页").press("Enter")
    page.get_by_label("第二页.pdf 第 1 页").select_option("第 1 份正本第 2 页")
    page.get_by_label("怎样认出来的").fill("没有二维码，看页脚页码")
    looked_at("placing")
    page.set_viewport_size(NARROW)
    choice = page.get_by_label("第二页.pdf 第 1 页").bounding_box()
    assert choice is not None
    assert choice["width"] >= 220, "第 1 份正本第 2 页 is not cut off"
    page.set_viewport_size(WIDE)
    press("button", "标明页码")
    expect(page.locator(".scan-list")).to_contain_text("第 1 份正本第 2 页")

    sign_out(page)
    sign_in(medical_clerk)
    page.goto("/")
    press("link", "核验扫描件")
    expect(page.get_by_role("heading", level=1)).to_contain_text("核验扫描件")
    press("link", "逐页核对")
    page.get_by_label("标明的无误").check()
    press("button", "与正本一致，下一页")
    expect(page.get_by_text("页您都核对过")).to_be_visible()
    for point in page.get_by_role("checkbox").all():
        point.check()
    looked_at("recertify")
    press("button", "核验无误，更换扫描件")
    expect(page.get_by_text("重新上传的扫描件已核验")).to_be_visible()
    page.goto(f"/filing/{row.pk}/resubmit/")
    page.get_by_label("补正").fill("第二页已重新扫描")
    press("button", "重新报送")
    expect(page.get_by_text("这是第 2 次")).to_be_visible()


def test_scans_with_everything_amiss_are_mended_page_by_page(
    page: Page,
    sign_in: SignIn,
    looked_at: Keep,
    final: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    """A foreign, an unsigned, a voided and a turned page, one missing: the file is replaced, one page sent back."""
    voided = read_from(final)
    draft = lifecycle.withdraw(final, by=elder_care_clerk, reason="费用写错了")
    row = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(row.renditions.final().get().pk)
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        row = lifecycle.record_signing(row, by=clerk, role=role, on=timezone.localdate())
    good = read_from(row)
    code = good[0]["codes"][0]
    electronic = {"codes": [code], "compared": {"code": code, "same": True}}
    foreign = {"codes": ["/v/YY2020-000077/1/2-3/0123456789abcdef"]}
    bad: list[dict[str, Any]] = [electronic, foreign, voided[-1], {**good[1], "turned": 180}]
    attach_read(row, by=elder_care_clerk, content=scan_pdf(len(bad)), seen=bad, name="乱了.pdf")
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{row.number}/signing/")
    for told in ("另一份协议的", "已作废的文本", "没有签章的痕迹", "还缺第"):
        expect(page.locator("#what-is-missing")).to_contain_text(told)
    looked_at("amiss")
    page.get_by_label("新的文件是").select_option("代替 乱了.pdf")
    attached = Scan.objects.get()
    attach_read(row, by=elder_care_clerk, content=scan_pdf(len(good)), seen=good, name="重扫.pdf", replaces=attached.pk)
    page.reload()
    expect(page.locator("#what-is-missing")).to_contain_text("等待另一个人核验")
    looked_at("mended")

    sign_out(page)
    sign_in(medical_clerk)
    page.goto(f"/agreements/{row.number}/certify/")
    page.get_by_role("link", name="逐页核对").click()
    page.get_by_label("退回原因").fill("骑缝章没有盖到")
    page.get_by_role("button", name="退回这一页").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已退回这一页")).to_be_visible()
    looked_at("sent-back")
    attach_read(row, by=elder_care_clerk, content=scan_pdf(1), seen=[good[0]], name="第一页.pdf")
    page.goto(f"/agreements/{row.number}/certify/")
    page.get_by_role("link", name="逐页核对").click()
    for left in range(len(good), 0, -1):
        expect(page.get_by_text(f"您已核对 {len(good) - left} 页")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("Alt+1")
    expect(page.get_by_text("页您都核对过")).to_be_visible()
    for point in page.get_by_role("checkbox", name=re.compile("双方印章|纸上的|文本与定稿")).all():
        point.check()
    looked_at("compared")
    page.get_by_role("button", name="核验无误，协议生效").click()
    expect(page.get_by_text("已核验，协议生效")).to_be_visible()
    expect(page.get_by_text("逐页核对了扫描件").first).to_be_visible()
