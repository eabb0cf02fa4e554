"""The first page of every role. It looks into every app, so it stands above them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from agreements.register.worklist import groups
from institutions.posts import posts_of


@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """Show what waits for the person; who has no work list is led to the first page of their menu."""
    posts = posts_of(request.user)
    if posts.is_of_an_institution:
        return render(request, "home.html", {"groups": list(groups(request.user))})
    return redirect("agreement-list" if posts.is_official else "template-list")
