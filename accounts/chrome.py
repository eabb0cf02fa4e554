"""What every page's frame shows of the person: name, institution, large print, demo mark."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User


def chrome(request: HttpRequest) -> dict[str, object]:
    """Return the variables of the page frame."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return {"is_demo_site": settings.DEMO, "large_print": False}
    return {
        "is_demo_site": settings.DEMO,
        "large_print": user.large_print,
        "acting_for": SimpleLazyObject(lambda: _acting_for(user)),
    }


def _acting_for(user: User) -> str:
    names = user.memberships.order_by("institution__name").values_list("institution__name", flat=True).distinct()
    return "、".join(names)
