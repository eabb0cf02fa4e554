"""An official's ledger on its way into the register: faults marked, corrected, differences decided, imported, found."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from accounts.models import User
from institutions.models import Authority, Institution, Role
from tests import factories
from tests.browser.conftest import NARROW, WIDE
from tests.imports.making import home, table, workbook

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[], None]


@pytest.fixture
def look(page: Page, axe_clean: Check, fits: Check, screenshot: Callable[[str], None]) -> Callable[[str], None]:
    """Check a page at both widths and keep pictures."""

    def check(name: str) -> None:
        axe_clean()
        fits()
        screenshot(f"import-{name}-wide")
        page.set_viewport_size(NARROW)
        fits()
        screenshot(f"import-{name}-narrow")
        page.set_viewport_size(WIDE)

    return check


def test_a_ledger_with_faults_becomes_registered_institutions(
    page: Page,
    worker: None,
    sign_in: Callable[[User], None],
    look: Callable[[str], None],
    health_authority: Authority,
    health_reviewer: User,
    tmp_path: Path,
) -> None:
    existing = factories.OpenElderCareFactory.create(name="越城区老宅养老院", address="老宅路 9 号")
    rows = table(
        [
            home(1, uscc=home(1)["uscc"][:17], opened_on="2021年9月"),
            home(2, phone=57588000001),
            home(3, name=existing.name, uscc=existing.uscc, address=existing.address, beds=150),
            home(4, name="老宅 養护院", uscc=""),
            *(home(number) for number in range(5, 30)),
        ],
        Role.ELDER_CARE,
    )
    rows[0] = ["单位名称" if heading == "机构名称" else heading for heading in rows[0]]
    ledger = tmp_path / "越城区台账.xlsx"
    ledger.write_bytes(workbook({"2026年": [["越城区养老机构台账"], *rows, ["合计", 29]]}))
    sign_in(health_reviewer)
    page.get_by_role("link", name="机构", exact=True).click()
    page.get_by_role("link", name="导入", exact=True).click()
    look("empty")
    page.get_by_role("link", name="导入第一张表格").click()
    look("upload")
    page.get_by_label("选择表格").set_input_files(ledger)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_label("单位名称")).to_have_value("name")
    look("columns")
    page.get_by_role("button", name="确认并核对").click()
    page.get_by_role("link", name="有错误").wait_for()
    expect(page.get_by_text("第 3 行「统一社会信用代码」：统一社会信用代码应为 18 位，现在是 17 位。")).to_be_visible()
    expect(page.get_by_text("第 3 行「开业日期」：缺少日，现在是“2021年9月”")).to_be_visible()
    look("wrong")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标注问题的表格").click()
    corrected = tmp_path / "改好的.xlsx"
    download.value.save_as(corrected)
    _correct(corrected)
    page.get_by_role("link", name="上传改好的表格").click()
    page.get_by_label("选择表格").set_input_files(corrected)
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("link", name="有变化").click()
    expect(page.get_by_role("definition").filter(has_text="改为150")).to_be_visible()
    look("changed")
    page.get_by_role("button", name="全部更新").click()
    page.get_by_role("link", name="导入", exact=True).last.click()
    expect(page.get_by_text("新增 28 家机构，更新 1 家")).to_be_visible()
    look("confirm")
    page.get_by_role("button", name="确认导入").click()
    page.get_by_text("已导入").wait_for()
    look("done")
    page.get_by_role("link", name="越城区安康29养老院").or_(page.get_by_role("link", name="下一页")).first.wait_for()
    page.goto("/institutions/?q=安康28")
    expect(page.get_by_role("link", name="越城区安康28养老院")).to_be_visible()
    assert Institution.objects.get(pk=existing.pk).elder_care_profile.beds == 150


def _correct(path: Path) -> None:
    """Correct what the marked sheet says, as the official would in Excel."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[2]]
    assert headings[-1] == "问题"
    code, opened = headings.index("统一社会信用代码"), headings.index("开业日期")
    assert sheet[3][code].fill.fgColor.rgb == "FFF4CCCC"
    sheet[3][code].value, sheet[3][opened].value = home(1)["uscc"], "2021-09-01"
    book.save(path)
