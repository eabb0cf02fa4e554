"""Addresses of the register and one agreement's page."""

from django.urls import path

from agreements.register import views

urlpatterns = [
    path("agreements/", views.agreement_list, name="agreement-list"),
    path("agreements/<name:number>/", views.agreement_detail, name="agreement-detail"),
    path("agreements/<name:number>/letter.pdf", views.partner_letter, name="partner-letter"),
    path("agreements/<name:number>/rounds/<key:round_number>/", views.round_detail, name="agreement-round"),
    path("agreements/<name:number>/copies-panel/", views.copies_panel, name="copies-panel"),
]
