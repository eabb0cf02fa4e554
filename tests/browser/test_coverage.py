"""A supervisor before a meeting: the number, another day by keyboard, down to the agreement; small, zoomed, large."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from tests.agreements.making import CONTACT, printed, sent
from tests.browser.conftest import NARROW, WIDE, ZOOMED
from tests.coverage.histories import HEALTH, Home, accept, moment, set_stage, write_agreement, write_clinic, write_home

Check = Callable[[], None]


@pytest.fixture
def at_coverage(page: Page, live_server: LiveServer, supervisor: User) -> Page:
    """The window of a signed-in supervisor of 绍兴市."""
    client = Client()
    client.force_login(supervisor)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


@pytest.fixture
def history(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """A year of two counties; the draft of the cast is in force since yesterday."""
    stage = set_stage()
    today = timezone.localdate()
    for number in range(12):
        home = write_home(Home("330602" if number % 3 else "330604"), stage, f"绍兴第{number + 1}养老院")
        starts_on = today - timedelta(days=40 * number)
        if number % 4:
            filed = write_agreement(stage, home, write_clinic(stage), starts_on, starts_on + timedelta(days=390))
            accept(stage, filed, HEALTH, moment(starts_on))
    return _in_force(sent(draft, by=elder_care_clerk), today, by=(elder_care_clerk, medical_clerk))


def _in_force(agreement: Agreement, today: date, by: tuple[User, User]) -> Agreement:
    """Date the agreement as signed yesterday; that it enters force has tests of its own."""
    since = today - timedelta(days=1)
    agreement = lifecycle.agree(agreement, by=by[1], contact=CONTACT, at=moment(since))
    printed(agreement)
    for role, clerk in zip((agreement.drafting_role, agreement.answering_role), by, strict=True):
        lifecycle.record_signing(agreement, by=clerk, role=role, on=since)
    assert agreement.template_version is not None
    Agreement.objects.filter(pk=agreement.pk).update(
        state=Agreement.State.IN_FORCE,
        template=agreement.template_version.template,
        certified_at=timezone.now(),
        effective_on=since,
        starts_on=since,
        expires_on=today + timedelta(days=365),
    )
    return agreement


def test_another_day_by_keyboard_and_down_to_the_agreement(
    at_coverage: Page, history: Agreement, axe_clean: Check, screenshot: Callable[[str], None]
) -> None:
    page, today = at_coverage, timezone.localdate()
    page.goto("/coverage/")
    expect(page.get_by_role("heading", level=1)).to_have_text("浙江省绍兴市医养签约覆盖情况")
    expect(page.locator(".one-number")).to_contain_text(f"截至{today.year}年")
    expect(page.locator("[data-chart] svg")).to_have_count(2)
    axe_clean()
    screenshot("coverage-region")

    page.goto("/coverage/330600/?on=2026-06-15")
    day = page.get_by_label("截至日期", exact=True)
    day.focus()
    page.keyboard.press("ArrowDown")  # one year or one month less: which part is first is the browser's choice
    chosen = date.fromisoformat(day.input_value())
    assert chosen < date(2026, 6, 15)
    page.keyboard.press("Enter")
    expect(page.locator(".one-number")).to_contain_text(f"截至{chosen.year}年{chosen.month}月{chosen.day}日")

    page.goto("/coverage/")
    page.locator(".figures").get_by_role("link", name="协议覆盖", exact=True).click()
    axe_clean()
    screenshot("coverage-institutions")
    assert history.elder_care is not None
    page.get_by_role("link", name=history.elder_care.name).click()
    expect(page.get_by_role("cell", name="当日生效中")).to_be_visible()
    axe_clean()
    screenshot("coverage-institution")
    page.get_by_role("link", name=history.number).click()
    page.wait_for_url(f"**/agreements/{history.number}/")


@pytest.mark.parametrize("size", [NARROW, ZOOMED, WIDE], ids=["narrow", "zoomed", "wide"])
@pytest.mark.parametrize("view", ["standard", "large"])
def test_every_size_fits(
    at_coverage: Page,
    history: Agreement,
    supervisor: User,
    size: ViewportSize,
    view: str,
    fits: Check,
    axe_clean: Check,
    screenshot: Callable[[str], None],
) -> None:
    User.objects.filter(pk=supervisor.pk).update(large_print=view == "large")
    at_coverage.set_viewport_size(size)
    for path in ("/coverage/330600/", "/coverage/330602/institutions/"):
        at_coverage.goto(path)
        fits()
        axe_clean()
        kind = "list" if "institutions" in path else "region"
        screenshot(f"coverage-{kind}-{size['width']}-{view}")


def test_without_scripts_tables_and_bars_remain(
    browser: Browser, live_server: LiveServer, at_coverage: Page, history: Agreement
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(at_coverage.context.cookies())  # type: ignore[arg-type]  # read and written types differ
    page = context.new_page()
    page.goto("/coverage/330600/")
    page.get_by_text("各月数字").click()
    expect(page.get_by_role("table")).to_have_count(2)
    expect(page.locator("[data-chart]:visible")).to_have_count(0)
    expect(page.locator("svg.share").first).to_be_visible()
    context.close()
