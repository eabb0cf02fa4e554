"""That the check which every page of these tests passes can fail: on a contrast too, after the page was seen before."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

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
