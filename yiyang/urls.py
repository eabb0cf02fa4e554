"""All addresses. Anonymous access is opt-in: LoginRequiredMiddleware guards the rest."""

from django.urls import URLPattern, URLResolver, include, path

from yiyang.accessibility import accessibility
from yiyang.guide import guide
from yiyang.health import health
from yiyang.home import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("health/", health, name="health"),
    path("guide/", guide, name="guide"),
    path("accessibility/", accessibility, name="accessibility"),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("uploads.urls")),
    path("", include("exports.urls")),
    path("", include("agreements.urls")),
    path("", include("filing.urls")),
    path("", include("imports.urls")),
    path("", include("institutions.urls")),
    path("", include("surveys.urls")),
    path("", include("eligibility.urls")),
    path("", include("duties.urls")),
    path("", include("sealing.urls")),
    path("", include("regions.urls")),
    path("", include("coverage.urls")),
    path("", include("auditing.urls")),
]

handler400 = "yiyang.errors.bad_request"
handler403 = "yiyang.errors.forbidden"
handler404 = "yiyang.errors.not_found"
handler500 = "yiyang.errors.server_error"
