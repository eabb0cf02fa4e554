"""Addresses of signing on paper, of the scans and of certifying them."""

from django.urls import path

from agreements.signing import certifying_views, looking_views, scan_views, views

urlpatterns = [
    path("agreements/<name:number>/signing/", views.signing, name="agreement-signing"),
    path("agreements/<name:number>/signing/<name:role>/", views.record, name="signing-record"),
    path("agreements/<name:number>/certify/", certifying_views.certify, name="agreement-certify"),
    path("agreements/<name:number>/certify/reject/", certifying_views.reject_scan, name="agreement-reject-scan"),
    path("agreements/<name:number>/certify/pages/<key:sheet>/", looking_views.look, name="scan-page"),
    path("agreements/<name:number>/certify/pages/<key:sheet>/untick/", looking_views.untick, name="scan-page-untick"),
    path("agreements/<name:number>/certify/pages/<key:sheet>/return/", looking_views.return_, name="scan-page-return"),
    path("agreements/<name:number>/certify/copies/<key:copy>.pdf", scan_views.shown_copy, name="scan-page-copy"),
    path(
        "agreements/<name:number>/certify/copies/<key:copy>/<key:page>.jpg",
        scan_views.shown_copy_page,
        name="scan-page-picture",
    ),
    path("agreements/<name:number>/recertify/", certifying_views.recertify, name="agreement-recertify"),
    path("agreements/<name:number>/scans/place/", views.place, name="scan-place"),
    path("agreements/<name:number>/scans/<key:scan>/take-back/", views.take_back, name="scan-take-back"),
    path("agreements/<name:number>/scans/", views.attach, name="scan-attach"),
    path("agreements/<name:number>/scans/<key:scan>/", scan_views.scan_file, name="scan-file"),
]
