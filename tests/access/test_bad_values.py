"""Whatever stands in an address, a parameter or a field is answered with a page of ours, and never with a fault.

What is asked where is not listed here: the URLconf names the addresses and their words, the matrix who gets through to
which view, and what a view and its forms read of a request is noted while they read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import cycle
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import Resolver404, URLPattern, resolve, reverse
from django.utils.encoding import repercent_broken_unicode
from django.utils.translation import gettext

from boundary.paths import KeyConverter, NameConverter
from tests.access.addresses import ALL
from tests.access.test_matrix import ANONYMOUS, BY_NAME, ROWS, Row
from tests.access.world import World
from tests.security.walking import CAST

BEYOND = str(2**63)  # the first number that no key can be
# In an address, as it travels. 5,000 digits are more than Python itself reads.
IN_PATHS = [
    "%00",
    "a%00",
    "%ED%A0%80",
    "%FF",
    "9" * 5000,
    BEYOND,
    "-1",
    "%EF%BC%91",
    "a" * 5000,
    "%E5%AD%97",
    "1.5",
    ".",
]
IN_FIELDS = ["a\0", "9" * 5000, BEYOND, "-1", "字" * 5000, "1e9999", "\N{FULLWIDTH DIGIT NINE}" * 30, "abc", "1' --"]
IN_QUERIES = ["9" * 5000, BEYOND, "-1", "字" * 5000, "abc"]
SHIFTS = 2  # how many values each name meets beside others; the next address begins with other ones
ALONE = 5  # fields of one form that are tried among fitting ones: its fields are cleaned alike
EVERYWHERE = {"acting_for", "csrfmiddlewaretoken", "next", "page"}  # read for every page; asked with the others only
SOMETHING = {"date": "2026-11-20", "number": "1", "email": "a@example.cn", "tel": "13800000009", "checkbox": "on"}
WORD = re.compile(r"<(?:\w+:)?(\w+)>")
REACHES = {200, 302, 409, 422}
TAKES_LONG = {"log-verify"}  # asks a worker
# What the framework says, in English and in the Chinese of its catalogue, which speaks of variables and values.
ITS_OWN = [
    "This field is required.",
    "Enter a whole number.",
    "Enter a number.",
    "Enter a valid value.",
    "Enter a valid date.",
    "Enter a valid email address.",
    "Null characters are not allowed.",
    "Select a valid choice. That choice is not one of the available choices.",
    "Ensure this value is less than or equal to",
    "Ensure this value has at most",
    "is not one of the available choices",
    "<h1>Bad Request",
    "<h1>Not Found",
    "确保该变量",
    "选择一个有效的选项",
]


LINK_OF_AN_ERROR = re.compile(r'<a href="#([^"]+)">([^<]*)</a>')


@dataclass
class Noted:
    """The names that were asked of a request's GET or POST while it was answered."""

    names: set[str] = field(default_factory=set)


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> Noted:
    """Note every name that is asked of a QueryDict; what it answers stays the same."""
    kept = Noted()
    for method in ("get", "getlist", "__getitem__", "__contains__"):
        real = getattr(QueryDict, method)

        def noting(self: QueryDict, name: Any, *rest: Any, _real: Any = real, **more: Any) -> Any:
            kept.names.add(str(name))
            return _real(self, name, *rest, **more)

        monkeypatch.setattr(QueryDict, method, noting)
    return kept


def spelled(pattern: URLPattern, words: dict[str, str]) -> str:
    """Return the address with those words, as they are: `reverse` would refuse what this is about."""
    return "/" + WORD.sub(lambda found: words[found[1]], str(pattern.pattern))


def leads_somewhere(url: str) -> bool:
    try:
        resolve(repercent_broken_unicode(unquote_to_bytes(url)).decode())
    except Resolver404:
        return False
    return True


def through(method: str, world: World) -> Iterator[tuple[Row, str]]:
    """Yield for each address one row of the matrix in which somebody gets through to the view, and who that is."""
    seen: set[str] = set()
    for row in ROWS:
        roles = [role for role in CAST if row.expected[role] in REACHES]
        if row.method == method and roles and row.about in world and row.address not in seen | TAKES_LONG:
            seen.add(row.address)
            yield row, roles[0]


def address(row: Row, world: World) -> str:
    return reverse(
        row.address, kwargs={word: world[row.about][word] for word in BY_NAME[row.address].pattern.converters}
    )


