"""Sign-in, sign-out and the person's own choices."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.confirming import confirm
from accounts.forms import ConfirmForm, SignInForm
from accounts.lockout import is_resting
from accounts.onward import onward
from accounts.requests import PersonRequest
from accounts.second_factor import has_device
from accounts.signing_in import demo_accounts, record_failure, record_sign_in


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    further = onward(request)
    if request.user.is_authenticated:
        return redirect(further)
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            user = form.get_user()
            login(request, user)
            record_sign_in(user)
            return redirect(further)
        record_failure(form.cleaned_data.get("username", ""))
    return render(
        request,
        "accounts/sign_in.html",
        {"form": form, "onward": further, "demo_accounts": demo_accounts(), "demo_password": settings.DEMO_PASSWORD},
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
    return redirect(onward(request))


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def confirm_page(request: PersonRequest) -> HttpResponse:
    """Ask once more who is there, then lead back to what they were about to do."""
    form = ConfirmForm(request.POST if request.method == "POST" else None, with_code=has_device(request.user))
    if request.method == "POST" and not is_resting(request, request.user) and form.is_valid():
        if confirm(request, form.cleaned_data["password"], form.cleaned_data.get("code", "")):
            return redirect(onward(request))
        form.add_error(None, "密码或动态口令不对，请重新输入。每个动态口令只能用一次，用过后请等下一个。")
    status = 422 if form.errors else 200
    return render(request, "accounts/confirm.html", {"form": form, "onward": onward(request)}, status=status)
