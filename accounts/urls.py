"""Addresses of sign-in and of the person's own choices."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("confirm/", views.confirm_page, name="confirm"),
    path("large-print/", views.large_print, name="large-print"),
]
