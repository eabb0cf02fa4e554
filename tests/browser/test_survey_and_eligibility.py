"""A clerk fills in the survey by the keyboard; another answers the checklist with a file, a reviewer confirms it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from eligibility.models import EligibilityCase
from institutions.models import Authority, Institution
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from surveys import rounds
from surveys.models import Survey
from tests import factories
from tests.access.surveyed import MADE_UP
from tests.agreements.making import scan_pdf
from tests.browser.conftest import NARROW, WIDE
from tests.surveys.answers import ELDER_CARE
from tests.uploading import judge_all

Check = Callable[[], None]
Keep = Callable[[str], None]


@pytest.fixture
def looked_at(page: Page, axe_clean: Check, fits: Check, screenshot: Keep) -> Keep:
    """Check the page as it stands at both widths, and keep pictures."""

    def look(name: str) -> None:
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            fits()
            screenshot(f"{name}-{size['width']}")
        axe_clean()

    return look


def test_a_clerk_fills_the_survey_in_by_keyboard(
    page: Page,
    elder_care_institution: Institution,
    elder_care_clerk: User,
    health_authority: Authority,
    health_reviewer: User,
    sign_in: Callable[[User], None],
    looked_at: Keep,
) -> None:
    rounds.ask(health_authority, by=health_reviewer, title="2026年下半年摸底", due_on=factories.FAR_AHEAD)
    sign_in(elder_care_clerk)
    page.get_by_role("link", name="填报").first.click()
    page.get_by_label("统计日期").focus()
    for field in list(ELDER_CARE)[1:14]:
        page.locator(f"[name={field}]").first.focus()
        if ELDER_CARE[field] is True:
            page.keyboard.press("Space")
        else:
            page.keyboard.press("Control+a")
            page.keyboard.type(str(ELDER_CARE[field] + (field == "residents_under_60")))
    expect(page.get_by_text("四个年龄段合计 81 人，与入住老年人总数 80 人不一致")).to_be_visible()
    for service in ELDER_CARE["services"]:
        page.locator(f"input[value={service}]").focus()
        page.keyboard.press("Space")
    looked_at("survey-edit")
    page.get_by_role("button", name="提交", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("合计 81 人")
    looked_at("survey-errors")
    page.locator("[name=residents_under_60]").fill("2")
    page.get_by_role("button", name="提交", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已提交第 1 次摸底信息")).to_be_visible()
    assert Survey.objects.get().residents == 80
    looked_at("survey-detail")
    page.get_by_role("link", name="对照服务").click()
    looked_at("survey-beside")


def test_a_checklist_is_answered_with_a_file_and_confirmed(
    page: Page,
    tmp_path: Path,
    medical_institution: Institution,
    medical_clerk: User,
    health_reviewer: User,
    sign_in: Callable[[User], None],
    looked_at: Keep,
) -> None:
    load_scheme_files(read_schemes(MADE_UP))
    scan = tmp_path / "许可证.pdf"
    scan.write_bytes(scan_pdf(1))
    sign_in(medical_clerk)
    page.goto(f"/institutions/{medical_institution.pk}/eligibility/")
    looked_at("eligibility-institution")
    page.get_by_role("button", name="开始填报").click()
    page.get_by_label("有效期止").fill("2099-12-31")
    page.get_by_label("上传证明材料", exact=True).set_input_files(scan)
    page.get_by_label("数量").fill("5")
    page.get_by_role("button", name="保存并提交").click()
    expect(page.get_by_role("alert")).to_contain_text("“承诺”还没有填写")
    looked_at("eligibility-answer")
    judge_all()
    page.get_by_label("符合", exact=True).check()
    page.get_by_role("button", name="保存并提交").click()
    looked_at("eligibility-submit")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已提交越城区卫生健康局核对")).to_be_visible()
    looked_at("eligibility-case")
    page.context.clear_cookies()
    sign_in(health_reviewer)
    page.get_by_role("link", name="核对").first.click()
    looked_at("eligibility-review")
    page.set_viewport_size(NARROW)
    file = page.locator("a[target=evidence]").last
    file.evaluate("link => link.scrollIntoView({ behavior: 'instant' })")  # pages glide, and the click would not wait
    file.click()
    expect(page.frame_locator("iframe[name=evidence]").locator("body")).to_be_attached()
    expect(page.locator("iframe[name=evidence]")).to_be_in_viewport()
    page.get_by_role("link", name="回到刚才的条件").click()
    expect(file).to_be_in_viewport()
    page.set_viewport_size(WIDE)
    for each in page.get_by_label("符合", exact=True).all():
        each.check()
    page.get_by_role("button", name="确认符合").click()
    looked_at("eligibility-confirm")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text(f"已确认{medical_institution.name}符合资格条件")).to_be_visible()
    assert EligibilityCase.objects.get().state == EligibilityCase.State.CONFIRMED
    page.goto("/institutions/surveys/")
    looked_at("survey-home-official")
