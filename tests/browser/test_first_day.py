"""The first day of a county, on a site without demo data: from one command to the first accepted filings.

Everybody comes by the product's own pages, and nobody uses a link that another was shown: invitations are printed as
sealed letters, whose code alone is read here, as their holder does who opens them.
"""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import User
from agreements.models import Agreement, TemplateVersion
from institutions.models import Authority, Institution
from tests.agreements.making import scan_pdf
from tests.browser.test_drafting import press
from tests.browser.test_journey import (
    CLINIC,
    HOME,
    Walk,
    accepted,
    agreed,
    certified,
    covered,
    drafted,
    scanned,
    signed,
    submitted,
    taken_up,
)
from tests.browser.test_people import PASSWORD, code_shown, confirm, link_in, sign_in_with_code
from tests.imports.making import CARE, MEDICAL, SHEETS, clinic, code, home, table, workbook
from yiyang.prepare import REFERENCE_DATA

COUNTY = "浙江省绍兴市越城区"
HEALTH, CIVIL = "绍兴市越城区卫生健康局", "绍兴市越城区民政局"
LICENCE: FilePayload = {"name": "许可证.pdf", "mimeType": "application/pdf", "buffer": scan_pdf(2)}
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Person:
    name: str
    username: str
    mobile: str

    @property
    def account(self) -> User:
        return User.objects.get(username=self.username)


CHIEF, DEPUTY = Person("朱赟", "zhu-yun", "13800000001"), Person("吴昊", "wu-hao", "13800000002")
OF_HEALTH = Person("杨祎", "yang-yi", "13800000003"), Person("孙昇", "sun-sheng", "13800000004")
OF_CIVIL = Person("冯琪", "feng-qi", "13800000005"), Person("赵堃", "zhao-kun", "13800000006")
AT_HOME = Person("王昇", "wang-sheng", "13800000007")
AT_CLINIC = Person("郑磊", "zheng-lei", "13800000008")
CLERK, COLLEAGUE = Person("陈喆", "chen-zhe", "13800000009"), Person("周洁", "zhou-jie", "13800000010")
PARTNER = Person("何芳", "he-fang", "13800000011")


@pytest.fixture
def empty_site(transactional_db: None) -> None:
    """What a first start without demo loads: regions, schemes, the calendar, templates; no bureau and nobody."""
    for command in REFERENCE_DATA:
        call_command(command, verbosity=0, stdout=io.StringIO())
    assert not any(model.objects.exists() for model in (User, Authority, Institution))


@dataclass
class Town:
    """One browser that the people use in turn."""

    page: Page
    let_in: Callable[[User], None]
    checks: tuple[Callable[[], None], ...]
    screenshot: Callable[[str], None]

    def look(self, name: str) -> None:
        for check in self.checks:
            check()
        self.screenshot(f"first-day-{name}")

    def as_(self, person: Person) -> None:
        self.page.context.clear_cookies()
        self.let_in(person.account)
        self.page.goto("/")
        self.page.wait_for_load_state()

    def invited(self, person: Person, duty: str = "") -> str:
        """Invite somebody, on the page that asks whom; return the link in the sealed letter."""
        self.page.get_by_label("姓名").fill(person.name)
        if duty:
            self.page.get_by_label("职责").select_option(duty)
        press(self.page, "发出邀请")
        with self.page.expect_download() as printing:
            self.page.get_by_role("button", name="打印密封信").click()
        return link_in(printing.value.path())

    def joined(self, person: Person, link: str) -> str:
        """Open one's own letter, make an account, sign in; return the code that the page shows."""
        self.page.context.clear_cookies()
        self.page.goto(link)
        for label, value in (("用户名", person.username), ("手机号", person.mobile), ("密码", PASSWORD)):
            self.page.get_by_label(label).first.fill(value)
        self.page.get_by_label("再输入一次密码").fill(PASSWORD)
        press(self.page, "建立账号并接受")
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("已接受")
        sign_in_with_code(self.page, person.username, PASSWORD)
        return code_shown(self.page)

    def confirmed(self, person: Person, code: str, *, by: Person) -> None:
        self.as_(by)
        confirm(self.page, person.name, person.mobile, code)


@pytest.fixture
def town(
    page: Page,
    let_in: Callable[[User], None],
    axe_clean: Callable[[], None],
    fits: Callable[[], None],
    screenshot: Callable[[str], None],
) -> Town:
    return Town(page, let_in, (axe_clean, fits), screenshot)


def said_by(command: str, *words: str, **options: str) -> str:
    told = io.StringIO()
    call_command(command, *words, stdout=told, **options)
    return told.getvalue()


