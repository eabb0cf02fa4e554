"""The platform administrator's pages: bureaus and who looks after them, accounts, suspending and restoring."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.confirming import recently_confirmed
from accounts.models import User
from accounts.requests import PersonRequest
from boundary.rates import limited
from duties import inviting, platform, sockets, suspending
from duties.confirmers import waiting_for
from duties.forms import InviteForm, ReasonForm, SearchForm
from duties.permissions import grantable, refuse_unless_platform_administrator
from institutions.models import Authority, Duty
from once.sending import sent_once

GET_AND_POST = ["GET", "POST"]
PER_PAGE = 25


@require_GET
@limited("search")
def authorities(request: PersonRequest) -> HttpResponse:
    """The bureaus with their administrators; those without any first."""
    refuse_unless_platform_administrator(request.user)
    form = SearchForm(request.GET, label="部门或地区的名称")
    closed = "closed" in request.GET
    found = platform.authorities(form.text, without_only="without" in request.GET and not closed, closed=closed)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "without_only": "without" in request.GET,
        "closed": closed,
        "holders": waiting_for(request.user),
        "is_alone": platform.is_alone(request.user),
        "lacking": [each for lacking in sockets.WITHOUT_BUREAU for each in lacking()],
    }
    return render(request, "duties/authorities.html", context)


@require_http_methods(GET_AND_POST)
@recently_confirmed
@never_cache
@sent_once
def appoint(request: PersonRequest, pk: int) -> HttpResponse:
    """Invite the first administrator of a bureau; the page that follows says how the link reaches its holder."""
    refuse_unless_platform_administrator(request.user)
    authority = get_object_or_404(Authority.objects.select_related("region"), pk=pk)
    duties = grantable(request.user, authority)
    if not duties:
        closed = authority.closed_on is not None
        raise PermissionDenied("这个部门已经撤销。" if closed else "这个部门已有管理员，由他们邀请其他人。")
    form = InviteForm(request.POST or None, duties=duties)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        invitation, _ = inviting.invite(
            typed["full_name"], Duty(typed["duty"]), authority, by=request.user, email=typed["email"]
        )
        return redirect("invitation-sent", invitation.pk)
    context = {"form": form, "place_name": authority.name}
    return render(request, "duties/invite.html", context, status=422 if form.errors else 200)


@require_GET
@limited("search")
@never_cache
def accounts(request: PersonRequest) -> HttpResponse:
    """Accounts by name or user name, with what they hold; nothing is listed before something is asked for."""
    refuse_unless_platform_administrator(request.user)
    form = SearchForm(request.GET)
    page = Paginator(platform.accounts(form.text), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "duties/accounts.html", {"form": form, "page": page, "asked": form.text})


@require_http_methods(GET_AND_POST)
@recently_confirmed
def suspend(request: PersonRequest, pk: int) -> HttpResponse:
    user = _account(request, pk)
    words = {
        "title": f"停用{user.full_name}的账号",
        "sentence": "停用后立即退出登录，不能再登录，直到恢复。任职保留，本人发出的邀请作废。",
        "button": "确定停用",
        "is_grave": True,
    }
    return _decide(request, user, suspending.suspend, done=f"{user.full_name}的账号已停用。", words=words)


@require_http_methods(GET_AND_POST)
@recently_confirmed
def restore(request: PersonRequest, pk: int) -> HttpResponse:
    user = _account(request, pk)
    words = {
        "title": f"恢复{user.full_name}的账号",
        "sentence": "恢复后可以用原来的密码登录，职责与停用前相同。",
        "button": "确定恢复",
    }
    return _decide(request, user, suspending.restore, done=f"{user.full_name}的账号已恢复。", words=words)


def _account(request: PersonRequest, pk: int) -> User:
    refuse_unless_platform_administrator(request.user)  # first: others do not learn which accounts there are
    user = get_object_or_404(User, pk=pk)
    suspending.refuse_unless_in_charge(user, request.user)
    return user


def _decide(
    request: PersonRequest, user: User, verb: Callable[..., bool], *, done: str, words: Mapping[str, object]
) -> HttpResponse:
    """Ask for the reason, then do it."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verb(user, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, done)
        return redirect("platform-accounts")
    context = {**words, "form": form}
    return render(request, "duties/act.html", context, status=422 if form.errors else 200)
