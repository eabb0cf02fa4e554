"""The log's addresses."""

from django.urls import path

from auditing import views

urlpatterns = [
    path("log/", views.log_search, name="log-search"),
    path("log/works/", views.log_works, name="log-works"),
    path("log/works/verify/", views.log_verify, name="log-verify"),
    path("log/works/export/", views.log_export, name="log-export"),
    path("log/works/<key:pk>/", views.log_work, name="log-work"),
    path("log/works/<key:pk>/file/", views.log_work_file, name="log-work-file"),
    path("log/anchors/", views.log_anchors, name="log-anchors"),
    path("log/anchors/<key:number>/", views.log_anchor_file, name="log-anchor-file"),
    path("log/key/", views.log_key, name="log-key"),
    path("log/verifier/", views.log_verifier, name="log-verifier"),
]
