"""Addresses of agreements and templates, room by room."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("agreements.drafting.urls")),
    path("", include("agreements.negotiation.urls")),
    path("", include("agreements.documents.urls")),
    path("", include("agreements.catalogue.urls")),
    path("", include("agreements.signing.urls")),
    path("", include("agreements.term.urls")),
    path("", include("agreements.register.urls")),
]
