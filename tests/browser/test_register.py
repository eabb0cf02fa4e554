"""From sign-in over the work list and the register to an agreement, and how the pages look on small and large."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import User
from agreements.models import Agreement
from institutions.models import Institution
from tests import factories
from tests.agreements.making import agreed
from tests.browser.conftest import NARROW, WIDE

Check = Callable[[], None]


@pytest.fixture
def waiting(draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution) -> Agreement:
    """A complete draft beside thirty bare ones."""
    factories.DraftAgreementFactory.create_batch(30, drafted_by=elder_care_institution, created_by=elder_care_clerk)
    return draft


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the link or button with this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.innerText || ''"):
            return
    raise AssertionError(f"{name} cannot be reached by the keyboard on {page.url}")


def test_by_keyboard_alone(page: Page, waiting: Agreement, elder_care_clerk: User) -> None:
    page.goto("/sign-in/")
    expect(page.get_by_label("用户名")).to_be_focused()
    page.keyboard.type(elder_care_clerk.username)
    page.keyboard.press("Tab")
    page.keyboard.type(factories.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("待办")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    tab_to(page, "协议")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("协议")

    page.get_by_label("协议编号或机构名称").focus()
    page.keyboard.type("塔山")
    page.keyboard.press("Enter")
    expect(page.get_by_text("共 1 份")).to_be_visible()
    tab_to(page, waiting.number)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("养医联合体服务协议")
    expect(page.get_by_role("link", name="继续填写")).to_be_visible()


def test_the_whole_row_opens(page: Page, sign_in: Callable[[User], None], draft: Agreement, colleague: User) -> None:
    sign_in(colleague)
    page.goto("/agreements/")
    page.get_by_role("cell", name="越城区塔山街道社区卫生服务中心").click()
    page.wait_for_url(f"**/agreements/{draft.number}/")


@pytest.mark.parametrize("large_print", [False, True], ids=["standard", "large-print"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_pages_are_accessible_and_fit(
    page: Page,
    sign_in: Callable[[User], None],
    axe_clean: Check,
    fits: Check,
    screenshot: Callable[[str], None],
    waiting: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    size: ViewportSize,
    *,
    large_print: bool,
) -> None:
    elder_care_clerk.large_print = large_print
    elder_care_clerk.save(update_fields=["large_print"])
    agreed(waiting, drafter=elder_care_clerk, answerer=medical_clerk)
    page.set_viewport_size(size)
    page.goto("/sign-in/")
    axe_clean()
    sign_in(elder_care_clerk)
    pages = {
        "home": "/",
        "register": "/agreements/?state=draft&since=2020-01-01",
        "agreement": f"/agreements/{waiting.number}/",
        "templates": "/templates/",
        "template": "/templates/hunan-2020/",
        "institutions": "/institutions/",
        "institution": f"/institutions/{waiting.medical_id}/",
    }
    for name, address in pages.items():
        page.goto(address)
        axe_clean()
        fits()
        screenshot(f"{name}-{size['width']}{'-large' if large_print else ''}")


def test_at_200_percent_zoom_nothing_is_cut_off(
    page: Page, sign_in: Callable[[User], None], fits: Check, waiting: Agreement, elder_care_clerk: User
) -> None:
    """A window of 1366 px at 200 % has 683 CSS pixels to lay out on."""
    page.set_viewport_size({"width": 683, "height": 384})
    sign_in(elder_care_clerk)
    for address in ("/", "/agreements/", f"/agreements/{waiting.number}/", "/templates/", "/institutions/"):
        page.goto(address)
        fits()


@pytest.mark.parametrize("large_print", [False, True], ids=["standard", "large-print"])
def test_targets_and_body_text_are_large_enough(
    page: Page, sign_in: Callable[[User], None], waiting: Agreement, elder_care_clerk: User, *, large_print: bool
) -> None:
    elder_care_clerk.large_print = large_print
    elder_care_clerk.save(update_fields=["large_print"])
    sign_in(elder_care_clerk)
    size = float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    assert size >= (22 if large_print else 18) - 0.01
    target = 60 if large_print else 44
    for address in ("/", "/agreements/"):
        page.goto(address)
        controls = "main .btn, main input:not([type=hidden]), main select, .work-entries a, .top-bar button, summary"
        for control in page.locator(controls).filter(visible=True).all():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= target - 0.1, control.inner_text()


def test_below_992_pixels_the_menu_folds_and_opens(
    page: Page, sign_in: Callable[[User], None], axe_clean: Check, elder_care_clerk: User
) -> None:
    page.set_viewport_size(NARROW)
    sign_in(elder_care_clerk)
    menu = page.get_by_role("navigation", name="我的工作")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="菜单").click()
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="范本").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("范本")


def test_without_scripts_the_menu_and_sign_out_still_work(
    page: Page, sign_in: Callable[[User], None], elder_care_clerk: User
) -> None:
    sign_in(elder_care_clerk)
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(
        base_url=page.url, viewport=NARROW, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    window = plain.new_page()
    window.goto("/")
    expect(window.get_by_role("link", name="范本", exact=True)).to_be_visible()
    window.locator(".person-menu summary").click()
    window.get_by_role("button", name="退出登录").click()
    expect(window.get_by_role("heading", level=1)).to_have_text("登录")
    plain.close()
