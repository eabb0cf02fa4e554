"""Addresses of the template catalogue."""

from django.urls import path

from agreements.catalogue import views

urlpatterns = [
    path("templates/", views.template_list, name="template-list"),
    path("templates/<name:slug>/", views.template_detail, name="template-detail"),
]
