"""Addresses of the papers. Files are served only through these views."""

from django.urls import path

from agreements.documents import views

urlpatterns = [
    path("agreements/<str:number>/preview/", views.preview, name="agreement-preview"),
    path("agreements/<str:number>/copies/", views.request_copies, name="copies-request"),
    path("agreements/<str:number>/copies/<int:rendition>/<int:copy>.pdf", views.download_copy, name="copy-download"),
    path("agreements/<str:number>/copies/<int:rendition>/print.pdf", views.download_print, name="print-download"),
    path("v/<str:number>/<int:copy>/<int:page>-<int:pages>/<str:digest>", views.verify_page, name="verify-page"),
]
