"""What every page's frame shows of the person: name, large print, demo mark."""

from django.conf import settings
from django.http import HttpRequest


def chrome(request: HttpRequest) -> dict[str, object]:
    """Return the variables of the page frame."""
    user = getattr(request, "user", None)
    return {
        "is_demo_site": settings.DEMO,
        "large_print": bool(user and user.is_authenticated and user.large_print),
    }
