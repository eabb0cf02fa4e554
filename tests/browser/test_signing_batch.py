"""Many signed with one PIN, in a browser by keyboard alone: read, choose, sign, and see what became of each."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from agreements.models import TemplateVersion
from agreements.models.signing_batch import SigningItem
from institutions.models import Authority, Institution
from tests.agreements.batches import on_screen_many
from tests.browser.conftest import NARROW, WIDE
from tests.sealing.making import PIN

Check = Callable[[], None]
Keep = Callable[[str], None]
SignIn = Callable[[User], None]
BEYOND = """() => [...document.querySelectorAll(".is-changed > *")].filter(part =>
  [...part.getClientRects()].some(row => row.right > part.parentElement.getBoundingClientRect().right + 1)
).map(part => part.outerHTML)"""


def test_two_by_keyboard_alone(
    page: Page,
    signing_is_open: None,
    elder_care_institution: Institution,
    medical_institution: Institution,
    consortium: TemplateVersion,
    elder_care_clerk: User,
    medical_clerk: User,
    elder_care_signatory: User,
    health_authority: Authority,
    civil_affairs_authority: Authority,
    let_in: SignIn,
    axe_clean: Check,
    fits: Check,
    screenshot: Keep,
) -> None:
    own, partner = elder_care_institution, medical_institution
    on_screen_many(2, own, partner, consortium, drafter=elder_care_clerk, answerer=medical_clerk)
    let_in(elder_care_signatory)

    def press_on(words: str, key: str = "Enter") -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "(e => [e.innerText, e.labels && e.labels[0] ? e.labels[0].innerText : ''].join(' '))"
                "(document.activeElement)"
            )
            if words in focused:
                if key == "Enter":  # leads on: whoever goes by Tab waits for the next page, too
                    with page.expect_navigation():
                        page.keyboard.press(key)
                else:
                    page.keyboard.press(key)
                return
        raise AssertionError(f"no way by Tab to {words}")

    page.goto("/")
    press_on("批量签署")
    expect(page.get_by_role("heading", name="批量签署", exact=True)).to_be_visible()
    axe_clean()
    screenshot("batch-unread")
    press_on("看范本全文")
    expect(page.get_by_role("heading", name="范本全文", exact=True)).to_be_visible()
    axe_clean()
    press_on("看完了范本全文")
    press_on("看填写的内容")
    for _ in range(2):
        expect(page.get_by_role("heading", name="填写的内容", exact=True)).to_be_visible()
        axe_clean()
        screenshot("batch-blanks")
        page.set_viewport_size(NARROW)
        assert page.evaluate(BEYOND) == [], "what is struck out runs out of its line"
        fits()
        page.set_viewport_size(WIDE)
        press_on("每一处都看过了")
    expect(page.get_by_role("group", name="看过的，可以签署")).to_be_visible()
    axe_clean()
    screenshot("batch-choose")
    press_on("只签名", "Space")
    press_on("勾选的每一份我都已阅读", "Space")
    press_on("签名密码", "0")
    page.keyboard.press("Backspace")
    page.keyboard.type(PIN)
    press_on("签署勾选的协议")
    expect(page.get_by_text("已办完：")).to_be_visible(timeout=60_000)
    axe_clean()
    page.set_viewport_size(NARROW)
    fits()
    axe_clean()
    screenshot("batch-done-narrow")
    assert set(SigningItem.objects.values_list("state", flat=True)) == {"signed"}
