"""The whole loop in one go, everybody in turn: from the first draft to the renewal, as it is told in product.md.

Nothing is done behind the pages but the clock: what the worker, the mail server and the sweeps do is real.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pikepdf
import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from agreements import schedule
from agreements.models import Agreement, TemplateVersion
from demo.scans import scan_of
from institutions.models import Authority, Institution
from regions.models import Region
from tests.browser.test_drafting import heading, press
from tests.notifications.smtp_server import SmtpServer

HOME = "越城区福星养老院"
CLINIC = "越城区塔山街道社区卫生服务中心"
MAILBOX = "clerk@example.invalid"
TOLD_BEFORE_THE_END = timedelta(days=30)
SOON = 60_000  # milliseconds for what the worker makes


@dataclass
class Walk:
    """One browser that the people use in turn, and what is checked on every page they see."""

    page: Page
    sign_in: Callable[[User], None]
    checks: tuple[Callable[[], None], ...]
    screenshot: Callable[[str], None]
    seen: int = 0

    def as_(self, person: User) -> None:
        """Hand the browser to the next person."""
        self.page.context.clear_cookies()
        self.sign_in(person)
        self.look(f"home-of-{person.username}")

    def look(self, name: str) -> None:
        for check in self.checks:
            check()
        self.seen += 1
        self.screenshot(f"journey-{self.seen:02}-{name}")

    def open(self, link: str, name: str) -> None:
        """Follow a link and look at where it leads."""
        self.page.get_by_role("link", name=link).first.click()
        self.page.wait_for_load_state()
        self.look(name)

    def press(self, button: str, said: str) -> None:
        """Press a button and read what the page then says."""
        press(self.page, button)
        expect(self.page.get_by_text(said).first).to_be_visible()

    def go(self, path: str, name: str) -> None:
        self.page.goto(path)
        self.look(name)

    def download(self, link: str, folder: Path) -> Path:
        """Download what a link gives, once the worker has made it."""
        self.page.get_by_role("link", name=link).wait_for(timeout=SOON)
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=link).click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path


@pytest.fixture
def walk(
    page: Page,
    sign_in: Callable[[User], None],
    axe_clean: Callable[[], None],
    fits: Callable[[], None],
    screenshot: Callable[[str], None],
) -> Walk:
    return Walk(page, sign_in, (axe_clean, fits), screenshot)


@pytest.fixture
def post_office(settings: Settings, live_server: LiveServer) -> Iterator[SmtpServer]:
    """A mail server that the worker sends to; the links in the letters lead to this site."""
    with SmtpServer().running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.SITE_URL = live_server.url
        yield server


@pytest.fixture
def policy(county: Region) -> None:
    """The schemes in force and the calendar of working days, as every site has them."""
    for command in ("load_regions", "load_schemes", "load_calendar"):
        call_command(command, verbosity=0, stdout=io.StringIO())


def the_agreement() -> Agreement:
    return Agreement.objects.get(predecessor=None)


def drafted(walk: Walk, clerk: User, version: TemplateVersion, ends: date) -> None:
    """The elder-care clerk drafts by the wizard and sends."""
    page = walk.page
    walk.as_(clerk)
    walk.go("/agreements/start/", "start")
    press(page, "开始起草")
    heading(page, "选择合作机构")
    page.get_by_label("按名称或统一社会信用代码查找").fill("塔山")
    page.keyboard.press("Enter")
    expect(page.get_by_text("找到 1 家")).to_be_visible()  # it stood on the page before, too
    page.get_by_label(CLINIC).check()
    walk.look("partner")
    press(page, "下一步")
    heading(page, "选择范本")
    page.get_by_label(version.title).check()
    walk.look("template")
    press(page, "下一步")
    heading(page, "填写条款")
    fill_in_terms(page, timezone.localdate(), ends)
    walk.look("terms")
    press(page, "下一步")
    heading(page, "签约人和联系人")
    page.get_by_role("group", name="福星养老院").get_by_label("联系电话").fill("0575-88000002")
    walk.look("contacts")
    press(page, "下一步")
    heading(page, "核对")
    walk.look("check")
    walk.press(f"送{CLINIC}确认", f"已送{CLINIC}确认")
    walk.look("sent")


def fill_in_terms(page: Page, starts: date, ends: date) -> None:
    page.get_by_label("每月来查房几次").fill("4")
    page.get_by_label("每次查房派几名医师").fill("2")
    page.get_by_label("甲方担保").check()
    page.get_by_label("健康服务费是多少元").fill("16409.02")
    page.get_by_label("从哪一天开始有效").fill(starts.isoformat())
    page.get_by_label("有效到哪一天").fill(ends.isoformat())


def returned(walk: Walk, partner: User) -> None:
    """The partner's clerk finds something and gives the text back."""
    walk.as_(partner)
    walk.go(f"/agreements/{the_agreement().number}/", "to-answer")
    walk.open("退回修改", "return")
    walk.page.get_by_label("退回原因").fill("每月查房四次人手不够，请改为两次。")
    walk.press("退回修改", f"已退回{HOME}修改")
    walk.look("returned")


