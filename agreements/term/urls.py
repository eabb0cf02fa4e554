"""Addresses of what ends or follows an agreement."""

from django.urls import path

from agreements.term import views

urlpatterns = [
    path("agreements/<name:number>/terminate/", views.terminate, name="agreement-terminate"),
    path("agreements/<name:number>/renew/", views.renew, name="agreement-renew"),
    path("agreements/<name:number>/replace/", views.replace, name="agreement-replace"),
    path("agreements/<name:number>/supplement/", views.supplement, name="agreement-supplement"),
]
