"""Addresses of the lists that somebody takes along."""

from django.urls import path

from exports import views

urlpatterns = [
    path("exports/", views.export_list, name="export-list"),
    path("exports/order/<name:slug>/", views.export_order, name="export-order"),
    path("exports/<key:pk>/", views.export_detail, name="export-detail"),
    path("exports/<key:pk>/file/", views.export_file, name="export-file"),
    path("exports/<key:pk>/delete/", views.export_delete, name="export-delete"),
]
