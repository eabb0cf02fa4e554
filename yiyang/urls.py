"""All addresses. Anonymous access is opt-in: LoginRequiredMiddleware guards the rest."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
