"""导出台账: ordered from the list by keyboard, followed by itself, downloaded, found again in the menu, let go."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

import jobs
from accounts.models import User
from agreements.models import Agreement
from exports import making, ordering
from exports.models import Export


def test_a_list_is_taken_along_and_found_again(
    page: Page,
    sign_in: Callable[[User], None],
    axe_clean: Callable[[], None],
    draft: Agreement,
    elder_care_clerk: User,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(ordering, "FEW", -1)  # the list waits for a worker
    sign_in(elder_care_clerk)
    page.goto("/agreements/?state=draft")
    page.get_by_role("button", name="导出台账").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("导出医养签约合作协议台账")
    expect(page.get_by_role("status")).to_contain_text("排队中")
    axe_clean()

    claimed = jobs.claim(making.EXPORTS, Export.objects.get().pk)
    assert claimed is not None
    list(making.Teller(claimed, 1_200)(iter(range(500))))
    expect(page.get_by_role("status")).to_contain_text("已写出 500 / 1,200 行")
    jobs.fail(making.EXPORTS, claimed, making.FAULT)
    expect(page.get_by_role("alert")).to_contain_text("没有留下文件")
    axe_clean()
    page.get_by_role("button", name="按同样的条件重新导出").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("排队中")

    making.make(Export.objects.get(state="waiting").pk)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").press("Enter")
    download.value.save_as(tmp_path / "list.xlsx")
    assert draft.number in str(list(load_workbook(tmp_path / "list.xlsx")["台账"].values))
    axe_clean()

    page.locator(".person-menu summary").press("Enter")
    page.locator(".person-menu").get_by_role("link", name="我的导出").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的导出")
    axe_clean()
    page.get_by_role("row").filter(has_text="已生成").get_by_role("link").press("Enter")
    page.get_by_role("button", name="删除").press("Enter")
    expect(page.get_by_text("已删除这份导出和它的文件。")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="已生成")).to_have_count(0)
