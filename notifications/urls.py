"""Addresses of the inbox."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.mark_all_read, name="inbox-read"),
    path("inbox/<key:notice_id>/", views.open_notice, name="inbox-open"),
]
