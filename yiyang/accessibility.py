"""What the platform does for whoever sees, hears or moves with difficulty, and whom to tell. For everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


def base_for(request: HttpRequest) -> str:
    """Return the frame of a page that both strangers and signed-in people are shown: with the menu for the latter."""
    user = getattr(request, "user", None)
    return "base.html" if user is not None and user.is_authenticated else "base_bare.html"


@login_not_required
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accessibility.html", {"base": base_for(request)})
