"""Addresses of coverage, by region code."""

from django.urls import path

from coverage import views

urlpatterns = [
    path("coverage/", views.coverage_home, name="coverage-home"),
    path("coverage/<str:code>/", views.coverage_region, name="coverage-region"),
    path("coverage/<str:code>/institutions/", views.coverage_institutions, name="coverage-institutions"),
    path("coverage/<str:code>/institutions/<int:pk>/", views.coverage_institution, name="coverage-institution"),
    path("coverage/<str:code>/export/", views.coverage_export, name="coverage-export"),
]
