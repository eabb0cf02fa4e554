"""Journeys in Debian's Chromium without windows against the real pages with their real static files.

Without Chromium they are skipped with the reason printed, except when CI=true or E2E=required: then they fail.
With SCREENSHOTS=folder, `screenshot` keeps pictures there.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.second_factor import is_required
from tests.factories import with_device
from yiyang.celery import app

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The shell that Debian builds without windows takes half the time of the others.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
WIDE = ViewportSize(width=1366, height=768)
NARROW = ViewportSize(width=360, height=740)
ZOOMED = ViewportSize(width=683, height=384)  # 1366×768 at 200 %
# How the browser's console tells of a form that was shown again with its errors, of one that was too old, and of rest.
REFUSALS = ("status of 422", "status of 403", "status of 409", "Error Code 409", "status of 429")
# How it tells of a fragment that was still under way when the person went to another page.
LEFT = ("htmx:sendAbort", "htmx:afterRequest, [object HTMLDivElement]")
GRAVE = {"serious", "critical"}
CONTRASTS = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
BUT_CONTRASTS = {"resultTypes": ["violations"], "preload": False, "rules": {"color-contrast": {"enabled": False}}}
MEASURE_CONTRASTS = """async () => {
  const texts = document.querySelectorAll("[data-unmeasured]");
  if (!texts.length) return [];
  const { violations } = await axe.run({ include: texts }, { runOnly: "color-contrast", preload: false });
  for (const text of texts) text.removeAttribute("data-unmeasured");
  return violations;
}"""
PATIENCE = 30_000  # milliseconds until what must appear counts as missing, on a machine with more to do


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        reason = "no chromium on PATH: apt-get install chromium"
        if os.environ.get("CI") == "true" or os.environ.get("E2E") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright's loop runs in this thread, where Django then takes every query for one of async code.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE)
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """As pytest-django's, but static files come from where they lie and not from the last collectstatic.

    pytest-django does so itself only where the app is listed as "django.contrib.staticfiles"; ours is a config of it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.testcases._StaticFilesHandler", StaticFilesHandler)
        server = LiveServer("localhost")
        yield server
        server.stop()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, transactional_db: None) -> Iterator[Page]:
    """A fresh window of 1366×768. Any error in the page's console fails the test."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(refusal in message.text for refusal in (*REFUSALS, *LEFT)):
            complaints.append(message.text)

    context = browser.new_context(base_url=live_server.url, viewport=WIDE, locale="zh-CN", accept_downloads=True)
    window = context.new_page()
    window.on("console", listen)
    window.on("pageerror", lambda error: complaints.append(str(error)))
    yield window
    context.close()
    assert not complaints


@pytest.fixture
def let_in(page: Page, live_server: LiveServer) -> Callable[[User], None]:
    """Give the window the session of a person of the cast, and open no page.

    Past the form, which test_accounts.py and the journeys of people fill in: whoever needs a device has a fresh one.
    """

    def by_session(user: User) -> None:
        if is_required(user):
            with_device(user)
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return by_session


@pytest.fixture
def sign_in(page: Page, let_in: Callable[[User], None]) -> Callable[[User], None]:
    """Sign a person of the cast in and open their home page."""

    def by_session(user: User) -> None:
        let_in(user)
        page.goto("/")
        page.get_by_role("heading", level=1, name="待办").wait_for()
        page.wait_for_load_state()  # scripts are deferred: before that no menu opens

    return by_session


@pytest.fixture(scope="session")
def measured() -> set[str]:
    """The ways of setting text, of all windows so far, whose contrast has been found good: see `contrast.js`."""
    return set()


@pytest.fixture
def axe_clean(page: Page, measured: set[str]) -> Callable[[], None]:
    """Check that the page, once it has loaded, has no violation of level serious or worse.

    Measuring contrasts takes axe most of its time, and a contrast depends on little: it is measured only of texts in
    colours, sizes or on grounds that no page before has shown.
    """

    def check() -> None:
        page.wait_for_load_state()
        shown = page.evaluate(CONTRASTS, list(measured))
        page.evaluate(Axe().axe_script)
        # Not by `Axe.run`, which brings over what was found good as well.
        found = page.evaluate("options => axe.run(options).then(said => said.violations)", BUT_CONTRASTS)
        found += page.evaluate(MEASURE_CONTRASTS)
        grave = [
            f"{violation['id']} ({violation['impact']}): {node['html'][:160]} {node['failureSummary'][:300]}"
            for violation in found
            if violation["impact"] in GRAVE
            for node in violation["nodes"]
        ]
        assert not grave, "\n".join([page.url, *grave])
        measured.update(shown)

    return check


@pytest.fixture
def clicks(page: Page) -> Callable[[], int]:
    """Return how often links, buttons and boxes were pressed in the window so far, by mouse or by keyboard."""
    page.add_init_script(
        """addEventListener("click", event => {
          if (event.isTrusted && event.target.closest("a, button, input, summary"))
            sessionStorage.pressed = Number(sessionStorage.pressed || 0) + 1;
        }, true);"""
    )
    return lambda: int(page.evaluate("Number(sessionStorage.pressed || 0)"))


@pytest.fixture
def fits(page: Page) -> Callable[[], None]:
    """Check that nothing makes the page, once it has loaded, scroll sideways."""

    def check() -> None:
        page.wait_for_load_state()
        script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(script) <= 0, f"{page.url} is wider than the window"

    return check


@pytest.fixture
def screenshot(page: Page) -> Callable[[str], None]:
    """Keep a picture of the whole page as NAME.png in the folder that SCREENSHOTS names; else do nothing."""

    def keep(name: str) -> None:
        if folder := os.environ.get("SCREENSHOTS"):
            page.evaluate("scrollTo(0, 0)")  # the menu stays beside what is on screen
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    return keep


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """A real Celery worker on the test's broker and database."""
    app.control.purge()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        yield
