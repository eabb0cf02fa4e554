"""The person's own account: password, second factor, sessions, large print."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import passwords, second_factor, sessions
from accounts.confirming import recently_confirmed
from accounts.forms import EnrolForm, NewPasswordForm
from accounts.identities import identity_of
from accounts.onward import onward
from accounts.requests import PersonRequest

REFUSED = 422
NEW_KEY = "new_key"  # in the session: of the device that is about to be enrolled


@require_GET
def account(request: PersonRequest) -> HttpResponse:
    """Show what concerns the person's own account."""
    user = request.user
    context = {
        "sessions": sessions.open_sessions(request),
        "has_device": second_factor.has_device(user),
        "needs_device": second_factor.is_required(user),
        "recovery_codes": user.recovery_codes.count(),
        "identity": identity_of(user),
        "oidc_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }
    return render(request, "accounts/account.html", context)


@never_cache
@sensitive_post_parameters("new_password1", "new_password2")
@recently_confirmed
@require_http_methods(["GET", "POST"])
def password_change(request: PersonRequest) -> HttpResponse:
    if settings.DEMO and request.user.is_demo and not request.user.must_change_password:
        messages.info(request, "演示账号的密码大家共用，不能修改。")
        return redirect("account")
    form = NewPasswordForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        passwords.change(request, form.cleaned_data["new_password1"])
        messages.success(request, "密码已修改。您在其他地方的登录都已结束。")
        done = redirect(onward(request) if "next" in request.POST or "next" in request.GET else "account")
        passwords.note_set_here(done, request.user)
        return done
    return render(request, "accounts/password_change.html", {"form": form}, status=REFUSED if form.errors else 200)


@require_POST
def sessions_end(request: PersonRequest) -> HttpResponse:
    """End the person's sessions elsewhere."""
    ended = sessions.end_others(request)
    messages.success(request, f"已结束其他 {ended} 处登录。" if ended else "没有其他登录。")
    return redirect("account")


@never_cache
@sensitive_post_parameters("code")
@recently_confirmed
@require_http_methods(["GET", "POST"])
def second_factor_page(request: PersonRequest) -> HttpResponse:
    """Enrol a device of one's own accord, or another phone in the place of the old one."""
    user = request.user
    key = request.session.setdefault(NEW_KEY, second_factor.new_key())
    form = EnrolForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.enrol(user, key, form.cleaned_data["code"])
        if codes is not None:
            del request.session[NEW_KEY]
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new_device": True})
        form.add_error("code", form.wrong_code)
    context = {
        "form": form,
        "qr": second_factor.qr_of(user, key),
        "key": second_factor.key_in_groups(key),
        "has_device": second_factor.has_device(user),
    }
    return render(request, "accounts/second_factor.html", context, status=REFUSED if form.errors else 200)


@never_cache
@recently_confirmed
@require_POST
def recovery_codes(request: PersonRequest) -> HttpResponse:
    """Void the person's recovery codes and show new ones, this once."""
    if not second_factor.has_device(request.user):
        return redirect("account")
    codes = second_factor.renew_recovery_codes(request.user)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "is_new_device": False})


@require_POST
def roomy_lists(request: PersonRequest) -> HttpResponse:
    """Give the rows of lists more room for this person, or less, on every computer."""
    user = request.user
    user.roomy_lists = not user.roomy_lists
    user.save(update_fields=["roomy_lists"])
    return redirect(onward(request))


@require_POST
def large_print(request: PersonRequest) -> HttpResponse:
    """Turn 长辈版 on or off for this person, on every computer."""
    user = request.user
    user.large_print = not user.large_print
    user.save(update_fields=["large_print"])
    return redirect(onward(request))
