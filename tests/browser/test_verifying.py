"""A file is shown on the public page: by keyboard, on a telephone's width, and what is said of it is heard too."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.agreements.documents.papers import made
from tests.hands import signed_by

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_file_is_shown_and_told(page: Page, axe_clean: Callable[[], None], tmp_path: Path) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/sign-in/")
    page.get_by_role("link", name="核验协议文件").click()
    expect(page.get_by_role("heading", name="核验协议文件")).to_be_visible()
    axe_clean()
    page.get_by_role("button", name="核验").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("请选择要核验的 PDF 文件")
    axe_clean()
    shown = tmp_path / "shown.pdf"
    shown.write_bytes(signed_by(made("hunan-2020", is_filled=True).copies[0].content)[-1].content)
    page.get_by_label("协议的 PDF 文件").set_input_files(shown)
    page.get_by_role("button", name="核验").press("Enter")
    # Its revisions are as we write them; nothing of it is in the register.
    expect(page.get_by_role("status")).to_contain_text("已被改动", timeout=30_000)
    expect(page.get_by_role("heading", name="签名 2")).to_be_visible()
    axe_clean()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
