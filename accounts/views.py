"""Sign-in, sign-out and the person's own choices."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import SignInForm
from accounts.requests import PersonRequest
from accounts.signing_in import demo_accounts, record_failure, record_sign_in


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    onward = _onward(request)
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            user = form.get_user()
            login(request, user)
            record_sign_in(user)
            return redirect(onward)
        record_failure(form.cleaned_data.get("username", ""))
    return render(
        request,
        "accounts/sign_in.html",
        {"form": form, "onward": onward, "demo_accounts": demo_accounts(), "demo_password": settings.DEMO_PASSWORD},
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


@require_POST
def large_print(request: PersonRequest) -> HttpResponse:
    """Turn 长辈版 on or off for this person, on every computer."""
    user = request.user
    user.large_print = not user.large_print
    user.save(update_fields=["large_print"])
    return redirect(_onward(request))


def _onward(request: HttpRequest) -> str:
    """Return where to go next: `next` if it is an address of ours, else the work list."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else resolve_url("home")
