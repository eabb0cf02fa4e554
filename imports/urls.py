"""Addresses of imports of institutions."""

from django.urls import path

from imports import act_views, views

ONE = "institutions/imports/<key:pk>/"

urlpatterns = [
    path("institutions/imports/", views.import_list, name="import-list"),
    path("institutions/imports/new/", views.import_upload, name="import-upload"),
    path("institutions/imports/template/<key:authority>/", act_views.import_template, name="import-template"),
    path(ONE, views.import_detail, name="import-detail"),
    path(f"{ONE}columns/", views.import_columns, name="import-columns"),
    path(f"{ONE}progress/", views.import_progress, name="import-progress"),
    path(f"{ONE}decide/", views.import_decide, name="import-decide"),
    path(f"{ONE}confirm/", act_views.import_confirm, name="import-confirm"),
    path(f"{ONE}recheck/", views.import_recheck, name="import-recheck"),
    path(f"{ONE}abandon/", views.import_abandon, name="import-abandon"),
    path(f"{ONE}source/", act_views.import_file, {"which": "source"}, name="import-source"),
    path(f"{ONE}marked/", act_views.import_file, {"which": "marked"}, name="import-marked"),
]
