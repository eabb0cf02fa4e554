"""That the check which every page of these tests passes can fail: on a contrast too, after the page was seen before.

And the pages that no journey of the other modules comes by.
"""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.access.addresses import ALL
from tests.access.world import World

DARKER, FAINTER = "#202020", "#bbbbbb"


def colour(page: Page, element: str, value: str) -> None:
    """Set one element's colour as a style sheet's author would, past the site's policy against inline styles."""
    page.evaluate(f"document.querySelector('{element}').style.color = '{value}'")


def test_a_faint_text_is_found_on_a_page_that_was_clean(page: Page, axe_clean: Callable[[], None]) -> None:
    page.goto("/sign-in/")
    axe_clean()
    colour(page, "h1", DARKER)
    axe_clean()
    colour(page, "h1", FAINTER)
    with pytest.raises(AssertionError, match="color-contrast"):
        axe_clean()


def test_a_faint_text_is_found_on_another_ground(page: Page, axe_clean: Callable[[], None]) -> None:
    page.goto("/sign-in/")
    axe_clean()
    page.evaluate("document.querySelector('h1').parentElement.style.backgroundColor = '#333333'")
    with pytest.raises(AssertionError, match="color-contrast"):
        axe_clean()


def test_a_field_without_its_word_is_found(page: Page, axe_clean: Callable[[], None]) -> None:
    page.goto("/sign-in/")
    page.evaluate("document.querySelector('label').remove()")
    with pytest.raises(AssertionError, match="label"):
        axe_clean()


# By who opens it: the address and, of what `world` holds, what it is about.
BESIDE_THE_JOURNEYS = {
    "": ["accessibility -", "verify-page printed", "administrator-letter letter"],
    "clerk": [
        *("agreement-withdraw sent", "agreement-rescind signed", "agreement-discard draft", "agreement-round in-force"),
        *("filing-withdraw submitted", "institution-validity institution", "second-factor -"),
        *("eligibility-list -", "region-list -", "region-detail county", "upload-page signed"),
    ],
    "health-reviewer": [
        *("filing-batch -", "filing-batch-detail batch", "import-abandon import"),
        *("survey-ask -", "survey-round round", "survey-round-close round"),
        *("eligibility-return case-submitted", "eligibility-withdraw case-confirmed"),
        *("institution-rename institution", "institution-suspend institution", "institution-close institution"),
        *("institution-reopen closed",),
    ],
    "civil-affairs-officer": [
        *("filing-hand-over under-review", "institution-withdraw-filing institution"),
        *("holder holder", "administrator-request request"),
    ],
    "supervisor": ["coverage-institutions county", "coverage-institution county"],
    "auditor": ["log-works -"],
    "institution-administrator": [
        *("person colleague", "duty-grant colleague", "person-password colleague", "person-second-factor colleague"),
        *("duty-end duty", "invitation-sent invitation"),
    ],
    "platform-administrator": [
        "platform -",
        "platform-background -",
        "platform-accounts -",
        "account-suspend colleague",
    ],
}
WORDS = {str(pattern.name): pattern.pattern.converters for pattern in ALL}


def test_what_no_journey_comes_by_is_clean_too(
    page: Page,
    let_in: Callable[[User], None],
    axe_clean: Callable[[], None],
    world: World,
    supervisor: User,
    auditor: User,
    platform_administrator: User,
) -> None:
    for username, looked_at in BESIDE_THE_JOURNEYS.items():
        page.context.clear_cookies()
        if username:
            let_in(User.objects.get(username=username))
        for line in looked_at:
            name, about = line.split()
            path = reverse(name, kwargs={word: world[about][word] for word in WORDS[name]})
            answer = page.goto(path)
            assert answer is not None
            assert (answer.status, answer.url.endswith(path)) == (200, True), f"{path}: {answer.status}, {answer.url}"
            axe_clean()


def test_contacts_that_are_read_on_request_are_clean_too(
    page: Page, let_in: Callable[[User], None], axe_clean: Callable[[], None], world: World
) -> None:
    """The page and the part of one that only a button opens: each look is logged."""
    institution = {"pk": world["institution"]["pk"]}
    for username, path, shown in (
        ("institution-administrator", reverse("people-list"), page.get_by_text("这次查看已记入日志")),
        ("health-reviewer", reverse("institution-detail", kwargs=institution), page.locator("#contacts table")),
    ):
        page.context.clear_cookies()
        let_in(User.objects.get(username=username))
        page.goto(path)
        page.get_by_role("button", name="联系方式").click()
        expect(shown).to_be_visible()
        axe_clean()
