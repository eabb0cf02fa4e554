"""Addresses of the wizard."""

from django.urls import path

from agreements.drafting import views

urlpatterns = [
    path("agreements/start/", views.start, name="agreement-start"),
    path("agreements/<str:number>/draft/", views.resume, name="draft-resume"),
    path("agreements/<str:number>/draft/live/", views.live_terms, name="draft-live"),
    path("agreements/<str:number>/draft/<slug:slug>/", views.step, name="draft-step"),
]
