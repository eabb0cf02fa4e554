"""What the page frame shows of the inbox."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from notifications.models import Notice


def unread_notices(request: HttpRequest) -> dict[str, object]:
    """Return how many notices wait for the person; counted only by a page that shows it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    return {"unread_notices": SimpleLazyObject(lambda: Notice.objects.visible_to(user).unread().count())}
