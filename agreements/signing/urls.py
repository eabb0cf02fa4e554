"""Addresses of signing on paper, of the scans and of certifying them."""

from django.urls import path

from agreements.signing import batch_views, ceremony_views, certifying_views, looking_views, scan_views, views

urlpatterns = [
    path("sign-many/", batch_views.choose, name="signing-batch"),
    path("sign-many/begin/", batch_views.begin, name="signing-batch-begin"),
    path("sign-many/templates/<key:version>/", batch_views.template, name="signing-template"),
    path("sign-many/<key:batch>/", batch_views.detail, name="signing-batch-detail"),
    path("sign-many/<key:batch>/go-on/", batch_views.go_on, name="signing-batch-go-on"),
    path("sign-many/<key:batch>/stop/", batch_views.stop, name="signing-batch-stop"),
    path("sign-many/<key:batch>/end/", batch_views.end, name="signing-batch-end"),
    path("agreements/<name:number>/signing/", views.signing, name="agreement-signing"),
    path("agreements/<name:number>/sign/", ceremony_views.ceremony, name="agreement-sign"),
    path("agreements/<name:number>/sign/now/", ceremony_views.sign, name="agreement-sign-now"),
    path("agreements/<name:number>/sign/blanks/", batch_views.blanks, name="agreement-blanks"),
    path("agreements/<name:number>/sign/decline/", ceremony_views.decline, name="agreement-decline"),
    path("agreements/<name:number>/sign/extend/", ceremony_views.extend, name="signing-extend"),
    path("agreements/<name:number>/sign/copies/<key:copy>.pdf", ceremony_views.copy_file, name="signing-copy"),
    path("agreements/<name:number>/sign/pages/<key:page>.jpg", ceremony_views.page_picture, name="signing-page"),
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
    path("agreements/<name:number>/scans/blanks/", views.set_blanks_aside, name="scan-blanks"),
    path("agreements/<name:number>/scans/<key:scan>/take-back/", views.take_back, name="scan-take-back"),
    path("agreements/<name:number>/scans/", views.attach, name="scan-attach"),
    path("agreements/<name:number>/scans/<key:scan>/", scan_views.scan_file, name="scan-file"),
]