def the_first_two(town: Town) -> None:
    """The operator's command invites the first administrator of the platform, who invites the second."""
    printed = re.search(r"https?://\S+", said_by("invite_platform_administrator", CHIEF.name))
    assert printed is not None
    code = town.joined(CHIEF, urlsplit(printed.group()).path)
    said_by("confirm_platform_administrator", CHIEF.username, code, mobile=CHIEF.mobile)
    town.as_(CHIEF)
    town.look("platform-home")
    town.page.goto("/people/")
    town.page.get_by_role("link", name="邀请同事").first.click()
    code = town.joined(DEPUTY, town.invited(DEPUTY, "administrator"))
    said_by("confirm_platform_administrator", DEPUTY.username, code, mobile=DEPUTY.mobile)


def the_bureaus(town: Town) -> None:
    """One typed in, one copied from a sheet."""
    page = town.page
    town.as_(CHIEF)
    page.goto("/platform/")
    town.look("no-bureaus")
    page.get_by_role("link", name="登记第一个部门").click()
    page.get_by_label("辖区").fill("越城")
    page.get_by_label("卫生健康部门").check()
    page.get_by_label("名称").fill(HEALTH)
    town.look("bureau-form")
    press(page, "登记")
    expect(page.get_by_text(f"已登记{HEALTH}")).to_be_visible()
    town.look("bureau")
    page.goto("/platform/")
    page.get_by_role("link", name="从表格登记多个").click()
    page.get_by_label("名单").fill(f"地区\t类别\t名称\t电话\n330602\t民政\t{CIVIL}\t0575-88000002\n330602\t\t某局\t")
    press(page, "检查名单")
    expect(page.get_by_text("类别请写“卫健”或“民政”")).to_be_visible()
    town.look("bureau-sheet")
    press(page, "登记这 1 个")
    expect(page.get_by_text("登记了 1 个部门")).to_be_visible()
    town.look("bureau-sheet-done")


def the_officials(town: Town) -> None:
    """Each bureau's administrator by the platform, its reviewer by the administrator; another confirms each."""
    page = town.page
    for name, (administrator, reviewer) in ((HEALTH, OF_HEALTH), (CIVIL, OF_CIVIL)):
        town.as_(CHIEF)
        page.goto("/platform/?without=on")
        page.get_by_role("link", name=re.compile(f"邀请管理员.*{name}")).click()
        code = town.joined(administrator, town.invited(administrator, "administrator"))
        town.confirmed(administrator, code, by=DEPUTY)
        town.as_(administrator)
        page.goto("/people/")
        page.get_by_role("link", name="邀请同事").first.click()
        code = town.joined(reviewer, town.invited(reviewer, "reviewer"))
        town.confirmed(reviewer, code, by=DEPUTY)
    town.as_(OF_HEALTH[0])
    town.look("bureau-administrator-home")
    page.goto("/people/")
    town.look("bureau-people")
    page.get_by_role("textbox", name="咨询电话").fill("0575-88000001")
    press(page, "保存电话")
    page.get_by_role("link", name="设定备案号的写法").click()
    page.get_by_label("下一个备案号").fill(f"越卫医养备字〔{timezone.localdate().year}〕第0038号")
    town.look("bureau-numbers")
    press(page, "保存")
    expect(page.get_by_text("第0038号")).to_be_visible()


FAULTS: dict[str, tuple[dict[str, object], ...]] = {
    "homes": (
        {"uscc": "52330602MJ"},
        {"region": "火星区"},
        {"phone": "88000001"},
        {"beds": "很多"},
        {"opened_on": "2021年9月"},
        {"residents": -3},
        {"ownership": "私人"},
        {"name": "\u200b"},
    ),
    "clinics": ({"level": "九级"}, {"licence_valid_to": "2019-01-01"}, {"kind": "药店"}, {"uscc": code(11, "12")}),
}


def ledger(side: str, *, is_right: bool) -> FilePayload:
    """What a bureau has of its own side, with twelve faults in both or corrected."""
    facts: dict[str, object]
    if side == "homes":
        rows = [home(each, filing_number=f"越民备〔2026〕{each}号", filed_on="2026-01-05") for each in range(1, 10)]
        facts = {"name": HOME, "legal_representative": "沈祎"}
    else:
        numbers = range(11, 16)  # of other legal entities than the homes
        rows = [clinic(each, licence_number=f"{code(each, '12')[8:17]}33060211B1001") for each in numbers]
        facts = {"name": CLINIC, "kind": "社区卫生服务中心", "legal_representative": "徐赟"}
    rows[0] |= facts
    for row, wrong in zip(rows[1:], FAULTS[side], strict=True):
        row |= {} if is_right else wrong
    role = CARE if side == "homes" else MEDICAL
    sheets: dict[str, Sequence[Sequence[Any]]] = {SHEETS[role]: table(rows, role)}
    return {"name": "越城区台账.xlsx", "mimeType": BOOK, "buffer": workbook(sheets)}


