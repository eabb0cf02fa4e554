"""Tells the log where a request comes from. Stands above the apps: the log knows neither requests nor proxies."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit.origin import coming_from
from boundary.addresses import address_of
from yiyang.request_id import current


class OriginMiddleware:
    """Everything logged while the request is answered carries its address, browser and code. Inside RequestId's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        browser = request.headers.get("User-Agent", "")
        with coming_from(address=address_of(request) or "", user_agent=browser, request_id=current.get()):
            return self.get_response(request)