def corrected(walk: Walk, clerk: User) -> None:
    """The drafting clerk reads why, changes the term and sends again."""
    page = walk.page
    walk.as_(clerk)
    walk.go(f"/agreements/{the_agreement().number}/", "to-correct")
    expect(page.get_by_text("人手不够").first).to_be_visible()
    page.goto(f"/agreements/{the_agreement().number}/draft/terms/")
    page.get_by_label("每月来查房几次").fill("2")
    press(page, "下一步")
    heading(page, "签约人和联系人")
    press(page, "下一步")
    heading(page, "核对")
    walk.look("check-again")
    walk.press(f"送{CLINIC}确认", f"已送{CLINIC}确认")


def agreed(walk: Walk, partner: User, folder: Path) -> int:
    """The partner agrees; the worker makes the copies. Return how many pages one has."""
    walk.as_(partner)
    walk.go(f"/agreements/{the_agreement().number}/", "to-answer-again")
    walk.open("确认并定稿", "agree")
    walk.page.get_by_label("联系电话").fill("0575-88000009")
    walk.press("确认并定稿", "双方已确认，文本定稿")
    path = walk.download("第 4 份", folder)
    walk.look("agreed-with-copies")
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


def signed(walk: Walk, person: User) -> None:
    """Somebody enters the day on which their own side signed."""
    walk.as_(person)
    walk.go(f"/agreements/{the_agreement().number}/", "to-sign")
    walk.open("打印签章", "signing")
    walk.page.get_by_label("签章日期").fill(timezone.localdate().isoformat())
    walk.press("登记日期", "签章日期已登记")
    walk.look("signed")


def scanned(walk: Walk) -> None:
    """Whoever is signed in uploads the scan of the signed paper."""
    content: FilePayload = {
        "name": "签章扫描件.pdf",
        "mimeType": "application/pdf",
        "buffer": scan_of(the_agreement()),
    }
    walk.page.get_by_label("选择扫描件").set_input_files(content)
    walk.press("上传", "正在检查。检查结果和还差什么，都写在本页")
    # The worker judges it, and the page finds out by itself.
    expect(walk.page.get_by_role("link", name="签章扫描件.pdf").first).to_be_visible()
    walk.look("scanned")


def certified(walk: Walk, second_person: User, pages: int) -> None:
    """A second person compares each page with the text."""
    walk.as_(second_person)
    walk.go(f"/agreements/{the_agreement().number}/", "to-certify")
    walk.open("核验扫描件", "certify")
    walk.open("逐页核对", "look")
    for done in range(pages):
        expect(walk.page.get_by_text(f"您已核对 {done} 页")).to_be_visible()
        walk.page.get_by_role("button", name="与正本一致，下一页").click()
    expect(walk.page.get_by_text("页您都核对过")).to_be_visible()
    for point in walk.page.get_by_role("checkbox").all():
        point.check()
    walk.press("核验无误，协议生效", "已核验，协议生效")
    walk.look("in-force")


def submitted(walk: Walk, clerk: User, bureaus: list[Authority]) -> None:
    """The clerk submits both copies: each is found from the agreement's page."""
    walk.as_(clerk)
    walk.go("/filing/", "filings-due")
    for bureau in bureaus:
        walk.go(f"/agreements/{the_agreement().number}/", f"to-file-{bureau.kind}")
        walk.open(bureau.name, f"filing-due-{bureau.kind}")
        walk.open("报送备案", f"submit-{bureau.kind}")
        walk.press("报送", f"已报送{bureau.name}")
        walk.look(f"submitted-{bureau.kind}")


def filing_page(bureau: Authority) -> str:
    latest = the_agreement().filings.filter(authority=bureau).order_by("-round")[0]
    return f"/filing/{latest.pk}/"


def taken_up(walk: Walk, reviewer: User, bureau: Authority) -> None:
    walk.as_(reviewer)
    walk.go("/filing/", f"queue-{bureau.kind}")
    walk.go(filing_page(bureau), f"review-{bureau.kind}")
    walk.page.get_by_role("button", name="接收审核").click()
    walk.page.get_by_role("link", name="受理备案").wait_for()
    walk.look(f"taken-up-{bureau.kind}")


def accepted(walk: Walk, bureau: Authority, folder: Path) -> None:
    """The reviewer accepts: a number at once, the receipt as soon as the worker has made it."""
    walk.open("受理备案", f"accept-{bureau.kind}")
    walk.press("受理备案", "已受理，备案号")
    receipt = walk.download("下载备案回执", folder)
    walk.look(f"accepted-{bureau.kind}")
    with pikepdf.open(receipt) as pdf:
        assert len(pdf.pages) >= 1


