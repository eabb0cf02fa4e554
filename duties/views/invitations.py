"""Inviting, withdrawing, and the page that the link leads to."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.confirming import recently_confirmed
from accounts.models import User
from accounts.requests import PersonRequest
from boundary.rates import limited
from duties import inviting
from duties.forms import InviteForm, NewAccountForm
from duties.here import looked_after
from duties.links import link_again, link_page
from duties.models import Invitation
from duties.permissions import grantable, is_administrator
from duties.places import name_of, place_of, where
from institutions.models import Duty, Membership
from once.sending import secret_of, shown_again
from verbs.errors import WrongState

GET_AND_POST = ["GET", "POST"]
FORBIDDEN, GONE = 403, 410


@require_http_methods(GET_AND_POST)
@recently_confirmed
@never_cache
@shown_again(link_again("people-list"))
@sensitive_variables("secret")
def invite(request: PersonRequest) -> HttpResponse:
    """Ask for name and duty; the answer to the POST shows the link, which nobody can see again."""
    place = looked_after(request)
    form = InviteForm(request.POST or None, duties=grantable(request.user, place))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        invitation, secret = inviting.invite(
            asked["full_name"],
            Duty(asked["duty"]),
            place,
            by=request.user,
            email=asked["email"],
            secret=secret_of(request),
        )
        return link_page(request, invitation, secret, back="people-list")
    context = {"form": form, "place_name": name_of(place)}
    return render(request, "duties/invite.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_AND_POST)
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask once, then withdraw."""
    invitation = get_object_or_404(inviting.cancellable(request.user), pk=pk)
    if request.method == "POST":
        inviting.cancel(invitation, by=request.user)
        messages.success(request, f"给{invitation.full_name}的邀请已撤回，原来的链接不能再用。")
        return redirect("people-list" if is_administrator(request.user) else "home")
    context = {
        "title": "撤回邀请",
        "sentence": f"撤回后，发给{invitation.full_name}的链接不能再用。需要时可以重新邀请。",
        "button": "确定撤回",
    }
    return render(request, "duties/act.html", context)


def _accepted_before(request: HttpRequest, secret: str) -> HttpResponse:
    """Show who sends the same form again what the first answer showed."""
    invitation = inviting.find(secret)
    if invitation is None or invitation.accepted_by is None:
        raise Http404
    held = Membership.objects.filter(user=invitation.accepted_by, duty=invitation.duty, **where(place_of(invitation)))
    context = {"membership": get_object_or_404(held), "is_new": not isinstance(request.user, User)}
    return render(request, "duties/invitation_done.html", context)


@login_not_required
@limited("apply")
@require_http_methods(GET_AND_POST)
@never_cache
@sensitive_post_parameters("password", "again")
@shown_again(_accepted_before)
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """What the link leads to: whoever is signed in accepts; anybody else signs in or makes an account."""
    invitation = inviting.find(secret)
    if invitation is None:
        raise Http404
    person = request.user if isinstance(request.user, User) else None
    obstacle = inviting.obstacle(invitation, person)
    if obstacle:
        context = {"invitation": invitation, "obstacle": obstacle}
        status = GONE if inviting.obstacle(invitation, None) else FORBIDDEN
        return render(request, "duties/invitation_gone.html", context, status=status)
    if person is not None:
        return _accept(request, invitation, person)
    return _new_account(request, invitation)


def _accept(request: HttpRequest, invitation: Invitation, person: User) -> HttpResponse:
    if request.method == "POST":
        membership = inviting.accept(invitation, by=person)
        return render(request, "duties/invitation_done.html", {"membership": membership})
    return render(request, "duties/invitation.html", {"invitation": invitation, "person": person})


def _new_account(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = NewAccountForm(request.POST or None, full_name=invitation.full_name)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        account = inviting.NewAccount(typed["username"], typed["mobile"], typed["email"], typed["password"])
        try:
            membership = inviting.accept_anew(invitation, account)
        except IntegrityError:
            raise WrongState("这个用户名或手机号刚刚被别人使用了，请返回换一个。") from None
        context = {"membership": membership, "is_new": True}
        return render(request, "duties/invitation_done.html", context)
    context = {"invitation": invitation, "form": form}
    return render(request, "duties/invitation.html", context, status=422 if form.errors else 200)
