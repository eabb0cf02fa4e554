"""Addresses of the survey and of its rounds."""

from django.urls import path

from surveys import round_views, views

urlpatterns = [
    path("institutions/surveys/", views.home, name="survey-home"),
    path("institutions/surveys/ask/", round_views.ask, name="survey-ask"),
    path("institutions/surveys/<key:pk>/", round_views.detail, name="survey-round"),
    path("institutions/surveys/<key:pk>/close/", round_views.close, name="survey-round-close"),
    path("institutions/<key:pk>/survey/", views.detail, name="survey-detail"),
    path("institutions/<key:pk>/survey/edit/", views.edit, name="survey-edit"),
    path("institutions/<key:pk>/survey/beside/", views.beside, name="survey-beside"),
]
