"""Where the work begins on a page: measured on a clerk's screen, a telephone, at 200 % and in 长辈版."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from playwright.sync_api import Page, ViewportSize

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from institutions.models import Institution
from notifications import ledger
from tests import factories
from tests.browser.conftest import NARROW, WIDE

Check = Callable[[], None]
ZOOMED = ViewportSize(width=683, height=384)  # 1366 × 768 at 200 %
FIRST_ROW, ROWS = 360, 6  # px from the top of the window; whole rows before the fold
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
