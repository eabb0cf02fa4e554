"""Tells whoever ordered a job while the broker was away that it stands and is done later."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jobs.bell import noting_silence
from jobs.kind import ALL

LATER = "已登记，稍后处理：后台暂时没有响应，恢复后会自动继续，不用重新提交。"


class SilenceMiddleware:
    """Stands inside MessageMiddleware. What nobody waits for at a page, such as letters, is no reason to speak."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with noting_silence() as silent:
            response = self.get_response(request)
        if any(ALL[name].is_awaited for name in silent):
            messages.warning(request, LATER)
        return response
