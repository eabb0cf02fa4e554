"""Addresses of signing on paper, of the scans, and of what ends or follows an agreement."""

from django.urls import path

from agreements.signing import scan_views, succession_views, views

urlpatterns = [
    path("agreements/<str:number>/signing/", views.signing, name="agreement-signing"),
    path("agreements/<str:number>/signing/<str:role>/", views.record, name="signing-record"),
    path("agreements/<str:number>/scans/", views.attach, name="scan-attach"),
    path("agreements/<str:number>/scans/<int:scan>/", scan_views.scan_file, name="scan-file"),
    path("agreements/<str:number>/scans/<int:scan>/<int:page>.png", scan_views.scan_page, name="scan-page"),
    path("agreements/<str:number>/terminate/", succession_views.terminate, name="agreement-terminate"),
    path("agreements/<str:number>/renew/", succession_views.renew, name="agreement-renew"),
    path("agreements/<str:number>/supplement/", succession_views.supplement, name="agreement-supplement"),
]