def the_institutions(town: Town) -> None:
    """Each reviewer brings in the bureau's workbook: twelve faults in all are named, corrected, and all registered."""
    page = town.page
    for (_, reviewer), side, faults, rows in (
        (OF_CIVIL, "homes", ["7 有错误", "1 有提醒"], 9),
        (OF_HEALTH, "clinics", ["4 有错误"], 5),
    ):
        town.as_(reviewer)
        town.look(f"reviewer-home-{side}")
        page.get_by_role("link", name="机构", exact=True).click()
        page.wait_for_load_state()
        town.look(f"register-{side}")
        page.get_by_role("link", name="导入", exact=True).click()
        page.get_by_role("link", name="导入第一张表格").click()
        page.get_by_label("选择表格").set_input_files(ledger(side, is_right=False))
        press(page, "上传并核对")
        for words in faults:
            page.get_by_role("link", name=words, exact=True).wait_for()
        town.look(f"imports-wrong-{side}")
        page.get_by_role("link", name="上传改好的表格").click()
        page.get_by_label("选择表格").set_input_files(ledger(side, is_right=True))
        press(page, "上传并核对")
        page.get_by_role("link", name=f"{rows} 可新增").wait_for()
        page.get_by_role("link", name="导入", exact=True).last.click()
        expect(page.get_by_text(f"新增 {rows} 家机构")).to_be_visible()
        press(page, "确认导入")
        page.get_by_text("已导入").wait_for()
    assert Institution.objects.count() == 14


def the_first_administrators(town: Town) -> None:
    """Both sides ask with their licence, their bureau confirms, they take their link with their own code."""
    page = town.page
    for name, person, (administrator, reviewer) in ((HOME, AT_HOME, OF_CIVIL), (CLINIC, AT_CLINIC, OF_HEALTH)):
        page.context.clear_cookies()
        page.goto("/administrators/")
        page.get_by_label("统一社会信用代码").fill(Institution.objects.get(name=name).uscc)
        press(page, "查找机构")
        page.get_by_role("link", name=f"为{name}申请").click()
        page.get_by_label("姓名").fill(person.name)
        page.get_by_label("手机号").fill(person.mobile)
        page.get_by_label("证照").set_input_files(LICENCE)
        press(page, "提交申请")
        expect(page.get_by_text("等待主管部门核实").first).to_be_visible()
        asked, code = page.url, page.locator(".alert .password").inner_text()
        town.as_(reviewer)
        page.get_by_role("link", name=re.compile(f"核实.*{person.name}")).click()
        page.wait_for_load_state("networkidle")
        press(page, "核对无误，确认为管理员")
        page.wait_for_url("**/people/invitations/*/")
        page.context.clear_cookies()
        page.goto(asked)
        page.get_by_label("领取码").fill(code)
        press(page, "领取邀请链接")
        link = page.get_by_role("link", name="打开邀请链接").get_attribute("href")
        assert link
        town.confirmed(person, town.joined(person, link), by=administrator)


def the_clerks(town: Town) -> None:
    page = town.page
    for administrator, person, official in (
        (AT_HOME, CLERK, OF_CIVIL[1]),
        (AT_HOME, COLLEAGUE, OF_CIVIL[1]),
        (AT_CLINIC, PARTNER, OF_HEALTH[1]),
    ):
        town.as_(administrator)
        page.goto("/people/")
        page.get_by_role("link", name="邀请同事").first.click()
        code = town.joined(person, town.invited(person, "clerk"))
        town.confirmed(person, code, by=official)


def test_the_first_day_of_a_county(
    town: Town, sign_in: Callable[[User], None], worker: None, empty_site: None, tmp_path: Path
) -> None:
    the_first_two(town)
    the_bureaus(town)
    the_officials(town)
    the_institutions(town)
    the_first_administrators(town)
    the_clerks(town)

    walk = Walk(town.page, sign_in, (), town.screenshot)
    town.as_(CLERK)
    town.look("clerk-home")
    town.page.goto("/guide/")
    town.look("clerk-guide")
    health, civil = Authority.objects.get(name=HEALTH), Authority.objects.get(name=CIVIL)
    reviewers = {health: OF_HEALTH[1].account, civil: OF_CIVIL[1].account}
    ends = timezone.localdate() + timedelta(days=364)
    version = TemplateVersion.objects.get(template__slug="shaoxing-2024-consortium")
    before = covered(walk, reviewers[civil], "before")
    drafted(walk, CLERK.account, version, ends)
    pages = agreed(walk, PARTNER.account, tmp_path)
    signed(walk, PARTNER.account)
    signed(walk, CLERK.account)
    scanned(walk)
    certified(walk, COLLEAGUE.account, pages)
    submitted(walk, CLERK.account, [health, civil])
    for bureau, reviewer in reviewers.items():
        taken_up(walk, reviewer, bureau)
        accepted(walk, bureau, tmp_path)
    assert covered(walk, reviewers[civil], "after") == before + 1
    agreement = Agreement.objects.get()
    numbers = set(agreement.filings.values_list("number", flat=True))
    year = timezone.localdate().year
    assert numbers == {f"越卫医养备字〔{year}〕第0038号", f"越城民政医养备〔{year}〕0001号"}
