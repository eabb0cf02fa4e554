"""The parts of the page frame: icons and the menu of this role's work."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@dataclass(frozen=True)
class Entry:
    word: str
    icon: str
    url: str
    is_here: bool


WORK = (
    ("待办", "tray", "home"),
    ("协议", "document", "agreement-list"),
    ("新建协议", "plus", "agreement-start"),
    ("范本", "book", "template-list"),
    ("机构", "building", "institution-list"),
)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one symbol of static/img/icons.svg; it is decoration, the word stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.inclusion_tag("_work_menu.html")
def work_menu(request: HttpRequest) -> dict[str, object]:
    """List the work of a clerk in its order; the entry whose address begins this page's address is marked."""
    urls = {name: reverse(name) for _, _, name in WORK}
    beginnings = [url for url in urls.values() if request.path.startswith(url) and url != "/"]
    here = max(beginnings, key=len, default=request.path)
    return {"entries": [Entry(word, symbol, urls[name], urls[name] == here) for word, symbol, name in WORK]}


@register.filter
def page_numbers(paginator: "Paginator[Any]", number: int) -> list[int]:
    """The page numbers to show around `number`; 0 stands for a gap."""
    shown = paginator.get_elided_page_range(number, on_each_side=2, on_ends=1)
    return [each if isinstance(each, int) else 0 for each in shown]