def returned_by(walk: Walk, bureau: Authority) -> None:
    walk.open("退回补正", f"return-{bureau.kind}")
    walk.page.get_by_label("退回原因").fill("扫描件第一页不清楚，请说明盖章的是哪个部门。")
    walk.press("退回补正", "已退回补正")
    walk.look(f"returned-{bureau.kind}")


def resubmitted(walk: Walk, clerk: User, bureau: Authority) -> None:
    walk.as_(clerk)
    walk.go(filing_page(bureau), "filing-returned")
    walk.open("重新报送", "resubmit")
    walk.page.get_by_label("补正说明").fill("盖章的是办公室保管的法人章，已在纸质正本旁注明。")
    walk.press("重新报送", "这是第 2 次")
    walk.look("resubmitted")


def covered(walk: Walk, officer: User, name: str) -> int:
    """Return how many institutions of the county are covered, as the officer reads it."""
    walk.as_(officer)
    walk.go("/coverage/330602/", f"coverage-{name}")
    found = re.search(r"覆盖 (\d+) / \d+ 家", walk.page.locator(".one-number").inner_text())
    assert found is not None
    return int(found.group(1))


def reminded(walk: Walk, clerk: User, post_office: SmtpServer) -> str:
    """The clock has moved on: the sweep tells, in the inbox and by mail. Return the link in the letter."""
    schedule.remind.delay()
    title = f"协议还有 {TOLD_BEFORE_THE_END.days} 天到期"
    letter = post_office.wait_for_title(title)
    assert letter["To"] == MAILBOX
    walk.as_(clerk)
    walk.go("/inbox/", "inbox")
    expect(walk.page.get_by_role("link", name=title)).to_be_visible()
    body = letter.get_body(("plain",))
    assert body is not None
    link = re.search(r"http\S+/inbox/\d+/", body.get_content())
    assert link is not None
    return link.group()


def renewed(walk: Walk, link: str, ends: date) -> None:
    """From the letter to the renewal's draft, where only the term is new."""
    page = walk.page
    walk.go(link, "reminded-of")
    press(page, "续签")
    page.wait_for_url("**/draft/**")
    walk.look("renewal")
    page.goto(re.sub(r"/draft/.*", "/draft/terms/", page.url))
    heading(page, "填写条款")
    expect(page.get_by_label("每月来查房几次")).to_have_value("2")
    # The two terms join.
    expect(page.get_by_label("从哪一天开始有效")).to_have_value((ends + timedelta(days=1)).isoformat())
    page.get_by_label("有效到哪一天").fill((ends + timedelta(days=365)).isoformat())
    walk.look("renewal-terms")
    press(page, "下一步")
    heading(page, "签约人和联系人")
    walk.look("renewal-contacts")


def test_the_whole_loop(
    walk: Walk,
    worker: None,
    post_office: SmtpServer,
    policy: None,
    tmp_path: Path,
    elder_care_clerk: User,
    colleague: User,
    medical_clerk: User,
    medical_institution: Institution,
    health_reviewer: User,
    civil_affairs_officer: User,
    health_authority: Authority,
    civil_affairs_authority: Authority,
    consortium: TemplateVersion,
) -> None:
    User.objects.filter(pk=elder_care_clerk.pk).update(email=MAILBOX)
    ends = timezone.localdate() + timedelta(days=364)
    before = covered(walk, civil_affairs_officer, "before")

    drafted(walk, elder_care_clerk, consortium, ends)
    returned(walk, medical_clerk)
    corrected(walk, elder_care_clerk)
    pages = agreed(walk, medical_clerk, tmp_path)
    signed(walk, medical_clerk)
    signed(walk, elder_care_clerk)
    scanned(walk)
    certified(walk, colleague, pages)
    assert the_agreement().state == Agreement.State.IN_FORCE

    submitted(walk, elder_care_clerk, [health_authority, civil_affairs_authority])
    taken_up(walk, health_reviewer, health_authority)
    accepted(walk, health_authority, tmp_path)
    taken_up(walk, civil_affairs_officer, civil_affairs_authority)
    returned_by(walk, civil_affairs_authority)
    resubmitted(walk, elder_care_clerk, civil_affairs_authority)
    taken_up(walk, civil_affairs_officer, civil_affairs_authority)
    accepted(walk, civil_affairs_authority, tmp_path)
    assert covered(walk, civil_affairs_officer, "after") == before + 1

    morning = timezone.make_aware(datetime.combine(ends - TOLD_BEFORE_THE_END, time(9)))
    with time_machine.travel(morning):
        renewed(walk, reminded(walk, elder_care_clerk, post_office), ends)
        renewal = the_agreement().successors.get()
        assert renewal.state == Agreement.State.DRAFT
