"""Addresses of files: what became of one, and its pages."""

from django.urls import path

from uploads import views

urlpatterns = [
    path("uploads/<key:pk>/", views.state, name="upload-state"),
    path("uploads/<key:pk>/dismiss/", views.dismiss, name="upload-dismiss"),
    path("uploads/<key:pk>/<key:page>/", views.closely, name="upload-page"),
    path("uploads/<key:pk>/<key:page>.jpg", views.picture, name="upload-picture"),
]
