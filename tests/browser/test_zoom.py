"""At 200 % zoom, where 683×384 are left of a window: at least half of it is for the page, and nothing stays in it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from institutions.models import Institution
from tests import factories
from tests.browser.conftest import ZOOMED

STAYING = """() => [...document.querySelectorAll("body *")]
  .filter(each => each.checkVisibility({ visibilityProperty: true }))
  .filter(each => ["sticky", "fixed"].includes(getComputedStyle(each).position))
  .map(each => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("large_print", [False, True], ids=["standard", "large-print"])
def test_half_of_a_low_window_is_for_the_page_with_several_posts_too(
    page: Page,
    sign_in: Callable[[User], None],
    fits: Callable[[], None],
    screenshot: Callable[[str], None],
    filing: Filing,
    elder_care_clerk: User,
    health_reviewer: User,
    medical_institution: Institution,
    *,
    large_print: bool,
) -> None:
    lifecycle.submit(filing, by=elder_care_clerk)
    factories.MembershipFactory.create(user=elder_care_clerk, institution=medical_institution)
    User.objects.update(large_print=large_print)
    page.set_viewport_size(ZOOMED)
    draft = f"/agreements/{filing.agreement.number}/"
    of_clerk = ("/", "/agreements/", draft, "/filing/", f"/filing/{filing.pk}/", "/institutions/", "/templates/")
    of_reviewer = ("/", "/filing/", f"/filing/{filing.pk}/", "/agreements/", "/coverage/", "/institutions/")
    for user, addresses in ((elder_care_clerk, of_clerk), (health_reviewer, of_reviewer)):
        sign_in(user)
        for address in addresses:
            page.goto(address)
            fits()
            top = page.locator("main").bounding_box()
            assert top is not None
            assert top["y"] <= ZOOMED["height"] / 2, f"{address} begins at {top['y']}"
            assert page.evaluate(STAYING) == [], address
        screenshot(f"zoomed-{user.username}{'-large' if large_print else ''}")
