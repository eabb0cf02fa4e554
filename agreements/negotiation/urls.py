"""Addresses of the acts between the two sides."""

from django.urls import path

from agreements.negotiation import views

urlpatterns = [
    path("agreements/<str:number>/send/", views.send, name="agreement-send"),
    path("agreements/<str:number>/agree/", views.agree, name="agreement-agree"),
    path("agreements/<str:number>/return/", views.return_to_drafter, name="agreement-return"),
    path("agreements/<str:number>/withdraw/", views.withdraw, name="agreement-withdraw"),
    path("agreements/<str:number>/discard/", views.discard, name="agreement-discard"),
]
