"""What an administrator does about one person: granting, ending, helping. Each asks once."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.confirming import recently_confirmed
from accounts.requests import PersonRequest
from boundary.rates import POSTS, limited
from boundary.turns import in_turn
from duties import granting, helping, sealed
from duties.forms import GrantForm, ReasonForm
from duties.here import further_duties, looked_after, person_at
from duties.links import letter_file
from duties.places import name_of, where
from institutions.models import Duty, Membership
from once.sending import sent_once

GET_AND_POST = ["GET", "POST"]


@require_http_methods(GET_AND_POST)
@recently_confirmed
@sent_once
def grant(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a further duty to somebody of the place."""
    place = looked_after(request)
    user = person_at(place, pk)
    form = GrantForm(request.POST or None, duties=further_duties(request.user, place, user))
    if request.method == "POST" and form.is_valid():
        granted = granting.grant(user, Duty(form.cleaned_data["duty"]), place, by=request.user)
        words = "现在是" if granted.is_effective else "待另一位管理员确认本人后，成为"
        messages.success(request, f"{user.full_name}{words}{granted.place}的{granted.get_duty_display()}。")
        return redirect("person", pk)
    context = {
        "title": f"授予{user.full_name}新的职责",
        "sentence": "授予后对方会收到消息。需要动态口令的职责，对方要重新登录一次。",
        "button": "确定授予",
        "form": form,
        "person": user,
    }
    return render(request, "duties/act.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_AND_POST)
@recently_confirmed
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then take the duty away."""
    place = looked_after(request)
    found = Membership.objects.filter(**where(place)).select_related("user", "institution", "authority")
    membership = get_object_or_404(found, pk=pk)
    form = ReasonForm(request.POST or None)
    words = f"{membership.user.full_name}的{membership.get_duty_display()}职责"
    if request.method == "POST" and form.is_valid():
        granting.end(membership, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"已解除{words}。")
        return redirect("home" if membership.user_id == request.user.pk else "people-list")
    context = {
        "title": f"解除{words}",
        "sentence": f"解除后，对方不能再以这个身份办理{membership.place}的业务；已办的业务不受影响。",
        "button": "确定解除",
        "is_grave": True,
        "form": form,
        "person": membership.user,
    }
    return render(request, "duties/act.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@never_cache
@in_turn(POSTS)
@limited("render", methods=POSTS)
@transaction.atomic
@sensitive_variables("password")
def issue_password(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Ask once, then print a sealed letter with a temporary password, which no page shows."""
    place = looked_after(request)
    user = person_at(place, pk)
    if request.method == "POST":
        password = helping.issue_password(user, by=request.user)
        messages.success(request, f"{user.full_name}的临时密码已打印成密封信，原来的密码已失效。请封好当面交给本人。")
        return letter_file(sealed.of_password(user, password, place=name_of(place), by=request.user))
    context = {
        "title": f"给{user.full_name}打印临时密码",
        "sentence": (
            "会得到一页密封信，只能打印这一次，请封好当面交给本人。原来的密码立即失效，已登录的会退出。"
            "对方的职责暂停，直到另一位人员当面确认是本人；您自己不能确认。"
        ),
        "button": "打印密封信",
        "is_grave": True,
        "person": user,
        "letter_then": reverse("person", args=[pk]),
    }
    return render(request, "duties/act.html", context)


@require_http_methods(GET_AND_POST)
@recently_confirmed
def reset_second_factor(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask once, then take the device away; the person enrols a new one at the next sign-in."""
    user = person_at(looked_after(request), pk)
    if request.method == "POST":
        helping.reset_second_factor(user, by=request.user)
        told = "下次登录时重新绑定手机；职责待另一位人员当面确认是本人后恢复。"
        messages.success(request, f"{user.full_name}的动态口令已重置，{told}")
        return redirect("person", pk)
    context = {
        "title": f"重置{user.full_name}的动态口令",
        "sentence": (
            "原来的手机和恢复码立即失效，已登录的会退出。请先核实确是本人更换或丢失了手机。"
            "对方的职责暂停，直到另一位人员当面确认是本人；您自己不能确认。"
        ),
        "button": "确定重置",
        "is_grave": True,
        "person": user,
    }
    return render(request, "duties/act.html", context)
