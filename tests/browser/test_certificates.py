"""From asking for a certificate to a PIN that opens it, and a seal that somebody confirms, by the keyboard alone."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from institutions.models import Institution
from sealing.models import Seal, SigningIdentity
from tests.browser.conftest import NARROW, WIDE
from tests.sealing.making import ANOTHER, PIN, set_up
from tests.sealing.picture import picture
from tests.uploading import judge_all

Check = Callable[[], None]
Keep = Callable[[str], None]


@pytest.fixture
def looked_at(page: Page, axe_clean: Check, fits: Check, screenshot: Keep) -> Keep:
    """Look at a page in both sizes."""

    def look(name: str) -> None:
        axe_clean()
        screenshot(f"{name}-wide")
        page.set_viewport_size(NARROW)
        fits()
        axe_clean()
        screenshot(f"{name}-narrow")
        page.set_viewport_size(WIDE)

    return look


@pytest.fixture
def as_person(page: Page, let_in: Callable[[User], None]) -> Callable[[User, str], None]:
    """Let somebody in with a fresh session, at an address."""

    def come(user: User, place: str) -> None:
        page.goto("about:blank")  # a page that asks by itself would be led to sign-in meanwhile
        page.context.clear_cookies()
        let_in(user)
        page.goto(place)
        page.wait_for_load_state()

    return come


@pytest.fixture
def press(page: Page) -> Callable[..., None]:
    def go(role: Literal["link", "button"], name: str, *, leads_to: str = "") -> None:
        page.get_by_role(role, name=name, exact=True).first.focus()
        page.keyboard.press("Enter")
        if leads_to:
            expect(page.get_by_role("heading", level=1)).to_have_text(leads_to)

    return go


def type_into(page: Page, **words: str) -> None:
    for name, typed in words.items():
        page.locator(f"[name={name}]").focus()
        page.keyboard.insert_text(typed)


def test_a_certificate_is_asked_for_confirmed_and_set_in_force(
    page: Page,
    as_person: Callable[[User, str], None],
    press: Callable[..., None],
    looked_at: Keep,
    signatory: User,
    institution_administrator: User,
    elder_care_institution: Institution,
) -> None:
    set_up()
    as_person(signatory, "/signing/")
    expect(page.get_by_text("还没有签约证书。您是本机构的授权签约人")).to_be_visible()
    looked_at("signing-empty")
    press("link", "申请签约证书", leads_to="申请签约证书")
    looked_at("signing-ask")
    page.get_by_label("约定证书").focus()
    page.keyboard.press("Space")
    press("button", "提交申请", leads_to="沈祎的签约证书")
    row = SigningIdentity.objects.get()
    here = f"/signing/{row.pk}/"
    as_person(institution_administrator, here)
    press("link", "确认", leads_to="确认")
    looked_at("signing-confirm")
    press("button", "确认")
    expect(page.get_by_text("已确认沈祎")).to_be_visible()
    as_person(signatory, "/")
    press("link", "沈祎", leads_to="沈祎的签约证书")
    press("link", "设置签名密码", leads_to="设置签名密码")
    type_into(page, pin="123456", again="123456")
    press("button", "设置签名密码")
    expect(page.get_by_text("这个签名密码太容易猜到").first).to_be_visible()
    looked_at("signing-pin-refused")
    type_into(page, pin=PIN, again=PIN)
    press("button", "设置签名密码", leads_to="沈祎的签约证书")
    expect(page.get_by_text("签名密码已设置")).to_be_visible()
    looked_at("signing-active")
    press("link", "修改签名密码", leads_to="修改签名密码")
    type_into(page, before="640275", pin=ANOTHER, again=ANOTHER)
    press("button", "修改签名密码")
    expect(page.get_by_text("签名密码不对，还可以试 4 次。").first).to_be_visible()
    type_into(page, before=PIN, pin=ANOTHER, again=ANOTHER)
    press("button", "修改签名密码", leads_to="沈祎的签约证书")
    expect(page.get_by_text("签名密码已修改")).to_be_visible()


def test_a_seal_is_registered_confirmed_and_lent(
    page: Page,
    as_person: Callable[[User, str], None],
    press: Callable[..., None],
    looked_at: Keep,
    signatory: User,
    elder_care_clerk: User,
    institution_administrator: User,
    elder_care_institution: Institution,
) -> None:
    as_person(institution_administrator, f"/signing/at/{elder_care_institution.pk}/seals/")
    looked_at("seals-empty")
    press("link", "登记印章", leads_to="登记印章")
    type_into(page, number="3306020001")
    page.locator("[name=keeper]").select_option(str(elder_care_clerk.pk))
    file = {"name": "公章.png", "mimeType": "image/png", "buffer": picture()}
    page.locator("[name=picture]").set_input_files(file)  # type: ignore[arg-type]  # as playwright documents it
    looked_at("seal-add")
    press("button", "登记")
    expect(page.get_by_text("正在检查").first).to_be_visible()
    judge_all()
    seal = Seal.objects.get()
    as_person(signatory, f"/signing/seals/{seal.pk}/")
    expect(page.get_by_text("它不是电子印章")).to_be_visible()
    press("link", "确认", leads_to=f"确认{seal}")
    looked_at("seal-confirm")
    press("button", "确定", leads_to=str(seal))
    as_person(elder_care_clerk, f"/signing/seals/{seal.pk}/")
    press("link", "授权用印", leads_to=f"授权用印：{seal}")
    page.locator("[name=person]").select_option(str(signatory.pk))
    page.locator("[name=ends_on]").fill("2099-10-31")
    looked_at("seal-authorise")
    press("button", "确定", leads_to=str(seal))
    looked_at("seal")
