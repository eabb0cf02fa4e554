"""Passwords: good ones, old ones, issued ones; and the mobile number as a name to sign in by."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts import passwords
from accounts.events import PasswordChanged, PasswordIssued, SignInFailed
from accounts.models import Session, User, bare_number
from accounts.second_factor import current_code
from audit.models import Entry
from tests.accounts.test_second_factor import is_in
from tests.factories import PASSWORD, with_device
from yiyang.settings import PASSWORD_HASHERS

pytestmark = pytest.mark.django_db
NEW = "Xin-mima-2027"


def change(client: Client, password: str = NEW, again: str | None = None) -> int:
    typed = {"new_password1": password, "new_password2": password if again is None else again}
    return client.post(reverse("password-change"), typed).status_code


@pytest.mark.parametrize("password", ["Aa1-", "nurtured tree", "Clerk123", "20261122", "password1", "abcdefgh12"])
def test_poor_passwords_are_refused_in_chinese(password: str, elder_care_clerk: User) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, elder_care_clerk)
    assert all("一" <= message[0] <= "龥" for message in refused.value.messages)


def test_changing_it_ends_the_sessions_elsewhere(client: Client, elder_care_clerk: User) -> None:
    other = Client()
    for window in (client, other):
        window.force_login(elder_care_clerk)
    assert change(client, NEW, "Xin-mima-2028") == 422
    assert change(client) == 302
    assert (is_in(client), is_in(other)) == (True, False)
    assert Client().post(reverse("sign-in"), {"username": "clerk", "password": NEW}).status_code == 302
    assert Entry.objects.filter(event=PasswordChanged.code).count() == 1


def test_none_of_the_last_three_comes_back(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    assert change(client, PASSWORD) == 422
    assert [change(client, f"{NEW}{n}") for n in range(2)] == [302, 302]
    assert [change(client, old) for old in (PASSWORD, f"{NEW}0", f"{NEW}1")] == [422] * 3
    assert [change(client, new) for new in (f"{NEW}2", PASSWORD)] == [302, 302]
    assert elder_care_clerk.former_passwords.count() == 2


def test_an_issued_password_opens_nothing_but_its_change(client: Client, signatory: User, auditor: User) -> None:
    client.force_login(signatory)
    device = with_device(signatory)
    issued = passwords.issue(signatory, by=auditor)
    assert not is_in(client)
    validate_password(issued)
    client.post(reverse("sign-in"), {"username": "signatory", "password": issued})
    client.post(reverse("sign-in-code"), {"code": current_code(device)})
    for address in ("home", "account", "agreement-list", "second-factor"):
        assert client.get(reverse(address))["Location"] == reverse("password-change")
    assert client.get(reverse("session")).status_code == 200
    assert "临时密码" in client.get(reverse("password-change")).content.decode()
    assert change(client, issued) == 422
    assert change(client) == 302
    assert is_in(client)
    entry = Entry.objects.get(event=PasswordIssued.code)
    assert (entry.actor_id, entry.subject_id) == (auditor.pk, signatory.pk)
    assert issued not in str(list(Entry.objects.values()))
    with pytest.raises(PermissionDenied):
        passwords.issue(signatory, by=signatory)


def test_an_issued_password_is_asked_again_before_its_change_after_a_while(
    client: Client, elder_care_clerk: User, auditor: User
) -> None:
    issued = passwords.issue(elder_care_clerk, by=auditor)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.post(reverse("sign-in"), {"username": "clerk", "password": issued})
        clock.shift(timedelta(minutes=11))
        asked = client.get(reverse("password-change"))["Location"]
        assert client.get(asked).status_code == 200
        done = client.post(reverse("confirm"), {"password": issued, "next": reverse("password-change")})
        assert done["Location"] == reverse("password-change")
        assert change(client) == 302


def test_old_hashes_become_argon2_at_sign_in(client: Client, elder_care_clerk: User) -> None:
    with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        old = make_password(PASSWORD, hasher="pbkdf2_sha256")
        User.objects.filter(pk=elder_care_clerk.pk).update(password=old)
        assert client.post(reverse("sign-in"), {"username": "clerk", "password": PASSWORD}).status_code == 302
        elder_care_clerk.refresh_from_db()
        assert identify_hasher(elder_care_clerk.password).algorithm == "argon2"
        assert is_in(client)


@pytest.mark.parametrize("typed", ["13800138000", "+86 138-0013-8000", "１３８００１３８０００", "8613800138000"])
def test_a_mobile_number_is_one_number_however_it_is_typed(typed: str) -> None:
    assert bare_number(typed) == "13800138000"


def test_signing_in_by_mobile_number(client: Client, elder_care_clerk: User, colleague: User) -> None:
    elder_care_clerk.mobile = "138 0013 8000"
    elder_care_clerk.save()
    assert User.objects.get(mobile="+86 13800138000") == elder_care_clerk
    wrong = client.post(reverse("sign-in"), {"username": "13800138000", "password": "wrong"})
    unknown = client.post(reverse("sign-in"), {"username": "13900139000", "password": "wrong"})
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert Entry.objects.filter(event=SignInFailed.code, subject_id=elder_care_clerk.pk).count() == 1
    assert client.post(reverse("sign-in"), {"username": "138-0013-8000", "password": PASSWORD}).status_code == 302
    colleague.mobile = "13800138000"
    with pytest.raises(ValidationError, match="这个手机号已用于另一个账号"):
        colleague.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        colleague.save()


def test_a_name_that_is_also_a_number_stays_a_name(client: Client, elder_care_clerk: User, colleague: User) -> None:
    """New names are never digits alone; an old one that is opens its own account, not that of the number."""
    User.objects.filter(pk=elder_care_clerk.pk).update(mobile="13800138000")
    User.objects.filter(pk=colleague.pk).update(username="13800138000")
    client.post(reverse("sign-in"), {"username": "13800138000", "password": PASSWORD})
    assert Session.objects.get(pk=client.session.session_key).user == colleague
    with pytest.raises(ValidationError, match="不能全是数字"):
        User.objects.get(pk=colleague.pk).full_clean()


@pytest.mark.parametrize("number", ["86123456789", "8613800138", "1380013800013", "861380013800000"])
def test_only_a_mobile_number_of_china_loses_its_country_code(number: str) -> None:
    assert bare_number(number) == number


@pytest.mark.parametrize("text", ["", "   ", "+", "138-0013x", "clerk", "138_0013"])
def test_what_is_no_number_has_no_digits(text: str) -> None:
    assert bare_number(text) == ""


@pytest.mark.parametrize(
    ("password", "is_refused"),
    [
        *((two, True) for two in ("abcdefGHIJKL", "abcdef123456", "ABCDEF--!!??", "密码密码abcdef", "123456密码--")),
        *((three, False) for three in ("abcDEF123456", "abcdef-12345", "ABCDEF-12345", "abcDEF------")),
        *((three, False) for three in ("abcDEF密码密码", "abcdef密码123", "ABCDEF密码123")),
    ],
)
def test_three_kinds_of_letters_are_asked_for(password: str, *, is_refused: bool) -> None:
    told: list[str] = []
    try:
        passwords.ThreeKindsValidator().validate(password)
    except ValidationError as refusal:
        told = [str(refusal.code)]
    assert told == ["password_too_plain"] * is_refused


def test_a_password_used_before_is_refused_by_its_own_reason(elder_care_clerk: User) -> None:
    with pytest.raises(ValidationError) as refused:
        passwords.NotUsedBeforeValidator().validate(PASSWORD, elder_care_clerk)
    assert (refused.value.code, refused.value.messages) == (
        "password_used_before",
        ["新密码不能与最近三次用过的密码相同。"],
    )
    passwords.NotUsedBeforeValidator().validate(PASSWORD, User(username="new"))
