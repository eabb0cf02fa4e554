"""Between the password and the second factor: the person is known, but not signed in. The session only remembers whom.

No page but the ones of this step knows such a session from a stranger's.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.events import Factor
from accounts.models import User
from accounts.second_factor import device_of, has_device, is_asked_of, new_key
from accounts.signing_in import record_sign_in

HALF_WAY = "half_way"
CODE_SECONDS = 5 * 60
ENROLMENT_SECONDS = 30 * 60  # an app must be found and installed first
BACKEND = "accounts.backend.AccountBackend"


@dataclass(frozen=True)
class HalfWay:
    """Whoever gave the right password, and has yet to give a code or to enrol a device."""

    user: User
    onward: str
    key: str  # of the device to be enrolled; "" for whoever has one
    has_enrolled: bool  # in this session, and the device is still theirs


def first_factor_given(
    request: HttpRequest, user: User, first: Factor, further: str, *, is_enough: bool = False
) -> HttpResponse:
    """Sign the person in, or lead whoever needs a second factor to it; `first` names the factor for the log."""
    if is_enough or not is_asked_of(user):
        login(request, user, BACKEND)
        record_sign_in(user, first)
        return redirect(further)
    begin(request, user, further, first)
    return redirect("sign-in-code" if has_device(user) else "sign-in-enrol")


def begin(request: HttpRequest, user: User, onward: str, first: Factor) -> None:
    """Remember the person until the second factor is given; `first` says what the first one was."""
    key = "" if has_device(user) else new_key()
    request.session.flush()
    request.session[HALF_WAY] = {
        "user": user.pk,
        "until": _now() + (ENROLMENT_SECONDS if key else CODE_SECONDS),
        "proof": user.get_session_auth_hash(),
        "onward": onward,
        "key": key,
        "first": first,
    }


def who(request: HttpRequest) -> HalfWay | None:
    """Return the person who is half way in; None when nobody is, after too long, or when the password was changed."""
    kept: dict[str, Any] = request.session.get(HALF_WAY, {})
    if not kept or kept["until"] < _now():
        return None
    user = User.objects.filter(pk=kept["user"]).first()
    if user is None or not user.may_sign_in or not constant_time_compare(kept["proof"], user.get_session_auth_hash()):
        return None
    return HalfWay(user, kept["onward"], kept["key"], "device" in kept and device_of(user) == kept["device"])


def note_enrolled(request: HttpRequest, person: User) -> None:
    """Remember which device was enrolled; the recovery codes are still on the person's screen."""
    kept = request.session[HALF_WAY]
    more = {"key": "", "device": device_of(person), "until": _now() + ENROLMENT_SECONDS}
    request.session[HALF_WAY] = {**kept, **more}


def finish(request: HttpRequest, half_way: HalfWay, second: Factor) -> None:
    """Sign the person in, in a session with a new key."""
    first = Factor(request.session.pop(HALF_WAY)["first"])
    login(request, half_way.user, BACKEND)
    record_sign_in(half_way.user, first, second)


def _now() -> int:
    return int(timezone.now().timestamp())
