"""Addresses of people: the switch of place, people pages, invitations, administrators."""

from django.urls import path

from institutions.people.views import acting

urlpatterns = [
    path("acting/", acting.switch, name="acting-switch"),
]
