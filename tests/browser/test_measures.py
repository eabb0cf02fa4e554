"""Where the work begins on a page: measured on a clerk's screen, a telephone, at 200 % and in 长辈版."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import User
from agreements.models import Agreement
from filing import lifecycle, opening
from filing.models import Filing
from institutions.models import Authority, Duty, Institution
from notifications import ledger
from regions.models import Region
from tests import factories
from tests.access.world import World
from tests.agreements.making import agreed, in_force
from tests.browser.conftest import NARROW, WIDE

Check = Callable[[], None]
ZOOMED = ViewportSize(width=683, height=384)  # 1366 × 768 at 200 %
FIRST_ROW, ROWS = 360, 6  # px from the top of the window; whole rows before the fold
MESSAGE = 96  # px of a message: its title and no more than two lines
MEASURE = """() => {
  const rows = [...document.querySelectorAll("main .register tbody tr, main .work-list li, main .inbox li")];
  const first = rows[0].getBoundingClientRect();
  const shown = (button) => button.getClientRects().length > 0;
  return {
    top: first.top,
    row: Math.max(...rows.map((row) => row.getBoundingClientRect().height)),
    filled: [...document.querySelectorAll("main .btn-primary")].filter(shown).length,
  };
}"""
BETWEEN = ViewportSize(width=1000, height=700)  # the menu stands, and leaves the table little
HEADER = 56  # px of a telephone's bar
GAP = 3  # px between an icon and its word
SHEET = ViewportSize(width=703, height=1009)  # A4 within its margins
ORDER = """() => {
  const top = (each) => each && each.getBoundingClientRect().top;
  const [found, paper, facts] = ["#checks", ".review-copy", "#facts"].map((each) => document.querySelector(each));
  const follows = found.compareDocumentPosition(paper) === Node.DOCUMENT_POSITION_FOLLOWING;
  return [top(found), top(paper), top(facts), follows];
}"""
GAPS = """() => [...document.querySelectorAll("svg.icon")].flatMap((icon) => {
  const word = document.createRange();
  const text = document.createTreeWalker(icon.parentElement, NodeFilter.SHOW_TEXT);
  text.currentNode = icon;
  for (let each = text.nextNode(); each; each = text.nextNode()) {
    const from = each.data.search(/\\S/);
    if (from < 0 || each.parentElement.closest(".visually-hidden")) continue;
    word.setStart(each, from);
    word.setEnd(each, from + 1);
    const [left, right] = [icon.getBoundingClientRect(), word.getBoundingClientRect()];
    const isBeside = left.width && right.width && right.top < left.bottom && left.top < right.bottom;
    return isBeside ? [[each.data.trim(), right.left - left.right]] : [];
  }
  return [];
})"""
LONG = "新疆维吾尔自治区巴音郭楞蒙古自治州和静县巴音布鲁克镇中心敬老院暨社区居家养老综合服务中心第二分院"
WHOLE = "阿卜杜热西提·买买提艾力江"
# What reaches out of its own box, or of the window: of a text every line, with a pixel for rounding.
OUTSIDE = """() => [...document.querySelectorAll("main .chip, main td, main dt, main dd, main h1, .person-name")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().width > 1)
  .filter((each) => {
    const [words, text] = [document.createRange(), document.createTreeWalker(each, NodeFilter.SHOW_TEXT)];
    let right = 0;
    while (text.nextNode()) {
      if (text.currentNode.parentElement.closest(".visually-hidden")) continue;
      words.selectNodeContents(text.currentNode);
      right = Math.max(right, ...[...words.getClientRects()].map((line) => line.right));
    }
    return right > Math.min(each.getBoundingClientRect().right, innerWidth) + 1;
  })
  .map((each) => `${each.className} ${each.textContent.trim().slice(0, 30)}`)"""
UNSEEN = """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.matches(".skip-link, [type=hidden]"))
  .filter((each) => {
    each.focus({ focusVisible: true });
    if (document.activeElement !== each) return false;
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(each);
    const [box, ring] = [each.getBoundingClientRect(), parseFloat(outlineWidth) + parseFloat(outlineOffset)];
    const bar = document.querySelector(".decision-bar:not(:focus-within)");
    const isBeneath = bar && getComputedStyle(bar).position === "fixed" && box.top > bar.getBoundingClientRect().top;
    return outlineStyle === "none" || box.left < ring || box.right + ring > innerWidth || isBeneath;
  })
  .map((each) => each.outerHTML.slice(0, 120))"""
LISTS = ("/agreements/", "/filing/?group=all", "/institutions/")


@pytest.fixture(params=["elder_care_clerk", "health_reviewer"])
def person(
    request: pytest.FixtureRequest, filing: Filing, elder_care_clerk: User, sign_in: Callable[[User], None]
) -> User:
    """A clerk, or a reviewer, signed in, with a filing that is handed in and one that is due."""
    lifecycle.submit(filing, by=elder_care_clerk, remark="请查收。")
    user: User = request.getfixturevalue(request.param)
    ledger.tell("measure", subject=filing, recipients=[user], period="1", title="提醒", body="两行\n内容", url="/")
    sign_in(user)
    return user


def test_work_begins_at_once_and_stays_within_the_window(page: Page, person: User, fits: Check) -> None:
    page.set_viewport_size(WIDE)
    for path in ("/", "/inbox/", *LISTS):
        page.goto(path)
        found = page.evaluate(MEASURE)
        assert found["top"] <= FIRST_ROW, f"{path}: the first row begins at {found['top']} px"
        assert found["filled"] <= 1, f"{path}: {found['filled']} filled buttons"
        assert path != "/inbox/" or found["row"] <= MESSAGE, f"a message takes {found['row']} px"
        if path in LISTS:
            room = (WIDE["height"] - found["top"]) / found["row"]
            assert room >= ROWS, f"{path}: {room:.1f} rows of {found['row']} px before the fold"
    for large_print in (False, True):
        User.objects.filter(pk=person.pk).update(large_print=large_print)
        for size in (NARROW, ZOOMED):
            page.set_viewport_size(size)
            for path in ("/", "/inbox/", *LISTS):
                page.goto(path)
                fits()
                top = page.evaluate(MEASURE)["top"]
                assert size is ZOOMED or top < size["height"], f"{path}: the first row begins at {top} px"


def test_fifteen_rows_are_one_sheet_of_paper_on_its_side(
    page: Page, health_reviewer: User, elder_care_institution: Institution, sign_in: Callable[[User], None]
) -> None:
    county = elder_care_institution.region
    factories.OpenElderCareFactory.create_batch(15 - Institution.objects.count(), region=county)
    sign_in(health_reviewer)
    page.goto("/institutions/")
    page.wait_for_load_state()
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as paper:
        assert len(paper.pages) == 1
        _, _, width, height = map(float, paper.pages[0].mediabox)
        assert width > height


def test_on_a_telephone_what_was_found_stands_before_the_paper(
    page: Page, filing: Filing, elder_care_clerk: User, health_reviewer: User, sign_in: Callable[[User], None]
) -> None:
    """To whoever looks and to whoever listens; beside each other the two begin at one height."""
    lifecycle.take_up(lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    sign_in(health_reviewer)
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        for path in (f"/filing/{filing.pk}/", f"/filing/{filing.pk}/return/"):
            page.goto(path)
            found, paper, facts, follows = page.evaluate(ORDER)
            assert follows, f"{path}: the paper is read first"
            if size is WIDE:
                assert (
                    abs(page.evaluate("document.querySelector('.review-text').getBoundingClientRect().top") - paper) < 1
                )
            else:
                assert found < paper, f"{path}: what was found stands at {found} px, the paper at {paper} px"
                assert facts is None or paper < facts
                assert "return" in path or found < size["height"] / 2


@pytest.mark.parametrize("posts", [1, 2], ids=["one-post", "several-posts"])
def test_the_bar_of_a_telephone_says_long_names_whole_in_one_row(
    page: Page,
    stranger_institution: Institution,
    elder_care_clerk: User,
    sign_in: Callable[[User], None],
    posts: int,
) -> None:
    if posts > 1:
        factories.MembershipFactory.create(user=elder_care_clerk, institution=stranger_institution)
    page.set_viewport_size(NARROW)
    for name in (
        "越城区塔山街道养老服务中心",
        "越城区塔山街道社区卫生服务中心",
        "绍兴市越城区塔山街道福星居家养老服务中心",
    ):
        Institution.objects.update(name=name)  # whichever of them the person acts for
        sign_in(elder_care_clerk)
        shown = page.locator(".acting-for, .acting-name")
        expect(shown).to_contain_text(name)
        cut = shown.evaluate(
            "each => (each.scrollHeight - each.clientHeight) / parseFloat(getComputedStyle(each).fontSize)"
        )
        assert cut < 0.5, f"{name}: {cut:.1f} lines are cut"  # less is the foot of the last line's letters
        bar = page.locator(".top-bar").bounding_box()
        assert bar is not None
        assert bar["height"] <= HEADER


def test_a_gap_parts_every_icon_from_its_word(
    page: Page,
    draft: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    sign_in: Callable[[User], None],
) -> None:
    row = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    sign_in(elder_care_clerk)
    seen = 0
    for path in (
        "/",
        f"/agreements/{row.number}/",
        f"/agreements/{row.number}/signing/",
        f"/agreements/{row.number}/withdraw/",
    ):
        page.goto(path)
        gaps = page.evaluate(GAPS)
        seen += len(gaps)
        tight = [words for words, gap in gaps if gap < GAP]
        assert not tight, f"{path}: {tight}"
    assert seen > 20


def test_on_paper_the_course_is_one_row(
    page: Page, draft: Agreement, elder_care_clerk: User, medical_clerk: User, sign_in: Callable[[User], None]
) -> None:
    row = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    opening.open_filings(row, by=elder_care_clerk)
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{row.number}/")
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print")
    tops = page.locator(".course li").evaluate_all("all => all.map(each => each.getBoundingClientRect().top)")
    assert len(tops) >= 5
    assert len(set(tops)) == 1


def test_other_lists_begin_at_once_too(page: Page, let_in: Callable[[User], None], world: World, auditor: User) -> None:
    """Those that one role alone reads, and those that are looked up."""
    administrator = factories.UserFactory.create(username="keeper")
    factories.MembershipFactory.create(user=administrator, duty=Duty.ADMINISTRATOR)
    county = world["county"]["code"]
    for username, paths in {
        "auditor": ["/log/", "/log/works/", "/log/anchors/"],
        "keeper": ["/platform/", "/platform/accounts/?q=c"],
        "institution-administrator": ["/people/", "/regions/"],
        "health-reviewer": [f"/coverage/{county}/institutions/", "/institutions/eligibility/", "/filing/batch/"],
    }.items():
        page.context.clear_cookies()
        let_in(User.objects.get(username=username))
        for path in paths:
            page.goto(path)
            found = page.evaluate(MEASURE)
            assert found["top"] <= FIRST_ROW, f"{path}: the first row begins at {found['top']} px"
            assert found["filled"] <= 1, f"{path}: {found['filled']} filled buttons"


@pytest.fixture
def long_names(
    elder_care_institution: Institution,
    medical_institution: Institution,
    health_authority: Authority,
    elder_care_clerk: User,
    health_reviewer: User,
) -> None:
    """Names as long as they come, given before anything is made that keeps them."""
    for place in (elder_care_institution, medical_institution, health_authority):
        place.name = LONG
        place.save(update_fields=["name"])
    for user in (elder_care_clerk, health_reviewer):
        user.full_name = WHOLE
        user.save(update_fields=["full_name"])


def test_the_longest_names_stay_within_their_places(
    page: Page, long_names: None, world: World, fits: Check, let_in: Callable[[User], None]
) -> None:
    """Of institutions, bureaus and people, in registers, work lists, facts and the bar, at every size."""
    county, filing = world["county"]["code"], world["submitted"]["filing"]
    sent, own = world["sent"]["number"], world["institution"]["pk"]
    for username, paths in {
        "clerk": ("/", "/agreements/", f"/agreements/{sent}/", f"/institutions/{own}/", "/waiting-duties/"),
        "health-reviewer": ("/", "/filing/?group=all", f"/filing/{filing}/", f"/coverage/{county}/institutions/"),
    }.items():
        page.context.clear_cookies()
        let_in(User.objects.get(username=username))
        for path in paths:
            page.goto(path)
            for size in (WIDE, BETWEEN, ZOOMED, NARROW):
                page.set_viewport_size(size)
                for large in (False, True):
                    page.evaluate("large => document.documentElement.classList.toggle('large-print', large)", large)
                    fits()
                    assert page.evaluate(OUTSIDE) == [], f"{path} at {size['width']} px, large print: {large}"


def test_whatever_has_the_focus_shows_its_ring(page: Page, world: World, let_in: Callable[[User], None]) -> None:
    """Inside the window, not beneath the bar of decisions, and on the links between pages too."""
    county = Institution.objects.get(pk=world["institution"]["pk"]).region
    factories.OpenElderCareFactory.create_batch(26, region=county)
    for username, path in (
        ("health-reviewer", "/institutions/"),
        ("medical-clerk", f"/agreements/{world['signed']['number']}/certify/"),
    ):
        page.context.clear_cookies()
        let_in(User.objects.get(username=username))
        page.goto(path)
        page.wait_for_load_state()
        assert page.evaluate(UNSEEN) == [], path


def test_what_is_wrong_stands_below_a_choice_and_beside_its_label(
    page: Page, let_in: Callable[[User], None], platform_administrator: User, county: Region
) -> None:
    """The last choice is not squeezed by the sentence, and a cell's second part keeps to the cell's own column."""
    let_in(platform_administrator)
    for window in (WIDE, NARROW):
        page.set_viewport_size(window)
        page.goto("/platform/bureaus/new/")
        page.get_by_role("button", name="登记", exact=True).click()
        choice = page.locator("label", has_text="民政部门").bounding_box()
        told = page.get_by_text("请选择类别。").last.bounding_box()
        assert choice is not None
        assert told is not None
        assert choice["height"] < 60, "one line"
        assert told["y"] >= choice["y"] + choice["height"] - 1
    page.goto("/platform/bureaus/from-sheet/")
    page.get_by_label("名单").fill(f"{county.code}\t医保\t某局")
    page.get_by_role("button", name="检查名单").click()
    chip = page.locator("td .chip", has_text="没有登记").bounding_box()
    told = page.get_by_text("类别请写“卫健”或“民政”。").bounding_box()
    assert chip is not None
    assert told is not None
    assert told["x"] == pytest.approx(chip["x"], abs=1)
