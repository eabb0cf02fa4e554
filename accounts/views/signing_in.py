"""Signing in step by step, signing out, and proving once more who is there."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import half_way, second_factor
from accounts.confirming import confirm
from accounts.events import Factor
from accounts.forms import CodeForm, ConfirmForm, EnrolForm, SignInForm
from accounts.half_way import HalfWay
from accounts.lockout import count_failure, is_resting
from accounts.models import User, spelled_alike
from accounts.onward import onward
from accounts.requests import PersonRequest
from accounts.session_store import SessionStore
from accounts.signing_in import demo_accounts, record_failure, record_second_failure, record_sign_out
from boundary.rates import POSTS, limited

REFUSED = 422


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@limited("sign-in", account_field="username", spelled=spelled_alike, methods=POSTS)
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(onward(request))
    form = SignInForm(request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            return half_way.first_factor_given(request, form.get_user(), Factor.PASSWORD, onward(request))
        if form.was_tried():
            record_failure(form.cleaned_data["username"])
    context = {"form": form, "onward": onward(request), "ended": request.GET.get("ended", "")}
    return render(request, "accounts/sign_in.html", context | _invitation())


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@limited("sign-in", methods=POSTS)
def code(request: HttpRequest) -> HttpResponse:
    """The second step for whoever has a device: the code it shows, or a recovery code."""
    person = half_way.who(request)
    if person is None or person.key:
        return _begin_again()
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not is_resting(request, person.user) and form.is_valid():
        seconds = second_factor.seconds_to_wait(person.user)
        if second := second_factor.given(person.user, form.cleaned_data["code"]):
            half_way.finish(request, person, second)
            return redirect(person.onward)
        _refuse(request, person.user, form, seconds)
    context = {"form": form, "person": person.user, "demo_code": second_factor.demo_code(person.user)}
    return render(request, "accounts/code.html", context, status=REFUSED if form.errors else 200)


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """The second step for whoever needs a device and has none: take the key, prove it, receive the recovery codes."""
    person = half_way.who(request)
    if person is None or not person.key or second_factor.has_device(person.user):
        return _begin_again()
    form = EnrolForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.enrol_first(person.user, person.key, form.cleaned_data["code"])
        if codes is not None:
            half_way.note_enrolled(request, person.user)
            return render(request, "accounts/recovery_codes_first.html", {"codes": codes, "person": person.user})
        form.add_error("code", form.wrong_code)
    return render(request, "accounts/enrol.html", _key(person, form), status=REFUSED if form.errors else 200)


@login_not_required
@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """The person says that the recovery codes are kept: signed in."""
    person = half_way.who(request)
    if person is None or not person.has_enrolled:
        return _begin_again()
    half_way.finish(request, person, Factor.ENROLLED)
    return redirect(person.onward)


@require_POST
def sign_out(request: PersonRequest) -> HttpResponse:
    record_sign_out(request.user)
    logout(request)
    return redirect("sign-in")


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
@limited("sign-in", methods=POSTS)
def confirm_page(request: PersonRequest) -> HttpResponse:
    """Ask once more who is there, then lead back to what they were about to do."""
    user = request.user
    form = ConfirmForm(request.POST if request.method == "POST" else None, with_code=second_factor.has_device(user))
    if request.method == "POST" and not is_resting(request, user) and form.is_valid():
        if confirm(request, form.cleaned_data["password"], form.cleaned_data.get("code", "")):
            return redirect(onward(request))
        form.add_error(None, "密码或动态口令不对，请重新输入。每个动态口令只能用一次，用过后请等下一个。")
    context = {"form": form, "onward": onward(request), "demo_code": second_factor.demo_code(user)}
    return render(request, "accounts/confirm.html", context, status=REFUSED if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def session(request: PersonRequest) -> HttpResponse:
    """Tell how many seconds the session lasts if nothing is done. A POST says that the person is there."""
    assert isinstance(request.session, SessionStore)  # noqa: S101 -- SESSION_ENGINE, told to the type checker
    return JsonResponse({"seconds_left": request.session.seconds_left()})


def _refuse(request: HttpRequest, user: User, form: CodeForm, seconds: int) -> None:
    """Say why the code was not taken. One that came too soon after a wrong one was not looked at and does not count."""
    if seconds and second_factor.looks_like_code(form.cleaned_data["code"]):
        form.add_error("code", f"刚才的口令不对，请等 {seconds} 秒再输入。")
        return
    record_second_failure(user)
    count_failure(request, user)
    form.add_error("code", "口令不对。请输入手机上现在显示的 6 位数字；每个口令只能用一次，用过后请等下一个。")


def _invitation() -> dict[str, object]:
    return {
        "demo_accounts": demo_accounts(),
        "demo_password": settings.DEMO_PASSWORD,
        "demo_pin": settings.DEMO_PIN,
        "oidc_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }


def _begin_again() -> HttpResponse:
    return redirect(f"{reverse('sign-in')}?ended=late")


def _key(person: HalfWay, form: EnrolForm) -> dict[str, object]:
    return {
        "form": form,
        "person": person.user,
        "qr": second_factor.qr_of(person.user, person.key),
        "key": second_factor.key_in_groups(person.key),
    }
