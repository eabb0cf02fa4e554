"""From the printed letter to a partner that has nobody here, to its application at the county."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import User
from agreements.models import Agreement
from institutions.models import Institution
from tests.agreements.making import scan_pdf, sent
from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_people import link_in, sign_out
from tests.uploading import judge_all

Check = Callable[[], None]


@pytest.fixture
def waits(draft: Agreement, elder_care_clerk: User) -> Agreement:
    return sent(draft, by=elder_care_clerk)


def test_a_partner_without_people_applies_by_the_letter(
    page: Page,
    waits: Agreement,
    elder_care_clerk: User,
    health_reviewer: User,
    medical_institution: Institution,
    sign_in: Callable[[User], None],
    axe_clean: Check,
    fits: Check,
    screenshot: Callable[[str], None],
    tmp_path: Path,
) -> None:
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{waits.number}/")
    expect(page.locator("#partner-standing")).to_contain_text("请打印给对方的函")
    with page.expect_download() as printing:
        page.get_by_role("link", name="打印给对方的函").click()
    letter = tmp_path / "letter.pdf"
    printing.value.save_as(letter)
    sign_out(page)

    page.goto(link_in(letter))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"申请成为{medical_institution.name}的管理员")
    expect(page.locator("#letter")).to_contain_text(waits.number)
    axe_clean()
    fits()
    screenshot("partner-ask")
    page.set_viewport_size(NARROW)
    fits()
    screenshot("partner-ask-narrow")
    page.set_viewport_size(WIDE)
    page.get_by_label("您的姓名").fill("王昇")
    page.get_by_label("手机号").fill("13800000001")
    licence = FilePayload(name="许可证.pdf", mimeType="application/pdf", buffer=scan_pdf(1))
    page.get_by_label("证照扫描件").set_input_files(licence)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申请进度")
    judge_all()

    page.goto(link_in(letter))
    expect(page.get_by_role("alert")).to_contain_text("函上的申请码：这个申请码不能用")
    axe_clean()
    fits()
    screenshot("partner-code-used")

    sign_in(health_reviewer)
    screenshot("partner-bureau-home")
    page.get_by_role("link", name=re.compile("核实.*王昇")).click()
    expect(page.get_by_role("region", name="申请内容")).to_contain_text(f"就协议 {waits.number}")
    axe_clean()
    fits()
    screenshot("partner-request")
    sign_out(page)

    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{waits.number}/")
    expect(page.locator("#partner-standing")).to_have_text("对方已申请开通，待越城区卫生健康局核实。")
    axe_clean()
    fits()
    screenshot("partner-standing")
    page.goto("/agreements/start/")
    page.get_by_role("button", name="开始起草").click()
    axe_clean()
    fits()
    screenshot("partner-unregistered")
    page.set_viewport_size(NARROW)
    fits()
    screenshot("partner-unregistered-narrow")
    with page.expect_download() as printing:
        page.get_by_role("link", name="打印请对方登记的函").click()
    assert printing.value.suggested_filename == "请对方登记的函.pdf"
