"""Addresses of the papers. Files are served only through these views."""

from django.urls import path

from agreements.documents import verifying, views

urlpatterns = [
    path("agreements/<name:number>/preview/", views.preview, name="agreement-preview"),
    path("agreements/<name:number>/preview-panel/", views.preview_panel, name="preview-panel"),
    path("agreements/<name:number>/preview.pdf", views.preview_file, name="preview-file"),
    path("agreements/<name:number>/copies/", views.request_copies, name="copies-request"),
    path("agreements/<name:number>/copies/<key:rendition>/<key:copy>.pdf", views.download_copy, name="copy-download"),
    path("agreements/<name:number>/copies/<key:rendition>/print.pdf", views.download_print, name="print-download"),
    path("verify/", verifying.verify_file, name="verify-file"),
    # In capitals as a QR code holds it; in small letters as it once did, and as a person may type it.
    path("V/<name:number>/<key:copy>/<key:page>-<key:pages>/<name:digest>", views.verify_page, name="verify-page"),
    path("v/<name:number>/<key:copy>/<key:page>-<key:pages>/<name:digest>", views.verify_page, name="verify-page"),
]
