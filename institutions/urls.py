"""Addresses of the institution register."""

from django.urls import path

from institutions.register import views

urlpatterns = [
    path("institutions/", views.institution_list, name="institution-list"),
    path("institutions/<int:pk>/", views.institution_detail, name="institution-detail"),
]
