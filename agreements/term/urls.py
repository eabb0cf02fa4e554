"""Addresses of what ends or follows an agreement."""

from django.urls import path

from agreements.term import views

urlpatterns = [
    path("agreements/<str:number>/terminate/", views.terminate, name="agreement-terminate"),
    path("agreements/<str:number>/renew/", views.renew, name="agreement-renew"),
    path("agreements/<str:number>/supplement/", views.supplement, name="agreement-supplement"),
]
