"""What every page's frame shows of the person and the site: large print, room in lists, demo mark."""

from django.conf import settings
from django.http import HttpRequest

from accounts.models import User


def chrome(request: HttpRequest) -> dict[str, object]:
    """Return the variables of the page frame."""
    return {
        "is_demo_site": settings.DEMO,
        "operator": settings.OPERATOR_NAME,
        "operator_phone": settings.OPERATOR_PHONE,
        **_of_person(request),
    }


def _of_person(request: HttpRequest) -> dict[str, object]:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return {"large_print": False, "roomy_lists": False}
    return {"large_print": user.large_print, "roomy_lists": user.roomy_lists}
