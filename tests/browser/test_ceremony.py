"""Signing on screen in a browser: on a telephone and by keyboard alone, with a real key, copies and a real code."""

import re
from collections.abc import Callable
from importlib import import_module

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from accounts.models import PhoneDevice, User
from accounts.second_factor import current_code
from accounts.signed_in import CONFIRMED_AT
from agreements.models import Agreement
from institutions.models import Institution
from tests import factories
from tests.agreements.electronic import signed_on_screen
from tests.browser.conftest import NARROW
from tests.sealing.making import PIN

Check = Callable[[], None]
Keep = Callable[[str], None]
SignIn = Callable[[User], None]


def wait_too_long(page: Page) -> None:
    """Let the person have proved who they are longer ago than counts."""
    cookie = next(each for each in page.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME)
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookie["value"])
    session[CONFIRMED_AT] = 0
    session.save()


def prove_who_is_there(page: Page, person: User) -> None:
    """Give password and code, and come back to where one signs."""
    page.get_by_role("link", name="先确认身份").click()
    page.get_by_label("密码").fill(factories.PASSWORD)
    page.get_by_label("动态口令").fill(current_code(PhoneDevice.objects.filter(user=person).latest("pk")))
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_role("heading", name="签署", exact=True)).to_be_visible()


def draw_a_name(page: Page) -> None:
    """Draw, clear it, and draw again."""
    field, strokes = page.locator("canvas.hand-field"), page.locator("[name=strokes]")
    for number in range(2):
        field.scroll_into_view_if_needed()
        box = field.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 30, box["y"] + box["height"] - 20, steps=8)
        page.mouse.up()
        expect(strokes).to_have_value(re.compile(r"^\[\[\[\d+,\d+\],.*\]\]\]$"))
        if not number:
            page.get_by_role("button", name="清除").click()
            expect(strokes).to_have_value("")


def test_on_a_telephone(
    page: Page,
    on_screen: Agreement,
    elder_care_signatory: User,
    let_in: SignIn,
    axe_clean: Check,
    fits: Check,
    screenshot: Keep,
) -> None:
    page.set_viewport_size(NARROW)
    let_in(elder_care_signatory)
    wait_too_long(page)
    page.goto("/")
    page.get_by_role("link", name="阅读并签署").first.click()
    expect(page.get_by_role("heading", name="电子签署", exact=True)).to_be_visible()
    last = page.locator("img[data-page]").last
    page.wait_for_load_state("networkidle")
    assert last.get_attribute("src") == "/static/img/page.svg", "fetched before it was on screen"
    expect(last.locator("xpath=ancestor::li")).not_to_contain_text("看过了")
    for picture in page.locator("img[data-page]").all():
        picture.scroll_into_view_if_needed()
        expect(picture.locator("xpath=ancestor::li")).to_contain_text("看过了")
    last.scroll_into_view_if_needed()
    axe_clean()
    fits()
    screenshot("ceremony-narrow-reading")
    page.get_by_role("link", name="看完了，去签署").click()
    prove_who_is_there(page, elder_care_signatory)
    page.get_by_role("button", name=re.compile("签署全部")).click()
    expect(page.get_by_text("请输入签名密码。").first).to_be_visible()
    axe_clean()
    fits()
    screenshot("ceremony-narrow-refused")
    page.get_by_label("只签名，不用印").check()
    draw_a_name(page)
    page.get_by_label(re.compile("我已阅读全文")).check()
    page.get_by_label("签名密码").fill("111222")
    page.get_by_role("button", name=re.compile("签署全部")).click()
    expect(page.get_by_text("签名密码不对，还可以试 4 次。").first).to_be_visible()
    page.get_by_label(re.compile("我已阅读全文")).check()
    page.get_by_label("只签名，不用印").check()
    expect(page.get_by_label("现场手写的签名")).to_be_checked()
    screenshot("ceremony-narrow-handwriting")
    page.get_by_label("签名密码").fill(PIN)
    page.get_by_role("button", name=re.compile("签署全部")).click()
    expect(page.get_by_text("签署完成。等对方签署")).to_be_visible()
    screenshot("ceremony-narrow-done")
    assert Agreement.objects.get(pk=on_screen.pk).elder_care_signed_on is not None
    assert on_screen.signatures.get().proof["handwriting"]["kind"] == "drawn"


