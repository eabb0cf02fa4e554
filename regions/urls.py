"""Addresses of the regions and their policy."""

from django.urls import path

from regions import views

urlpatterns = [
    path("regions/", views.region_list, name="region-list"),
    path("regions/<name:code>/", views.region_detail, name="region-detail"),
]
