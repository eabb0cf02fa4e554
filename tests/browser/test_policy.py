"""What is typed never runs: the browser itself refuses, should a page ever print it unescaped."""

from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

# What an attacker would want a page to print, put there as if the page had printed it. Resolves once the picture has
# failed to load, which is when its handler would have run.
INJECT = """markup => new Promise(done => {
    const main = document.querySelector('main');
    main.insertAdjacentHTML('beforeend', markup);
    const script = document.createElement('script');
    script.textContent = "document.title = 'ran'";
    main.append(script);
    main.querySelector('#picture').addEventListener('error', () => setTimeout(done));
})"""
MARKUP = """
    <img id="picture" src="/no-such-picture" onerror="document.title = 'ran'">
    <p id="marked" style="color: rgb(1, 2, 3)">x</p>
"""


def test_injected_script_handler_and_style_do_nothing(
    browser: Browser, live_server: LiveServer, transactional_db: None
) -> None:
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.goto("/sign-in/")
    title = page.title()
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(INJECT, MARKUP)
    assert page.title() == title
    assert page.locator("#marked").evaluate("each => getComputedStyle(each).color") != "rgb(1, 2, 3)"
    context.close()