def test_on_a_telephone_pages_are_large_enough_to_read_within_their_frames(
    page: Page,
    on_screen: Agreement,
    elder_care_signatory: User,
    let_in: SignIn,
    axe_clean: Check,
    fits: Check,
    screenshot: Keep,
) -> None:
    page.set_viewport_size(NARROW)
    let_in(elder_care_signatory)
    page.goto(f"/agreements/{on_screen.number}/sign/")
    larger, smaller = (page.get_by_role("button", name=name, exact=True) for name in ("放大", "缩小"))
    second = page.locator("#page-2 .ceremony-page")
    second.scroll_into_view_if_needed()
    picture = second.locator("img[data-page]")
    expect(picture).not_to_have_attribute("src", "/static/img/page.svg")
    across = _width(picture)
    before = second.bounding_box()
    larger.focus()
    for words in ("150%", "200%"):
        page.keyboard.press("Enter")
        expect(page.get_by_role("group", name="页面大小").get_by_role("status")).to_have_text(words)
    assert _width(picture) == pytest.approx(2 * across, abs=2)
    frame = second.bounding_box()
    assert before is not None
    assert frame is not None
    assert frame["width"] <= NARROW["width"]
    assert frame["y"] == pytest.approx(before["y"], abs=3), "what is read stays where it is"
    assert frame["height"] <= NARROW["height"] * 0.8 + 2
    second.focus()
    left = second.evaluate("each => each.scrollLeft")
    assert left > 0, "it begins where the text does"
    page.keyboard.press("ArrowRight")
    page.wait_for_function("([each, left]) => each.scrollLeft > left", arg=[second.element_handle(), left])
    fits()
    axe_clean()
    screenshot("ceremony-narrow-zoomed")
    smaller.focus()
    for words in ("150%", "100%"):
        page.keyboard.press("Space")
        expect(page.get_by_role("group", name="页面大小").get_by_role("status")).to_have_text(words)
    expect(smaller).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Space")
    assert _width(picture) == pytest.approx(across, abs=2)
    fits()


def _width(picture: Locator) -> float:
    box = picture.bounding_box()
    assert box is not None
    return box["width"]


def test_by_keyboard_alone_the_second_side_brings_it_into_force(
    page: Page,
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    let_in: SignIn,
    axe_clean: Check,
    screenshot: Keep,
) -> None:
    signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    let_in(medical_signatory)
    page.goto(f"/agreements/{on_screen.number}/sign/")
    expect(page.get_by_text("徐赟代赵堃签")).to_be_visible()

    def tab_to(words: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "(e => [e.innerText, e.labels && e.labels[0] ? e.labels[0].innerText : ''].join(' '))"
                "(document.activeElement)"
            )
            if words in focused:
                return
        raise AssertionError(f"no way by Tab to {words}")

    pages = page.locator("img[data-page]").count()
    for number in range(2, pages + 1):
        tab_to("下一页")
        expect(page.locator(f"#page-{number - 1}")).to_contain_text("看过了")  # the link stands below the page
        page.keyboard.press("Enter")
        expect(page.locator(f"#page-{number}")).to_contain_text("看过了")
    tab_to("去签署")
    page.keyboard.press("Enter")
    axe_clean()
    screenshot("ceremony-wide")
    tab_to("只签名")
    page.keyboard.press("Space")
    tab_to("不放")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("姓名字样", exact=True)).to_be_checked()
    tab_to("我已阅读全文")
    page.keyboard.press("Space")
    tab_to("签名密码")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.get_by_text("协议已生效").first).to_be_visible()
    screenshot("ceremony-in-force")
    row = Agreement.objects.get(pk=on_screen.pk)
    assert row.state == Agreement.State.IN_FORCE
    assert row.signatures.get(role="medical").proof["handwriting"]["kind"] == "typed"
