"""The work of each role in its order: the left column of every page. It names pages of every app, so it stands here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from filing.worklist import MOST_COUNTED, how_many_wait
from institutions.acting import other_places, word_of
from institutions.models import Duty
from institutions.posts import Posts, posts_of

MOST_ENTRIES = 8


@dataclass(frozen=True)
class Line:
    word: str
    icon: str
    address: str  # name of the address


@dataclass(frozen=True)
class Entry:
    word: str
    icon: str
    url: str
    is_here: bool
    waiting: str = ""  # how much waits there


HOME = Line("待办", "tray", "home")
AGREEMENTS = Line("协议", "document", "agreement-list")
FILING = Line("备案", "stamp", "filing-list")
TEMPLATES = Line("范本", "book", "template-list")
INSTITUTIONS = Line("机构", "building", "institution-list")
REGIONS = Line("地区与政策", "map", "region-list")
COVERAGE = Line("覆盖", "bars", "coverage-home")
PEOPLE = Line("人员", "person", "people-list")
PLATFORM = Line("平台管理", "lock", "platform")
SIGNING = Line("证书与印章", "pencil", "signing")
INBOX = Line("消息", "bell", "inbox")
LOG = Line("日志", "book", "log-search")
LOG_WORKS = Line("核验与导出", "tick", "log-works")

MENUS: dict[Duty, tuple[Line, ...]] = {
    Duty.CLERK: (HOME, AGREEMENTS, FILING, TEMPLATES, INSTITUTIONS, INBOX),
    Duty.SIGNATORY: (HOME, AGREEMENTS, FILING, TEMPLATES, INSTITUTIONS, INBOX),
    Duty.APPROVER: (HOME, AGREEMENTS, FILING, TEMPLATES, INSTITUTIONS, INBOX),
    Duty.REVIEWER: (HOME, FILING, AGREEMENTS, COVERAGE, INSTITUTIONS, REGIONS, INBOX),
    Duty.SUPERVISOR: (COVERAGE, AGREEMENTS, FILING, INSTITUTIONS, REGIONS),
    Duty.ADMINISTRATOR: (PEOPLE, INSTITUTIONS, REGIONS, INBOX),
    Duty.TEMPLATE_EDITOR: (TEMPLATES, INSTITUTIONS, REGIONS),
    Duty.AUDITOR: (LOG, LOG_WORKS, TEMPLATES, INSTITUTIONS, REGIONS),
}
# Of an institution's people, who has to do with certificates and seals.
SIGN_AND_SEAL = {Duty.SIGNATORY, Duty.APPROVER, Duty.ADMINISTRATOR}
WITHOUT_DUTY = (TEMPLATES, INSTITUTIONS, REGIONS)


def frame(request: HttpRequest, *, counts: bool = True) -> dict[str, object]:
    """Give every page the person's posts and the menu of their work; both are read only by a page that shows them.

    `counts`: with how much waits there, which costs a question.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    posts = SimpleLazyObject(lambda: posts_of(user))
    return {
        "posts": posts,
        "work_menu": SimpleLazyObject(lambda: menu_of(user, cast(Posts, posts), request.path, counts=counts)),
        "acting_word": word_of(user),
        "other_places": SimpleLazyObject(lambda: other_places(user)),
    }


def menu_of(user: User, posts: Posts, path: str, *, counts: bool) -> list[Entry]:
    """Return the menu with how many filings wait for the person, where they have any to see to."""
    shown = entries(posts, path)
    if not (counts and (posts.is_clerk or posts.is_reviewer)):
        return shown
    number = how_many_wait(user, reviews=posts.is_reviewer)
    waiting = f"{MOST_COUNTED - 1}+" if number == MOST_COUNTED else str(number or "")
    return [replace(entry, waiting=waiting) if entry.url == reverse(FILING.address) else entry for entry in shown]


def lines_of(posts: Posts) -> list[Line]:
    """Return the menu of a person at the place they act for."""
    first = [PLATFORM] if posts.is_platform_administrator else []
    found = [*first, *lines(posts.duties)]
    if posts.duties & SIGN_AND_SEAL and not (posts.is_of_an_authority or posts.is_of_the_platform):
        found.insert(found.index(INSTITUTIONS), SIGNING)
    return found[:MOST_ENTRIES]


def lines(duties: Iterable[Duty]) -> list[Line]:
    """Return the menu of duties: with several one after the other, each page once, never more than eight."""
    menus = [menu for duty, menu in MENUS.items() if duty in set(duties)]
    return list(dict.fromkeys(chain.from_iterable(menus or [WITHOUT_DUTY])))[:MOST_ENTRIES]


def entries(posts: Posts, path: str) -> list[Entry]:
    """Return the menu with its addresses; the entry whose address begins this page's address is marked."""
    menu = [(line, reverse(line.address)) for line in lines_of(posts)]
    beginnings = [url for _, url in menu if path.startswith(url) and url != "/"]
    here = max(beginnings, key=len, default=path)
    return [Entry(line.word, line.icon, url, url == here) for line, url in menu]
