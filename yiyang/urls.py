"""All addresses. Anonymous access is opt-in: LoginRequiredMiddleware guards the rest."""

from django.urls import URLPattern, URLResolver, include, path

from yiyang.health import health
from yiyang.home import home
from yiyang.institutions_register import institution_export, institution_list

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("health/", health, name="health"),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("agreements.urls")),
    path("", include("filing.urls")),
    path("institutions/", institution_list, name="institution-list"),
    path("institutions/export/", institution_export, name="institution-export"),
    path("", include("institutions.imports.urls")),
    path("", include("institutions.urls")),
    path("", include("institutions.survey.urls")),
    path("", include("institutions.eligibility.urls")),
    path("", include("institutions.people.urls")),
    path("", include("regions.urls")),
    path("", include("coverage.urls")),
    path("", include("yiyang.log_pages.urls")),
]

handler400 = "yiyang.errors.bad_request"
handler403 = "yiyang.errors.forbidden"
handler404 = "yiyang.errors.not_found"
handler500 = "yiyang.errors.server_error"
