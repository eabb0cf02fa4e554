"""Addresses of coverage, by region code."""

from django.urls import path

from coverage import views

urlpatterns = [
    path("coverage/", views.coverage_home, name="coverage-home"),
    path("coverage/<name:code>/", views.coverage_region, name="coverage-region"),
    path("coverage/<name:code>/institutions/", views.coverage_institutions, name="coverage-institutions"),
    path("coverage/<name:code>/institutions/<key:pk>/", views.coverage_institution, name="coverage-institution"),
]
