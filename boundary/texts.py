"""What a request says, as text that a column can hold: no NUL, which PostgreSQL refuses, no half of a character, and
neither of the two code points that are none and that no workbook can hold.

What a form takes is cleaned (`chinese.cleaning`), each change is told with the next page.

In an address such a text is refused (400): nobody types it, and nothing can be called so. In a form it becomes the sign
that stands for what cannot be read, so that the person sees it; every text field refuses that sign in its own words
(422). Everything is read as UTF-8, whatever a header says (`Utf8Request`): other encodings make halves out of harmless
bytes, and some are no encodings of text at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters

from chinese.cleaning import NARROWED, cleaned, seen

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
NO_TEXT = re.compile("[\0\ud800-\udfff\ufffe\uffff]")
KEPT = frozenset({HTTPStatus.FOUND, HTTPStatus.SEE_OTHER})  # what was sent was taken, and another page is shown
# What was put right of the texts of a request, in words: each once, in its order.
put_right: ContextVar[dict[str, None]] = ContextVar("put_right")
# No eye sees them, and they turn the order of the letters that follow: what is read is not what was written. Telephones
# put such signs around the numbers that people copy.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TURNED = "混有看不见的、会打乱文字顺序的符号，多半是从别处粘贴时带进来的。请清空后重新输入。"


class NoText(BadRequest):
    """What was sent is no text. The message is for the person whose browser sent it."""


class Utf8Request(WSGIRequest):
    """A request that is read as UTF-8, which every browser sends; the header's `charset` is not asked."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """Called by Django before there is anything that could answer: it must not fail for any header."""
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            self.content_type, self.content_params = "", {}


class TextsMiddleware:
    """Refuses an address whose parameters are no text, and makes text of what a form sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        put_right.set({})
        # Before any view and before the anti-forgery check, which are the first to ask for a parameter.
        if any(NO_TEXT.search(text) for name in request.GET for text in (name, *request.GET.getlist(name))):
            raise NoText("网址里有无法识别的字符，系统没有处理。请删去网址里问号后面的内容再打开，或者从首页重新进入。")
        response = self.get_response(request)
        is_kept = request.method == "POST" and response.status_code in KEPT  # else the page shows what became of it
        if is_kept and (notes := put_right.get()):
            messages.info(request, f"填写的内容已整理：{'；'.join(notes)}。")
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """After the anti-forgery check, which refuses before it reads a long body."""
        if request.method == "POST":
            request.POST = _readable(request.POST)  # type: ignore[assignment]  # Django's own attribute takes any QueryDict


def whole(text: str) -> None:
    """Raise ValidationError for a text with signs that stand for what could not be read, or that turn what is read."""
    if TURNING.search(text):
        raise ValidationError(TURNED, code="turned")
    if UNREADABLE in text:
        raise ValidationError(f"有无法识别的字符（显示为 {UNREADABLE}），请删去后重新填写。", code="unreadable")


def plain(text: str, *, of_lines: bool = False) -> str:
    """Return a text as it is kept, and have the person told what was changed that they may not expect."""
    found = seen(text) if of_lines else cleaned(text)
    put_right.set({**put_right.get({}), **dict.fromkeys(note for note in found.notes if note != NARROWED)})
    return found.text


def readable(text: str) -> str:
    """Return a text that came spelled out inside another, as JSON does, with the sign for what is none."""
    return NO_TEXT.sub(UNREADABLE, text)


def _readable(sent: QueryDict) -> QueryDict:
    if not any(NO_TEXT.search(text) for name in sent for text in (name, *sent.getlist(name))):
        return sent
    made = QueryDict(mutable=True)
    for name in sent:
        made.setlist(readable(name), [readable(text) for text in sent.getlist(name)])
    made._mutable = False
    return made
