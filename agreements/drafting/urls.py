"""Addresses of the wizard."""

from django.urls import path

from agreements.drafting import views

urlpatterns = [
    path("agreements/start/", views.start, name="agreement-start"),
    path("agreements/<name:number>/copy/", views.copy, name="agreement-copy"),
    path("agreements/<name:number>/draft/", views.resume, name="draft-resume"),
    path("agreements/<name:number>/registering-letter.pdf", views.registering_letter, name="registering-letter"),
    path("agreements/<name:number>/draft/live/", views.live_terms, name="draft-live"),
    path("agreements/<name:number>/draft/<name:slug>/", views.step, name="draft-step"),
]
