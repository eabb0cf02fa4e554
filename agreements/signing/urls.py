"""Addresses of signing on paper, of the scans and of certifying them."""

from django.urls import path

from agreements.signing import certifying_views, scan_views, views

urlpatterns = [
    path("agreements/<str:number>/signing/", views.signing, name="agreement-signing"),
    path("agreements/<str:number>/signing/<str:role>/", views.record, name="signing-record"),
    path("agreements/<str:number>/certify/", certifying_views.certify, name="agreement-certify"),
    path("agreements/<str:number>/certify/reject/", certifying_views.reject_scan, name="agreement-reject-scan"),
    path("agreements/<str:number>/scans/", views.attach, name="scan-attach"),
    path("agreements/<str:number>/scans/<int:scan>/", scan_views.scan_file, name="scan-file"),
    path("agreements/<str:number>/scans/<int:scan>/<int:page>.png", scan_views.scan_page, name="scan-page"),
]
