"""Inviting, withdrawing, and the page that the link leads to."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.confirming import recently_confirmed
from accounts.models import User
from accounts.passwords import note_set_here
from accounts.requests import PersonRequest
from boundary.rates import limited
from boundary.turns import in_turn
from duties import inviting, platform, sealed
from duties.confirmers import whom_to_ask
from duties.forms import InviteForm, NewAccountForm
from duties.here import looked_after
from duties.links import letter_again, letter_file
from duties.models import AdministratorRequest, Invitation
from duties.permissions import grantable, is_administrator
from duties.places import name_of, place_of, where
from duties.separation import clash_of
from institutions.models import Duty, Membership
from once.sending import secret_of, sent_once, shown_again
from verbs.errors import WrongState

GET_AND_POST = ["GET", "POST"]
FORBIDDEN, GONE = 403, 410


@require_http_methods(GET_AND_POST)
@recently_confirmed
@never_cache
@sent_once
def invite(request: PersonRequest) -> HttpResponse:
    """Ask for name and duty, and lead to the page that says how the link reaches its holder."""
    place = looked_after(request)
    form = InviteForm(request.POST or None, duties=grantable(request.user, place))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        invitation, _ = inviting.invite(
            asked["full_name"], Duty(asked["duty"]), place, by=request.user, email=asked["email"]
        )
        return redirect("invitation-sent", invitation.pk)
    context = {"form": form, "place_name": name_of(place)}
    return render(request, "duties/invite.html", context, status=422 if form.errors else 200)


@require_GET
@never_cache
def sent(request: PersonRequest, pk: int) -> HttpResponse:
    """How the link of an open invitation reaches its holder, and what happens then. It shows no link."""
    invitation = get_object_or_404(inviting.cancellable(request.user), pk=pk)
    claimed = AdministratorRequest.objects.filter(invitation=invitation).exclude(claim="").first()
    context = {
        "invitation": invitation,
        "claimed": claimed if claimed is not None and claimed.claim == invitation.digest else None,
        "is_mine": invitation.invited_by_id == request.user.pk,
        "is_gone": bool(inviting.obstacle(invitation, None)),
        "nobody_confirms": platform.is_alone(request.user) and invitation.authority_id is not None,
    }
    return render(request, "duties/invitation_sent.html", context)


@require_POST
@recently_confirmed
@never_cache
@in_turn()
@limited("render")
@shown_again(letter_again)
def letter(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Print the sealed letter, with a new secret: this once, but to a double click the same again."""
    invitation = get_object_or_404(inviting.cancellable(request.user), pk=pk)
    secret = inviting.print_letter(invitation, by=request.user, secret=secret_of(request))
    messages.success(request, f"给{invitation.full_name}的密封信已打印。请封好，当面交给本人。")
    return letter_file(sealed.of_invitation(invitation, secret, by=request.user))


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
    is_new = not isinstance(request.user, User)
    done = _done(request, get_object_or_404(held), is_new=is_new)
    if is_new and invitation.accepted_by.check_password(request.POST.get("password", "")):
        # As it was then: sending the form again makes no password younger that somebody may have seen since.
        note_set_here(done, invitation.accepted_by, at=invitation.settled_at)
    return done


@login_not_required
@limited("join")
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
    if person is not None and not inviting.obstacle(invitation, None):
        inviting.note_opened(invitation, person)
    obstacle = inviting.obstacle(invitation, person)
    if person is not None and request.method == "GET":  # a post is answered by the verb, once and again the same
        obstacle = obstacle or clash_of(person, Duty(invitation.duty), place_of(invitation))
    if obstacle:
        context = {"invitation": invitation, "obstacle": obstacle}
        status = GONE if inviting.obstacle(invitation, None) else FORBIDDEN
        return render(request, "duties/invitation_gone.html", context, status=status)
    if person is not None:
        return _accept(request, invitation, person)
    return _new_account(request, invitation)


def _accept(request: HttpRequest, invitation: Invitation, person: User) -> HttpResponse:
    if request.method == "POST":
        return _done(request, inviting.accept(invitation, by=person), is_new=False)
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
        done = _done(request, membership, is_new=True)
        note_set_here(done, membership.user)
        return done
    context = {"invitation": invitation, "form": form}
    return render(request, "duties/invitation.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, membership: Membership, *, is_new: bool) -> HttpResponse:
    """Say what was accepted and, while it does not count yet, who confirms it."""
    whom = "" if membership.is_effective else whom_to_ask(membership)
    context = {"membership": membership, "is_new": is_new, "whom": whom}
    return render(request, "duties/invitation_done.html", context)