@dataclass
class Walk:
    """Asks as somebody and undoes what that did; keeps what was answered otherwise than it should be."""

    request: pytest.FixtureRequest
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    sessions: dict[str, str] = field(default_factory=lambda: {ANONYMOUS: ""})
    wrong: list[str] = field(default_factory=list)
    asked: int = 0
    not_ours: set[str] = field(default_factory=lambda: {*ITS_OWN, *map(gettext, ITS_OWN)})

    def ask(self, role: str, method: str, url: str, data: dict[str, Any] | None = None) -> int:
        self.client.cookies.clear()
        if session := self._session(role):
            self.client.cookies[settings.SESSION_COOKIE_NAME] = session
        self.asked += 1
        with transaction.atomic():
            response = self.client.post(url, data) if method == "POST" else self.client.get(url, data)
            body = response.getvalue()
            transaction.set_rollback(True)
        text = unescape(body.decode()) if response.get("Content-Type", "").startswith("text/html") else ""
        said = [words for words in self.not_ours if words in text]
        if response.status_code >= 500 or said:
            self.wrong.append(f"{method} {url:.90} as {role} {data!r:.300}: {response.status_code} {said}")
        named = LINK_OF_AN_ERROR.findall(text.partition('id="errors"')[2].partition("</ul>")[0])
        if len({name for _, name in named}) < len({anchor for anchor, _ in named}):
            self.wrong.append(f"{method} {url:.90} as {role}: two fields are called the same: {named}")
        return response.status_code

    def page(self, role: str, url: str) -> str:
        """Return the page that the person sees there."""
        self.client.cookies[settings.SESSION_COOKIE_NAME] = self._session(role)
        return str(self.client.get(url).getvalue().decode())

    def _session(self, role: str) -> str:
        if role not in self.sessions:
            client, user = Client(), self.request.getfixturevalue(CAST[role])
            client.force_login(user)
            self.sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return self.sessions[role]


class Fields(HTMLParser):
    """Collects what the forms of a page would send by POST if somebody pressed their buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._by_post = False
        self._select = self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self._by_post = given.get("method", "get").lower() == "post"
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
        elif tag == "option" and self._select and value:
            if "selected" in given:
                self.sent[self._select] = value
            self.sent.setdefault(self._select, value)
        if self._by_post and name and tag in {"input", "textarea"} and given.get("type") != "file":
            self.sent.setdefault(name, value or SOMETHING.get(given.get("type", ""), "测试"))

    def handle_data(self, data: str) -> None:
        if self._text and data.strip():
            self.sent[self._text] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self._select = self._text = ""


@pytest.fixture
def walk(request: pytest.FixtureRequest) -> Walk:
    return Walk(request)


def test_addresses_are_made_of_our_two_kinds_of_words() -> None:
    kinds = {type(converter) for pattern in ALL for converter in pattern.pattern.converters.values()}
    assert kinds == {KeyConverter, NameConverter}


def test_every_word_of_every_address(world: World, walk: Walk) -> None:
    """What no name can be leads nowhere; what one could be is asked for, by a stranger and by somebody who may."""
    permitted = {row.address: (row, role) for method in ("POST", "GET") for row, role in through(method, world)}
    tried = 0
    for pattern in ALL:
        row, role = permitted.get(str(pattern.name), (None, ANONYMOUS))
        about = {} if row is None else world[row.about]
        words = {word: str(about.get(word, 1)) for word in pattern.pattern.converters}
        for word in words:
            for value in IN_PATHS:
                url = spelled(pattern, words | {word: value})
                tried += 1
                if leads_somewhere(url):
                    walk.ask(ANONYMOUS, "GET", url)
                    walk.ask(role, row.method if row else "GET", url)
            walk.ask(ANONYMOUS, "GET", spelled(pattern, words | {word: "%00"}))
    assert not walk.wrong, "\n".join(walk.wrong)
    assert tried > 1000


def test_every_parameter_of_every_address(world: World, walk: Walk, noted: Noted) -> None:
    values = cycle(IN_QUERIES)
    for row, role in through("GET", world):
        url = address(row, world)
        noted.names.clear()
        walk.ask(role, "GET", url)
        for _ in range(SHIFTS) if noted.names - EVERYWHERE else ():
            walk.ask(role, "GET", url, {name: next(values) for name in sorted(noted.names)})
            next(values)  # else two names take two values in turn
    assert not walk.wrong, "\n".join(walk.wrong)
    assert walk.asked > 120


def test_every_field_of_every_form(world: World, walk: Walk, noted: Noted) -> None:
    """All fields at once with bad values, and each alone among others that fit: one refusal hides no other."""
    values = cycle(IN_FIELDS)
    pages = {row.address: row.about for row, _ in through("GET", world)}
    for row, role in through("POST", world):
        url = address(row, world)
        noted.names.clear()
        walk.ask(role, "POST", url, {"nothing": "1"})
        for _ in range(SHIFTS):
            walk.ask(role, "POST", url, {name: next(values) for name in sorted(noted.names)})
        fitting = Fields(walk.page(role, url)).sent if pages.get(row.address) == row.about else {}
        alone = sorted((noted.names | set(fitting)) - EVERYWHERE) if fitting else []
        for name in alone[:ALONE]:
            walk.ask(role, "POST", url, fitting | {name: next(values)})
    assert not walk.wrong, "\n".join(walk.wrong)
    assert walk.asked > 200
