"""What a request says, as text that a column can hold: no NUL, which PostgreSQL refuses, and no half of a character.

In an address such a text is refused (400): nobody types it, and nothing can be called so. In a form it becomes the sign
that stands for what cannot be read, so that the person sees it; every text field refuses that sign in its own words
(422). What is not UTF-8 is refused as well: other encodings, named by a header, make halves out of harmless bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
NO_TEXT = re.compile("[\0\ud800-\udfff]")
UTF_8 = codecs.lookup("utf-8")


class NoText(BadRequest):
    """What was sent is no text. The message is for the person whose browser sent it."""


class TextsMiddleware:
    """Refuses an address whose parameters are no text, and makes text of what a form sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Before any view and before the anti-forgery check, which are the first to ask for a parameter.
        if request.encoding and codecs.lookup(request.encoding) != UTF_8:
            request._encoding = None  # type: ignore[attr-defined]  # the property would read the parameters first
            raise NoText("浏览器送来的文字不是 UTF-8 编码，系统读不出来，没有处理。请换一个浏览器再试。")
        if any(NO_TEXT.search(text) for name in request.GET for text in (name, *request.GET.getlist(name))):
            raise NoText("网址里有无法识别的字符，系统没有处理。请删去网址里问号后面的内容再打开，或者从首页重新进入。")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """After the anti-forgery check, which refuses before it reads a long body."""
        if request.method == "POST":
            request.POST = _readable(request.POST)  # type: ignore[assignment]  # Django's own attribute takes any QueryDict


def whole(text: str) -> None:
    """Raise ValidationError for a text with signs that stand for what could not be read."""
    if UNREADABLE in text:
        raise ValidationError(f"有无法识别的字符（显示为 {UNREADABLE}），请删去后重新填写。", code="unreadable")


def _readable(sent: QueryDict) -> QueryDict:
    if not any(NO_TEXT.search(text) for name in sent for text in (name, *sent.getlist(name))):
        return sent
    readable = QueryDict(mutable=True)
    for name in sent:
        readable.setlist(NO_TEXT.sub(UNREADABLE, name), [NO_TEXT.sub(UNREADABLE, text) for text in sent.getlist(name)])
    readable._mutable = False
    return readable
