"""Addresses of the wizard and of the acts between the two sides."""

from django.urls import path

from agreements.drafting import negotiation, views

urlpatterns = [
    path("agreements/start/", views.start, name="agreement-start"),
    path("agreements/<str:number>/draft/", views.resume, name="draft-resume"),
    path("agreements/<str:number>/draft/live/", views.live_terms, name="draft-live"),
    path("agreements/<str:number>/draft/<slug:slug>/", views.step, name="draft-step"),
    path("agreements/<str:number>/send/", negotiation.send, name="agreement-send"),
    path("agreements/<str:number>/agree/", negotiation.agree, name="agreement-agree"),
    path("agreements/<str:number>/return/", negotiation.return_to_drafter, name="agreement-return"),
    path("agreements/<str:number>/withdraw/", negotiation.withdraw, name="agreement-withdraw"),
    path("agreements/<str:number>/discard/", negotiation.discard, name="agreement-discard"),
]
