"""What a page of the site holds together by: its anchors, the names that labels point to, where it leads."""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

REFERRING = ("for", "aria-labelledby", "aria-controls", "aria-describedby")


class Page(HTMLParser):
    """The ids of a page, what refers to them, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.referred: set[str] = set()
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if given.get("id") else []
        self.referred.update(word for name in REFERRING for word in given.get(name, "").split())
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])


def loose_in(page: Page) -> Iterator[str]:
    """Tell what of a page leads nowhere or to two places: anchors, labels, names that two things have."""
    known = set(page.ids)
    yield from (f"two of #{each}" for each, count in Counter(page.ids).items() if count > 1)
    yield from (f"no #{each}" for each in sorted(page.referred - known))
    here = {link[1:] for link in page.links if link.startswith("#") and link != "#"}
    yield from (f"link to no #{each}" for each in sorted(here - known))


def inner_links(page: Page, url: str) -> Iterator[str]:
    """Yield the addresses of the site to which a page at `url` leads, without their fragments."""
    for link in page.links:
        parts = urlsplit(link)
        if not (parts.scheme or parts.netloc or link.startswith("#")):
            path = parts.path or urlsplit(url).path
            yield f"{path}?{parts.query}" if parts.query else path
