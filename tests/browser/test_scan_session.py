"""Signed paper that really came out of the printer and the scanner, from a pile with everything amiss to force.

Nothing of what is read is made up: the copies are those that the product rendered, the scans are drawn from them, and
cells read them as those that people send.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.documents.places import SignatureArea, signature_areas
from agreements.lifecycle.pages import copies_made
from agreements.models import Agreement, ScanPage
from institutions.models import Role
from tests.agreements.documents.papers import made
from tests.agreements.making import agreed
from tests.browser.conftest import NARROW, WIDE
from tests.scanning import Scanner, as_pdf, chance, marked, marks_on, packed, printed, scanned
from tests.uploading import judge_all

Check = Callable[[], None]
Keep = Callable[[str], None]
SignIn = Callable[[User], None]
OFFICE = Scanner(dpi=150, skew=1.2, shade=20)
UPSIDE_DOWN, SIDEWAYS = Scanner(dpi=150, skew=-0.8, turned=180), Scanner(dpi=150, skew=0.6, turned=90)
PHOTOGRAPH = Scanner(dpi=200, skew=2, margin=10, perspective=0.05, shade=60, paper=225)
TABLET = ("tablet", {"width": 768, "height": 1024})


@pytest.fixture
def looked_at(page: Page, axe_clean: Check, fits: Check, screenshot: Keep) -> Keep:
    """Check the page as it stands in three sizes and keep pictures of it."""

    def look(name: str) -> None:
        for size, window in (("wide", WIDE), TABLET, ("narrow", NARROW)):
            page.set_viewport_size(window)  # type: ignore[arg-type]  # a dictionary of a tuple is no ViewportSize
            axe_clean()
            fits()
            screenshot(f"session-{name}-{size}")
        page.set_viewport_size(WIDE)

    return look


class Pile:
    """The first copy of what was printed, on paper."""

    def __init__(self, agreement: Agreement) -> None:
        [copy, *_] = copies_made(agreement)
        with copy.file.open("rb") as file:
            self.content = file.read()
        self.pages = copy.page_count
        self.areas: tuple[SignatureArea, ...] = signature_areas(copy.rendition)

    def sheet(self, page: int, how: Scanner = OFFICE, *, lacking: str = "") -> Image.Image:
        """Return a page that both have signed where they have to, or all but one, as the scanner sees it."""
        signed = marked(printed(self.content, page), marks_on(self.areas, page, lacking=lacking), chance(page))
        return scanned(signed, how, chance(page))

    @property
    def last_signed(self) -> int:
        return max(area.page for area in self.areas if area.role)


def press(page: Page, role: Literal["link", "button"], name: str) -> None:
    """Press something by the keyboard."""
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")


def send(page: Page, *files: Path, instead_of: str = "") -> None:
    page.get_by_label("选择扫描件").set_input_files(list(files))
    if instead_of:
        page.get_by_label("新的文件是").select_option(f"代替 {instead_of}")
    press(page, "button", "上传")
    expect(page.get_by_text(f"收到 {len(files)} 个文件")).to_be_visible()
    judge_all()
    page.reload()


def test_a_pile_with_everything_amiss_is_mended_until_it_is_in_force(
    page: Page,
    sign_in: SignIn,
    looked_at: Keep,
    draft: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    tmp_path: Path,
) -> None:
    final = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(final.renditions.get().pk)
    voided = Pile(final)
    again = lifecycle.withdraw(final, by=elder_care_clerk, reason="费用写错了")
    row = agreed(again, drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(row.renditions.final().get().pk)
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        row = lifecycle.record_signing(row, by=clerk, role=role, on=timezone.localdate())
    pile = Pile(row)
    last = pile.last_signed

    amiss = tmp_path / "乱了.pdf"
    foreign = made("hunan-2020", is_filled=True).copies[0].content
    heap = [
        printed(pile.content, 1, OFFICE.dpi),  # the electronic copy itself
        scanned(printed(foreign, 2), OFFICE, chance(7)),
        voided.sheet(2),
        pile.sheet(last, lacking=Role.ELDER_CARE),
        pile.sheet(2, UPSIDE_DOWN),
    ]
    amiss.write_bytes(as_pdf(heap, OFFICE))
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{row.number}/signing/")
    send(page, amiss)
    for told in (
        "第 1 页和电子版一样",
        "第 2 页是另一份协议的",
        "第 3 页印的是已作废的文本",
        "第 4 页的养老服务机构签章处没有看到印章或签字",
        "还缺第",
    ):
        expect(page.locator("#what-is-missing")).to_contain_text(told)
    looked_at("amiss")
    found = {sheet.number: (sheet.finding, sheet.place) for sheet in ScanPage.objects.all()}
    assert found[5] == (ScanPage.Finding.FOUND, "1-2")
    assert ScanPage.objects.get(picture__number=5).picture.seen["turned"] == 180

    whole, photograph = tmp_path / "重扫.pdf", tmp_path / "手机照片.jpg"
    pages = [*range(last, 1, -1), *range(last + 1, pile.pages + 1)]  # in no order, and all but the first
    whole.write_bytes(as_pdf([pile.sheet(number, SIDEWAYS if number == 2 else OFFICE) for number in pages], OFFICE))
    photograph.write_bytes(packed(pile.sheet(1, PHOTOGRAPH), PHOTOGRAPH))
    send(page, whole, instead_of=amiss.name)
    expect(page.locator("#what-is-missing")).to_contain_text("还缺第 1 页")
    send(page, photograph)
    expect(page.locator("#what-is-missing")).to_contain_text("等待另一个人核验")
    expect(page.get_by_role("heading", name="标明页码")).to_have_count(0)
    looked_at("mended")

    page.context.clear_cookies()
    sign_in(medical_clerk)
    page.goto(f"/agreements/{row.number}/certify/")
    looked_at("certify")
    press(page, "link", "逐页核对")
    ours = page.get_by_role("img", name="第 1 份正本第 1 页", exact=True)
    assert ours.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0, "drawn for everybody to see"
    looked_at("look")
    page.get_by_label("退回原因").fill("照片的边缘太暗")
    press(page, "button", "退回这一页")
    expect(page.get_by_text("已退回这一页")).to_be_visible()

    page.context.clear_cookies()
    sign_in(elder_care_clerk)
    page.goto(f"/agreements/{row.number}/signing/")
    expect(page.locator("#scans")).to_contain_text("未通过的原因：照片的边缘太暗")  # of that file nothing is left
    looked_at("sent-back")
    better = tmp_path / "第一页.png"
    better.write_bytes(packed(pile.sheet(1, Scanner(dpi=200, skew=-3)), Scanner(dpi=200, quality=0)))
    send(page, better)

    page.context.clear_cookies()
    sign_in(medical_clerk)
    page.goto(f"/agreements/{row.number}/certify/")
    press(page, "link", "逐页核对")
    for done in range(pile.pages):
        expect(page.get_by_text(f"您已核对 {done} 页")).to_be_visible()
        page.wait_for_load_state()  # scripts are deferred: before that no shortcut works
        page.keyboard.press("Alt+1")
    expect(page.get_by_text("页您都核对过")).to_be_visible()
    for point in page.locator(".to-check").get_by_role("checkbox").all():
        point.focus()
        page.keyboard.press("Space")
    looked_at("compared")
    press(page, "button", "核验无误，协议生效")
    expect(page.get_by_text("已核验，协议生效")).to_be_visible()
    row.refresh_from_db()
    assert row.state == Agreement.State.IN_FORCE
    assert not ScanPage.objects.filter(is_by_hand=True).exists(), "all were known by their codes"
