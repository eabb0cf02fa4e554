"""The main job in a browser: from sign-in by wizard to the four copies on the clerk's disk."""

from collections.abc import Callable
from pathlib import Path

import pikepdf
from playwright.sync_api import Page, expect

from accounts.models import User
from agreements.models import Agreement, TemplateVersion
from institutions.models import Authority, Institution
from tests.agreements.making import agreed, sent
from tests.browser.conftest import NARROW, WIDE, ZOOMED

Check = Callable[[], None]
Keep = Callable[[str], None]
SignIn = Callable[[User], None]
Clicks = Callable[[], int]


def press(page: Page, name: str) -> None:
    """Reach a button by the keyboard and press Enter."""
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def heading(page: Page, words: str) -> None:
    """Wait for the page with this heading and for its scripts, which are deferred."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    page.wait_for_load_state()


def test_from_wizard_to_four_copies(
    page: Page,
    sign_in: SignIn,
    axe_clean: Check,
    fits: Check,
    screenshot: Keep,
    worker: None,
    tmp_path: Path,
    elder_care_clerk: User,
    medical_institution: Institution,
    consortium: TemplateVersion,
    health_authority: Authority,
    civil_affairs_authority: Authority,
) -> None:
    def looked_at(name: str) -> None:
        axe_clean()
        fits()
        screenshot(f"wizard-{name}")

    sign_in(elder_care_clerk)
    page.goto("/agreements/start/")
    looked_at("start")
    press(page, "开始起草")
    heading(page, "选择合作机构")
    page.get_by_label("按名称或统一社会信用代码查找").fill("塔山")
    page.keyboard.press("Enter")
    expect(page.get_by_text("找到 1 家")).to_be_visible()  # it stood on the page before, too
    page.get_by_label(medical_institution.name).check()
    looked_at("partner")
    press(page, "下一步")
    heading(page, "选择范本")
    page.get_by_label(consortium.title).check()
    looked_at("template")
    press(page, "下一步")
    heading(page, "填写条款")
    page.get_by_label("每月来查房几次").fill("4")
    page.get_by_label("每次查房派几名医师").fill("2")
    page.get_by_label("甲方担保").check()
    page.get_by_label("健康服务费是多少元").fill("16409.02")
    expect(page.locator("#capitals-annual_fee")).to_have_text("人民币壹万陆仟肆佰零玖元零贰分")
    expect(page.locator("#clause-fee")).to_contain_text("16,409.02")
    page.get_by_label("从哪一天开始有效").fill("2098-01-01")
    page.get_by_label("有效到哪一天").fill("2099-12-31")
    looked_at("terms")
    page.get_by_label("健康服务费是多少元").press("Enter")  # on, and not back
    heading(page, "签约人和联系人")
    phone = page.get_by_role("group", name="福星养老院").get_by_label("联系电话")
    phone.fill("abc")
    press(page, "下一步")
    expect(page.get_by_role("alert")).to_contain_text("这不是电话号码的写法")
    phone.fill("0575-88000002")
    looked_at("contacts")
    press(page, "下一步")
    heading(page, "核对")
    page.go_back()  # and not to a question whether to send the mistake again
    heading(page, "签约人和联系人")
    page.go_forward()
    heading(page, "核对")
    expect(page.get_by_role("button", name="送越城区塔山街道社区卫生服务中心确认")).to_be_enabled()
    looked_at("check")
    press(page, "生成草稿正本")
    page.get_by_role("link", name="第 4 份").wait_for(timeout=60_000)
    looked_at("copies")
    _copies_are_right(page, tmp_path)


def _copies_are_right(page: Page, folder: Path) -> None:
    for copy in range(1, 5):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"第 {copy} 份").click()
        path = folder / f"{copy}.pdf"
        download.value.save_as(path)
        with pikepdf.open(path) as pdf:
            assert len(pdf.pages) == Agreement.objects.get().renditions.get().page_count
    with page.expect_download() as download:
        page.get_by_role("link", name="合并打印").click()
    download.value.save_as(folder / "print.pdf")
    with pikepdf.open(folder / "print.pdf") as pdf:
        assert len(pdf.pages) >= 4


def test_partner_returns_then_agrees(
    page: Page,
    sign_in: SignIn,
    axe_clean: Check,
    screenshot: Keep,
    draft: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    sent(draft, by=elder_care_clerk)
    sign_in(medical_clerk)
    page.goto(f"/agreements/{draft.number}/")
    page.get_by_role("link", name="退回修改").click()
    page.get_by_text("对这一条提意见：二、开展医疗查房服务").focus()
    page.keyboard.press("Enter")
    page.get_by_label("对“二、开展医疗查房服务”的意见").fill("三次不够")
    page.get_by_label("查房几次？建议改为").fill("4")
    page.get_by_text("对这一条提意见：“本协议未尽事宜”一段").click()  # one without a blank
    page.get_by_label("对“本协议未尽事宜”一段的意见").fill("请写明几天内协商")
    axe_clean()
    screenshot("negotiation-return")
    press(page, "退回修改")
    expect(page.get_by_text("等待对方再次送来")).to_be_visible()
    draft.refresh_from_db()
    assert "三次不够" in draft.return_reason
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{draft.number}/draft/terms/")
    expect(page.get_by_text("请写明几天内协商")).to_be_visible()
    expect(page.get_by_text("这里是范本的固定文字")).to_be_visible()
    axe_clean()
    screenshot("negotiation-remarks")
    page.get_by_role("button", name="采用").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("每月来查房几次")).to_have_value("4")
    expect(page.get_by_label("每月来查房几次")).to_be_focused()
    expect(page.get_by_text("已填入，还没有保存")).to_be_visible()
    expect(page.get_by_role("button", name="采用")).to_be_hidden()
    page.get_by_label("每月来查房几次").fill("5")
    expect(page.get_by_role("button", name="采用")).to_be_visible()
    page.get_by_label("每月来查房几次").fill("4")
    expect(page.get_by_role("button", name="采用")).to_be_hidden()
    press(page, "下一步")
    heading(page, "签约人和联系人")
    draft.refresh_from_db()
    assert draft.answers["ward_rounds_per_month"] == 4
    sent(Agreement.objects.get(pk=draft.pk), by=elder_care_clerk)
    sign_in(medical_clerk)
    page.goto(f"/agreements/{draft.number}/agree/")
    axe_clean()
    screenshot("negotiation-agree")
    page.get_by_label("联系电话").fill("0575-88000009")
    press(page, "确认并定稿")
    expect(page.get_by_text("文本定稿").first).to_be_visible()
    draft.refresh_from_db()
    assert draft.state == Agreement.State.AGREED


def test_taken_back_mended_and_sent_again_in_four_presses(
    page: Page,
    sign_in: SignIn,
    axe_clean: Check,
    fits: Check,
    screenshot: Keep,
    draft: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    row = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{row.number}/")
    page.get_by_role("link", name="撤回修改").focus()
    page.keyboard.press("Enter")  # 1
    heading(page, "撤回修改")
    axe_clean()
    fits()
    screenshot("withdraw")
    press(page, "撤回，改条款")  # 2
    heading(page, "填写条款")
    expect(page.get_by_text(f"编号仍是 {row.number}")).to_be_visible()
    page.get_by_label("每月来查房几次").fill("7")
    press(page, "保存并核对")  # 3
    heading(page, "核对")
    press(page, f"送{row.partner}确认")  # 4
    expect(page.get_by_text(f"已送{row.partner}确认")).to_be_visible()
    axe_clean()
    row.refresh_from_db()
    assert (row.state, row.frozen_id, row.frozen_texts.count()) == (Agreement.State.NEGOTIATING, None, 1)
    assert 7 in row.answers.values()


def test_a_contact_is_mended_after_withdrawing_in_four_clicks(
    page: Page, clicks: Clicks, sign_in: SignIn, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{row.number}/")
    page.get_by_role("link", name="撤回修改").click()
    page.get_by_role("button", name="撤回，改签约人和联系人").click()
    heading(page, "签约人和联系人")
    page.get_by_role("group", name="福星养老院").get_by_label("联系电话").fill("0575-88000009")
    page.get_by_role("button", name="保存并核对").click()
    heading(page, "核对")
    page.get_by_role("button", name=f"送{row.partner}确认").click()
    expect(page.get_by_text(f"已送{row.partner}确认")).to_be_visible()
    assert clicks() <= 4
    row.refresh_from_db()
    assert row.contact(row.drafting_role)["contact_phone"] == "0575-88000009"


def test_the_simplest_draft_takes_eight_clicks_and_one_field_from_the_work_list(
    page: Page,
    clicks: Clicks,
    sign_in: SignIn,
    elder_care_clerk: User,
    medical_institution: Institution,
    published: dict[str, TemplateVersion],
    health_authority: Authority,
    civil_affairs_authority: Authority,
) -> None:
    simple = published["shaoxing-2024-home-sickbed"]
    sign_in(elder_care_clerk)
    page.get_by_role("main").get_by_role("button", name="新建协议").click()
    heading(page, "选择合作机构")
    page.get_by_label(medical_institution.name).check()
    page.get_by_role("button", name="下一步").click()
    heading(page, "选择范本")
    page.get_by_label(simple.title).check()
    page.get_by_role("button", name="下一步").click()
    heading(page, "填写条款")
    page.get_by_role("button", name="下一步").click()
    heading(page, "签约人和联系人")
    page.get_by_role("group", name="福星养老院").get_by_label("联系电话").fill("0575-88000002")
    page.get_by_role("button", name="下一步").click()
    heading(page, "核对")
    page.get_by_role("button", name=f"送{medical_institution.name}确认").click()
    expect(page.get_by_text(f"已送{medical_institution.name}确认")).to_be_visible()
    assert clicks() <= 8


def test_every_step_fits_in_large_print(
    page: Page, sign_in: SignIn, fits: Check, screenshot: Keep, draft: Agreement, elder_care_clerk: User
) -> None:
    User.objects.filter(pk=elder_care_clerk.pk).update(large_print=True)
    sign_in(elder_care_clerk)
    for size in (WIDE, NARROW, ZOOMED):
        page.set_viewport_size(size)
        for step in ("partner", "template", "terms", "contacts", "check"):
            page.goto(f"/agreements/{draft.number}/draft/{step}/")
            fits()
            screenshot(f"wizard-{step}-{size['width']}-large")


def test_two_windows_are_put_together_and_what_both_changed_is_chosen(
    page: Page,
    sign_in: SignIn,
    axe_clean: Check,
    fits: Check,
    screenshot: Keep,
    elder_care_clerk: User,
    draft: Agreement,
) -> None:
    sign_in(elder_care_clerk)
    address = f"/agreements/{draft.number}/draft/terms/"
    page.goto(address)
    with page.context.expect_page() as opened:
        page.evaluate("address => void window.open(address)", address)
    other = opened.value
    other.get_by_label("健康服务费是多少元").fill("5000")
    press(other, "下一步")
    heading(other, "签约人和联系人")
    other.close()
    page.get_by_label("健康服务费是多少元").fill("7000")
    page.get_by_label("每次查房派几名医师").fill("5")
    press(page, "下一步")
    expect(page.locator("#conflicts")).to_contain_text("用别处保存的：5,000.00")
    axe_clean()
    fits()
    screenshot("wizard-two-windows")
    page.get_by_label("用本页填写的：7,000.00").focus()
    page.keyboard.press("Space")
    press(page, "下一步")
    heading(page, "签约人和联系人")
    saved = Agreement.objects.get(pk=draft.pk).answers
    assert (saved["annual_fee"], saved["ward_round_doctors"]) == ("7000.00", 5)
