"""Addresses of the acts between the two sides."""

from django.urls import path

from agreements.negotiation import approval_views, views

urlpatterns = [
    path("agreements/<name:number>/send/", views.send, name="agreement-send"),
    path("agreements/<name:number>/agree/", views.agree, name="agreement-agree"),
    path("agreements/<name:number>/return/", views.return_to_drafter, name="agreement-return"),
    path("agreements/<name:number>/withdraw/", views.withdraw, name="agreement-withdraw"),
    path("agreements/<name:number>/remind/", views.remind, name="agreement-remind"),
    path("agreements/<name:number>/rescind/", views.rescind, name="agreement-rescind"),
    path("agreements/<name:number>/rescind/answer/", views.answer_rescission, name="rescission-answer"),
    path("agreements/<name:number>/approval/", approval_views.ask, name="approval-ask"),
    path("approvals/<key:pk>/", approval_views.answer, name="approval-answer"),
    path("approvals/<key:pk>/take-back/", approval_views.take_back, name="approval-take-back"),
    path("institutions/<key:pk>/approval/", approval_views.switch, name="approval-switch"),
    path("agreements/<name:number>/discard/", views.discard, name="agreement-discard"),
]
