"""The request of a signed-in person, with its type. LoginRequiredMiddleware makes it true at run time."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.models import User


class PersonRequest(HttpRequest):
    user: "User"  # AnonymousUser never passes LoginRequiredMiddleware
    htmx: "HtmxDetails"
