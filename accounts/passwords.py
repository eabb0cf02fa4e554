"""Passwords: what a good one is, changing one's own, and issuing one for a first or a forgotten sign-in."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import MinimumLengthValidator, validate_password
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.debug import sensitive_variables

from accounts import events
from accounts.models import FormerPassword, User
from accounts.requests import PersonRequest
from accounts.sessions import end_all
from audit.log import append
from chinese.sentences import joined

KINDS_NEEDED = 3
RULE_IN_WORDS = "至少 8 位，包含小写字母、大写字母、数字、符号中的至少三种。"  # as AUTH_PASSWORD_VALIDATORS has it
FORMER_KEPT = 3  # the one in use and the two before it
LETTERS, CAPITALS, DIGITS = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"  # none that look alike
GROUP = 4
SET_HERE = "password_set_here"  # a cookie: in this browser the password in use was set
SET_HERE_FOR = timedelta(days=14)


class LongEnoughValidator(MinimumLengthValidator):
    """Django's, whose sentence has no Chinese version."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 位。"

    def get_help_text(self) -> str:
        return self.get_error_message()


class ThreeKindsValidator:
    """Three of: small letters, capitals, digits, anything else (domain practice for MLPS 8.1.4.1)."""

    def validate(self, password: str, user: User | None = None) -> None:
        kinds = {_kind(letter) for letter in password}
        if len(kinds) < KINDS_NEEDED:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return "密码要包含小写字母、大写字母、数字、符号中的至少三种。"


class NotUsedBeforeValidator:
    """None of the last three."""

    @sensitive_variables("password")
    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        former = user.former_passwords.values_list("hash", flat=True)[: FORMER_KEPT - 1]
        if any(check_password(password, each) for each in [user.password, *former]):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return "新密码不能与最近三次用过的密码相同。"


@sensitive_variables("password")
def refusal_of(password: str, user: User | None) -> str:
    """Return in one sentence all that is wrong with a password that somebody chooses, "" for a good one."""
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return joined(refused.messages)
    return ""


@sensitive_variables("password")
@transaction.atomic
def change(request: PersonRequest, password: str) -> None:
    """Give the person of this request a new password, checked before; their other sessions end, this one goes on."""
    user = _locked(request.user)
    _set(user, password, must_change=False)
    end_all(user)
    request.user.password, request.user.must_change_password = user.password, False
    update_session_auth_hash(request, request.user)
    append(events.PasswordChanged(), by=user, subject=user)


@sensitive_variables("password")
@transaction.atomic
def issue(user: User, *, by: User) -> str:
    """Give a person a temporary password and return it: it is shown once, and must be changed at the next sign-in.

    All sessions of the person end. Raises PermissionDenied for one's own account: whoever is signed in changes theirs.
    """
    if user.pk == by.pk:
        raise PermissionDenied
    password = _temporary()
    _set(_locked(user), password, must_change=True)
    append(events.PasswordIssued(sessions_ended=end_all(user)), by=by, subject=user)
    user.refresh_from_db(fields=["password", "must_change_password"])
    return password


def note_set_here(response: HttpResponse, user: User, *, at: datetime | None = None) -> None:
    """Let the browser that is answered know that this person's present password was set in it: at `at`, or just now."""
    mark = {"of": _password_mark(user), "at": (at or timezone.now()).timestamp()}
    response.set_cookie(
        SET_HERE,
        signing.dumps(mark, salt=SET_HERE),
        max_age=SET_HERE_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_set_here(request: PersonRequest) -> bool:
    """Return whether the person's present password was set in this browser, not long ago.

    Whoever handed the account to its holder, by a letter or by word of mouth, knows that password no more. Not for what
    was set before somebody else gave access to the account: they may have seen it typed.
    """
    try:
        mark = signing.loads(request.COOKIES.get(SET_HERE, ""), salt=SET_HERE, max_age=SET_HERE_FOR)
    except signing.BadSignature:
        return False
    since = request.user.doubted_since
    is_since = since is None or mark["at"] > since.timestamp()
    return is_since and constant_time_compare(mark["of"], _password_mark(request.user))


def _password_mark(user: User) -> str:
    return salted_hmac(SET_HERE, f"{user.pk}/{user.password}", algorithm="sha256").hexdigest()


def _locked(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _set(user: User, password: str, *, must_change: bool) -> None:
    if user.has_usable_password():
        FormerPassword.objects.create(user=user, hash=user.password)
    kept = user.former_passwords.values("pk")[: FORMER_KEPT - 1]
    user.former_passwords.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])


def _temporary() -> str:
    """Return three groups to be read out and typed: about 48 bits, three kinds."""
    groups = ["".join(secrets.choice(kind) for _ in range(GROUP)) for kind in (LETTERS, CAPITALS, DIGITS)]
    return "-".join(groups)


def _kind(letter: str) -> str:
    if letter.isdecimal():
        return "digit"
    if letter.islower():
        return "small"
    return "capital" if letter.isupper() else "other"
