"""Signing in by a government identity provider, and linking one's identity there. Off unless one is configured: 404."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from accounts import identities
from accounts.confirming import is_recently_confirmed, recently_confirmed
from accounts.events import Factor
from accounts.half_way import first_factor_given
from accounts.models import User
from accounts.onward import onward
from accounts.requests import PersonRequest
from boundary.rates import limited

logger = logging.getLogger(__name__)

LINKING = "linking_identity"  # in the session: the person pressed the button; see `link`
ONWARD = "identity_onward"
REFUSED = 403

Rest = ParamSpec("Rest")
Request = TypeVar("Request", bound=HttpRequest)
View = Callable[Concatenate[Request, Rest], HttpResponseBase]


def where_configured(view: View[Request, Rest]) -> View[Request, Rest]:
    @wraps(view)
    def found(request: Request, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not settings.OIDC_ISSUER:
            raise Http404
        return view(request, *args, **kwargs)

    return found


@login_not_required
@never_cache
@require_GET
@limited("sign-in")
@where_configured
def start(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the provider, with state, nonce and PKCE challenge."""
    if request.user.is_authenticated and LINKING not in request.session:
        return redirect(onward(request))
    request.session[ONWARD] = onward(request)
    answer: HttpResponseBase = OIDCAuthenticationRequestView.as_view()(request)
    return answer


@login_not_required
@never_cache
@require_GET
@where_configured
def come_back(request: HttpRequest) -> HttpResponseBase:
    """Take the provider's answer: sign in whoever has linked this identity, or link it for whoever asked to."""
    try:
        subject = identities.Provider().subject(request)
    except identities.IdentityRefused as refusal:
        logger.warning("identity refused: %s", refusal)
        return _refused(request, "refused")
    linking = request.session.pop(LINKING, None)
    further = request.session.pop(ONWARD, "") or resolve_url("home")
    if isinstance(request.user, User):
        return _link(request, request.user, subject) if linking == request.user.pk else redirect("home")
    user = identities.holder_of(subject)
    if user is None:
        return _refused(request, "unknown")
    return first_factor_given(request, user, Factor.IDENTITY, further, is_enough=settings.OIDC_IS_SECOND_FACTOR)


@recently_confirmed
@require_POST
@where_configured
def link(request: PersonRequest) -> HttpResponse:
    """Begin linking. Only a pressed button does: whoever could lead a browser here could link their own identity.

    The provider is a link on the answer, because forms may not lead elsewhere.
    """
    request.session[LINKING] = request.user.pk
    return render(request, "accounts/identity_link.html", {"oidc_name": settings.OIDC_NAME})


@recently_confirmed
@require_POST
@where_configured
def unlink(request: PersonRequest) -> HttpResponse:
    identities.unlink(request.user)
    messages.success(request, f"已解除与{settings.OIDC_NAME}的绑定。")
    return redirect("account")


def _link(request: HttpRequest, user: User, subject: str) -> HttpResponse:
    if is_recently_confirmed(request):
        identities.link(user, subject)
        messages.success(request, f"已绑定{settings.OIDC_NAME}，以后可以用它登录。")
    else:
        messages.warning(request, "间隔太久，没有绑定。请再操作一次。")
    return redirect("account")


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    context = {"reason": reason, "oidc_name": settings.OIDC_NAME}
    return render(request, "accounts/identity_refused.html", context, status=REFUSED)
