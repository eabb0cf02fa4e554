"""Two whole counties: whatever anybody of the one opens, searches or exports shows nothing of the other.

Every address without an object of its own is opened, with the filters that lists have, and from there every link on
the page: for each role of one county, and a shorter walk back. Workbooks are read cell by cell.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from openpyxl import load_workbook

from accounts.models import User
from agreements.models import TemplateVersion
from tests.access.addresses import ALL
from tests.access.counties import County, build
from tests.exporting import exported

HERE, THERE = ("甬", "330602"), ("虞", "330604")
LINK = re.compile(r'(?:href|hx-get|src)="(/[^"#]*)')
NOT_PAGES = ("/static/", "/sign-", "/identity/", "/session/", "/acting/")
# Names and codes of open institutions are public facts, in the register and where a partner is chosen from it.
PUBLIC = ("/institutions/", "/administrators/", "/agreements/start/", "/coverage/", "/regions/")
MOST_OF_A_KIND = 2  # pages behind links to one address: they differ in the object only
ROLES = (
    *("elder-care-clerk", "elder-care-signatory", "elder-care-administrator", "medical-clerk"),
    *("health-reviewer", "civil-affairs-reviewer", "health-supervisor", "civil-affairs-administrator"),
)
FILTERS: dict[str, list[dict[str, str]]] = {
    "agreement-list": [{"q": "{name}"}, {"q": "{number}"}],
    "filing-list": [{"group": group} for group in ("late", "submitted", "all")],
    "institution-list": [{"scope": "all"}, {"q": "{name}", "scope": "all"}],
    "eligibility-list": [{"state": "submitted"}],
    "inbox": [{"show": "unread"}],
}


LISTED = {"agreements": {}, "filings": {"group": "all"}, "institutions": {"scope": "all"}, "surveys": {}}


@dataclass
class Walk:
    """What one person has opened, and what of the other county was in it."""

    client: Client
    there: County
    pages: int = 0
    exports: int = 0
    rows: int = 0
    found: list[str] = field(default_factory=list)
    read: set[str] = field(default_factory=set)  # all texts that the person saw, for the proof that there was something

    def open(self, url: str) -> list[str]:
        """Open an address, look for the other county's words, and return the links on it."""
        response = self.client.get(url, follow=True)
        content = response.getvalue()
        assert response.status_code < 429, f"{url}: {response.status_code} shows nothing, and proves nothing"
        if response.status_code != 200:
            return []
        self._look(url, self._text(content, str(response["Content-Type"])))
        is_page = str(response["Content-Type"]).startswith("text/html")
        return [unescape(link) for link in LINK.findall(content.decode())] if is_page else []

    def take_along(self, slug: str, asked: dict[str, str]) -> None:
        """Order a list, and look for the other county's words in the file."""
        response = exported(self.client, slug, asked)
        if response.status_code == 200:
            url = f"/institutions/{slug}/" if slug == "institutions" else f"/{slug}/"
            self._look(url, self._text(response.getvalue(), str(response["Content-Type"])))

    def _text(self, content: bytes, content_type: str) -> str:
        if content.startswith(b"PK"):
            self.exports += 1
            book = load_workbook(BytesIO(content), read_only=True)
            lines = ["\t".join(map(str, row)) for sheet in book for row in sheet.iter_rows(values_only=True)]
            self.rows += len(lines)
            return "\n".join(lines)
        if not content_type.startswith("text/"):
            return ""
        self.pages += 1
        text = content.decode()
        self.rows += text.count("<tr") + text.count("<li")
        return text

    def _look(self, url: str, text: str) -> None:
        is_public = url.startswith(PUBLIC)
        words = self.there.confidential | (set() if is_public else self.there.open_names)
        asked = unescape(url)
        self.found += [f"{url}: {word}" for word in words if word in text and word not in asked]
        self.read.add(text)


def addresses(there: County) -> Iterator[str]:
    """Yield every address without an object, plain and with the filters of its list; some ask for the other's words."""
    words = {"{name}": min(there.open_names), "{number}": min(there.numbers)}
    for pattern in ALL:
        name = str(pattern.name)
        if pattern.pattern.converters:
            continue
        yield reverse(name)
        for asked in FILTERS.get(name, []):
            yield reverse(name, query={key: words.get(value, value) for key, value in asked.items()})


def walked(user: User, there: County) -> Walk:
    walk = Walk(Client(), there)
    walk.client.force_login(user)
    first = [url for url in addresses(there) if not url.startswith(NOT_PAGES)]
    for slug, asked in LISTED.items():
        walk.take_along(slug, asked)
    links = [link.partition("?")[0] for url in first for link in walk.open(url)]
    opened: Counter[str] = Counter()
    for path in dict.fromkeys(links):
        name = _name_of(path)
        if path in first or path.startswith(NOT_PAGES) or not name or opened[name] == MOST_OF_A_KIND:
            continue
        opened[name] += 1
        walk.open(path)
    return walk


def _name_of(path: str) -> str:
    try:
        return str(resolve(path).url_name)
    except Resolver404:
        return ""


@pytest.fixture
def counties(consortium: TemplateVersion) -> tuple[County, County]:
    here, there = build(*HERE, consortium), build(*THERE, consortium)
    assert not here.confidential & there.confidential
    return here, there


def test_nobody_of_one_county_reads_a_word_of_the_other(
    counties: tuple[County, County], capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = counties
    walks = {role: walked(here.people[role], there) for role in ROLES}
    back = ("elder-care-clerk", "health-reviewer")
    walks |= {f"{role} there": walked(there.people[role], here) for role in back}
    pages, exports, rows = (
        sum(getattr(walk, what) for walk in walks.values()) for what in ("pages", "exports", "rows")
    )
    found = [f"{role} {each}" for role, walk in walks.items() for each in walk.found]
    with capsys.disabled():
        print(
            f"\nleaks: {len(walks)} people, {pages} pages, {exports} exports, {rows} rows, {len(found)} foreign words"
        )
    assert not found, "\n".join(found)
    own = "\n".join(text for role in ROLES for text in walks[role].read)
    missing = {word for word in here.numbers | here.words if word not in own}
    assert not missing, "nobody of the county itself reads these: the walk is too short"
