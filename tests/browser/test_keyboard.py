"""Three journeys by the keyboard alone: a draft is made and sent, the partner agrees to it, a reviewer goes on.

And what whoever goes by keyboard meets on the way: rings, frames, errors, codes that are pasted.

Nothing is clicked, focused or filled in by a script. Whatever a person would see is read off the element in focus.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.second_factor import current_code
from agreements.documents import renditions
from agreements.models import Agreement, TemplateVersion
from filing import lifecycle
from filing.models import Filing
from institutions.models import Authority, Institution
from tests import factories
from tests.agreements.making import complete_draft, in_force, sent

MOST = 90  # presses of Tab to anything on a page
IN_FOCUS = """() => {
  const each = document.activeElement;
  const named = [...(each.labels || [])].map(label => label.innerText).join(" ");
  const group = each.closest("fieldset, [role=group]")?.querySelector("legend")?.innerText || "";
  const said = each.matches("a, button, summary") ? each.innerText : ""; // and not all of a pane that scrolls
  return [named, said, each.getAttribute("aria-label") || "", group].join(" ");
}"""


@pytest.fixture
def tab_to(page: Page) -> Callable[..., None]:
    """Press Tab until what bears all these words has the focus."""

    def go(*words: str, key: str = "Tab") -> None:
        for _ in range(MOST):
            page.keyboard.press(key)
            named = page.evaluate(IN_FOCUS)
            if all(word in named for word in words):
                return
        raise AssertionError(f"{words} cannot be reached by the keyboard on {page.url}")

    return go


def opens(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    page.wait_for_load_state()


def test_a_clerk_drafts_and_sends(
    page: Page,
    sign_in: Callable[[User], None],
    tab_to: Callable[..., None],
    elder_care_clerk: User,
    medical_institution: Institution,
    consortium: TemplateVersion,
    health_authority: Authority,
    civil_affairs_authority: Authority,
) -> None:
    press, type_ = page.keyboard.press, page.keyboard.type
    sign_in(elder_care_clerk)
    tab_to("跳到正文")
    press("Enter")  # past bar and menu
    tab_to("新建协议")
    press("Enter")
    opens(page, "选择合作机构")
    tab_to("按名称或统一社会信用代码查找")
    type_("塔山")
    press("Enter")
    expect(page.get_by_text("找到 1 家")).to_be_visible()
    page.wait_for_load_state()
    tab_to(medical_institution.name)
    press("Space")
    tab_to("下一步")
    press("Enter")
    opens(page, "选择范本")
    tab_to(consortium.title)
    press("Space")
    tab_to("下一步")
    press("Enter")
    opens(page, "填写条款")
    for question, answer in (("每月来查房几次", "4"), ("每次查房派几名医师", "2")):
        tab_to(question)
        type_(answer)
    tab_to("暂不填写", "由谁支付")
    for _ in range(2):
        press("ArrowDown")  # past 康养人员自理 to 甲方担保
    tab_to("健康服务费是多少元")
    type_("16409.02")
    for question, ups in (("从哪一天开始有效", 2), ("有效到哪一天", 3)):
        tab_to(question)
        for _ in range(
            3
        ):  # year, month and day in the order of the browser's choice: from this year's first of January
            for _ in range(ups):
                press("ArrowUp")
            press("ArrowRight")
    tab_to("下一步")
    press("Enter")
    opens(page, "签约人和联系人")
    tab_to("联系电话")
    press("Control+a")
    type_("0575-88000002")
    tab_to("下一步")
    press("Enter")
    opens(page, "核对")
    tab_to(f"送{medical_institution.name}确认")
    press("Enter")
    expect(page.get_by_text(f"已送{medical_institution.name}确认")).to_be_visible()
    assert Agreement.objects.get().state == Agreement.State.NEGOTIATING


def test_the_partners_clerk_agrees(
    page: Page,
    sign_in: Callable[[User], None],
    tab_to: Callable[..., None],
    draft: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    sent(draft, by=elder_care_clerk)
    sign_in(medical_clerk)
    tab_to("查看并答复", draft.number)
    page.keyboard.press("Enter")
    expect(page.get_by_text("待越城区塔山街道社区卫生服务中心确认").first).to_be_visible()
    page.wait_for_load_state()
    tab_to("确认并定稿")
    page.keyboard.press("Enter")
    opens(page, "确认并定稿")
    tab_to("联系电话")
    page.keyboard.press("Control+a")
    page.keyboard.type("0575-88000009")
    tab_to("确认并定稿")
    page.keyboard.press("Enter")
    expect(page.get_by_text("双方已确认，文本定稿")).to_be_visible()
    draft.refresh_from_db()
    assert draft.state == Agreement.State.AGREED


def test_a_reviewer_accepts_one_and_the_next_opens(
    page: Page,
    sign_in: Callable[[User], None],
    tab_to: Callable[..., None],
    filing: Filing,
    published: dict[str, TemplateVersion],
    health_reviewer: User,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    elder_care, medical = filing.agreement.elder_care, filing.agreement.medical
    assert elder_care is not None
    assert medical is not None
    draft = complete_draft(elder_care, medical, published["shaoxing-2024-home-sickbed"], by=elder_care_clerk)
    other = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    lifecycle.submit(filing, by=elder_care_clerk)
    following = lifecycle.submit(other.filings.get(authority=filing.authority), by=elder_care_clerk)
    sign_in(health_reviewer)
    tab_to("审核", filing.agreement.number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/filing/{filing.pk}/")
    page.wait_for_load_state()
    tab_to("接收审核", key="Shift+Tab")  # the bar below is near the end
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="受理备案")).to_be_visible()
    page.wait_for_load_state()
    tab_to("受理备案")
    page.keyboard.press("Enter")
    opens(page, "受理备案")
    tab_to("受理备案")
    page.keyboard.press("Enter")
    expect(page.get_by_text("下面是下一件")).to_be_visible()
    assert page.url.endswith(f"/filing/{following.pk}/")
    assert Filing.objects.get(pk=filing.pk).state == Filing.State.ACCEPTED


RING = """() => {
  const each = document.activeElement;
  const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(each);
  if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) return `no ring: ${each.outerHTML.slice(0, 160)}`;
  const reach = parseFloat(outlineWidth) + parseFloat(outlineOffset);
  const box = each.getBoundingClientRect();
  for (let around = each.parentElement; around; around = around.parentElement) {
    if (getComputedStyle(around).overflowX === "visible") continue;
    const { left, right } = around.getBoundingClientRect();
    if (box.left - reach < left - 0.5 || box.right + reach > right + 0.5) return `cut: ${each.outerHTML.slice(0, 160)}`;
  }
  return "";
}"""


def test_every_stop_of_a_review_has_its_ring_and_none_is_within_the_frame(
    page: Page, sign_in: Callable[[User], None], filing: Filing, elder_care_clerk: User, health_reviewer: User
) -> None:
    lifecycle.take_up(lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    for rendition in filing.agreement.renditions.filter(state="queued"):
        renditions.render(rendition.pk)
    sign_in(health_reviewer)
    stops = []
    for paper in ("scan", "copy"):
        page.goto(f"/filing/{filing.pk}/?paper={paper}")
        page.wait_for_load_state()
        for _ in range(MOST):
            page.keyboard.press("Tab")
            stop = page.evaluate("document.activeElement.tagName")
            if stop == "BODY":
                break
            assert stop != "IFRAME"
            stops.append(page.evaluate(RING))
        assert not [wrong for wrong in stops if wrong]
    assert len(stops) > 40
    assert page.locator("iframe.review-frame").count() == 1
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    landmarks = page.evaluate("""() => ["#work-menu", ".demo-strip"].map(each => document.querySelector(each))
      .map(each => each && (each.getAttribute("role") || each.tagName))""")
    assert landmarks[0] == "group"
    assert landmarks[1] in {None, "ASIDE"}


def test_the_reason_has_the_focus_and_then_what_is_wrong_with_it(
    page: Page,
    sign_in: Callable[[User], None],
    tab_to: Callable[..., None],
    filing: Filing,
    elder_care_clerk: User,
    health_reviewer: User,
) -> None:
    lifecycle.take_up(lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    sign_in(health_reviewer)
    page.goto(f"/filing/{filing.pk}/")
    page.wait_for_load_state()
    page.keyboard.press("Alt+2")
    expect(page.get_by_label("退回原因")).to_be_focused()
    tab_to("退回补正")
    page.keyboard.press("Enter")
    expect(page.locator("main [role=alert]")).to_be_focused()


def test_password_and_code_are_pasted(page: Page, health_reviewer: User) -> None:
    code = current_code(factories.with_device(health_reviewer))
    press, type_ = page.keyboard.press, page.keyboard.type

    def copied(words: str) -> None:
        type_(words)
        for key in ("Control+a", "Control+x"):
            press(key)

    page.goto("/sign-in/")
    expect(page.get_by_label("用户名")).to_be_focused()
    copied(factories.PASSWORD)
    type_(health_reviewer.username)
    press("Tab")
    press("Control+v")
    press("Shift+Tab")
    press("Control+a")
    copied(code)
    type_(health_reviewer.username)
    press("Enter")
    expect(page.get_by_role("textbox", name="动态口令或恢复码")).to_be_focused()
    press("Control+v")
    press("Enter")
    opens(page, "待办")
