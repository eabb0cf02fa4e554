"""Addresses of eligibility."""

from django.urls import path

from eligibility import review_views, views

CASE = "institutions/eligibility/<key:case>/"

urlpatterns = [
    path("institutions/eligibility/", views.home, name="eligibility-list"),
    path("institutions/<key:pk>/eligibility/", views.institution, name="eligibility-institution"),
    path("institutions/<key:pk>/eligibility/begin/", views.begin, name="eligibility-begin"),
    path(CASE, views.detail, name="eligibility-case"),
    path(f"{CASE}answer/", views.answer, name="eligibility-answer"),
    path(f"{CASE}submit/", views.submit, name="eligibility-submit"),
    path(f"{CASE}evidence/<key:evidence>/", views.evidence, name="eligibility-evidence"),
    path(f"{CASE}review/", review_views.review, name="eligibility-review"),
    path(f"{CASE}confirm/", review_views.confirm, name="eligibility-confirm"),
    path(f"{CASE}return/", review_views.return_, name="eligibility-return"),
    path(f"{CASE}withdraw/", review_views.withdraw, name="eligibility-withdraw"),
]
