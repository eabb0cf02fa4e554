"""The second step of signing in: who must give it, what it takes, and that nobody is in before it."""

import re
from base64 import b32decode
from datetime import timedelta
from typing import Any

import pytest
import time_machine
import zxingcpp
from django.core.exceptions import PermissionDenied
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from PIL import Image, ImageDraw

from accounts import second_factor
from accounts.events import (
    RecoveryCodeUsed,
    SecondFactorEnrolled,
    SecondFactorFailed,
    SecondFactorReset,
    SignedIn,
    SignInLocked,
)
from accounts.half_way import CODE_SECONDS
from accounts.models import PhoneDevice, RecoveryCode, Session, User
from accounts.second_factor import current_code
from audit.models import Entry
from tests.at_once import at_once
from tests.factories import PASSWORD, with_device

pytestmark = pytest.mark.django_db
STEP = timedelta(seconds=30)


def give_password(client: Client, username: str, **more: str) -> str:
    """Return where the first step leads."""
    answer = client.post(reverse("sign-in"), {"username": username, "password": PASSWORD, **more})
    assert answer.status_code == 302
    return answer["Location"]


def give_code(client: Client, code: str) -> Any:
    return client.post(reverse("sign-in-code"), {"code": code})


def is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def enrolled(client: Client) -> tuple[PhoneDevice, list[str]]:
    """Walk the enrolment of the person who is half way in; return the device and the recovery codes shown."""
    page = client.get(reverse("sign-in-enrol"))
    key = page.context["key"].replace(" ", "")
    assert "<svg" in page.content.decode()
    assert page.context["key"] in page.content.decode()
    shown = TOTPDevice(key=b32decode(key).hex())
    codes = client.post(reverse("sign-in-enrol"), {"code": current_code(shown)}).context["codes"]
    return PhoneDevice.objects.get(), codes


def test_who_needs_none_is_in_after_the_password(client: Client, elder_care_clerk: User) -> None:
    assert give_password(client, "clerk") == reverse("home")
    assert is_in(client)


@pytest.mark.parametrize(
    "person",
    ["signatory", "health_reviewer", "supervisor", "institution_administrator", "template_editor", "auditor"],
)
def test_who_needs_one_is_nobody_before_it(client: Client, person: str, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(person)
    assert give_password(client, user.username) == reverse("sign-in-enrol")
    assert not is_in(client)
    assert client.get(reverse("home"))["Location"].startswith(reverse("sign-in"))
    assert not Session.objects.exclude(user=None).exists()
    assert not Entry.objects.filter(event=SignedIn.code).exists()


def test_enrolment_at_the_first_sign_in(client: Client, signatory: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        give_password(client, "signatory", next=reverse("inbox"))
        half_way_key = client.session.session_key
        wrong = client.post(reverse("sign-in-enrol"), {"code": "000000"})
        assert wrong.status_code == 422
        assert not PhoneDevice.objects.exists()
        device, codes = enrolled(client)
        assert not is_in(client)
        assert len(set(codes)) == RecoveryCode.objects.count() == 10
        assert codes[0] not in str(list(RecoveryCode.objects.values()))
        assert client.get(reverse("sign-in-enrol"))["Location"] == f"{reverse('sign-in')}?ended=late"
        assert client.post(reverse("sign-in-finish"))["Location"] == reverse("inbox")
        assert is_in(client)
        assert client.session.session_key != half_way_key
        clock.shift(STEP * 2)
        other = Client()
        assert give_password(other, "signatory") == reverse("sign-in-code")
        assert give_code(other, current_code(device)).status_code == 302
        assert is_in(other)
    assert Entry.objects.get(event=SecondFactorEnrolled.code).actor_id == signatory.pk
    done = Entry.objects.filter(event=SignedIn.code).order_by("id")
    assert [entry.data["second"] for entry in done] == ["enrolled", "code"]


def test_a_code_counts_once_and_one_step_to_either_side(client: Client, signatory: User) -> None:
    start = timezone.now().replace(second=0)
    device = with_device(signatory)
    with time_machine.travel(start, tick=False) as clock:
        code = current_code(device)
        clock.shift(STEP + timedelta(seconds=5))  # the last one, where the phone is slow
        assert second_factor.is_current_code(signatory, f" {code[:3]} {code[3:]} ")
        clock.shift(timedelta(seconds=2))
        assert not second_factor.is_current_code(signatory, code)
        clock.shift(STEP * 4)
        early = current_code(device)
        clock.shift(-STEP)  # the next one, where it is fast
        assert second_factor.is_current_code(signatory, early)
        clock.shift(STEP * 4)
        old = current_code(device)
        clock.shift(STEP * 2)
        assert not second_factor.is_current_code(signatory, old)


def test_wrong_codes_slow_down_and_then_close(client: Client, signatory: User) -> None:
    device = with_device(signatory)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        give_password(client, "signatory")
        assert give_code(client, "000000").status_code == 422
        too_soon = give_code(client, current_code(device))
        assert "秒再输入" in too_soon.content.decode()
        for _ in range(3):
            clock.shift(timedelta(seconds=20))
            assert give_code(client, "000000").status_code == 422
        clock.shift(timedelta(seconds=20))
        assert give_code(client, "000000").status_code == 429
        clock.shift(timedelta(minutes=1))
        assert give_code(client, current_code(device)).status_code == 429
        again = client.post(reverse("sign-in"), {"username": "signatory", "password": PASSWORD})
        assert again.status_code == 429
    entries = Entry.objects.filter(subject_id=signatory.pk)
    assert entries.filter(event=SecondFactorFailed.code).count() == 5
    assert entries.filter(event=SignInLocked.code).count() == 1


def test_a_recovery_code_opens_once(client: Client, signatory: User) -> None:
    with_device(signatory)
    first, second, *_ = second_factor.renew_recovery_codes(signatory)
    for attempt, code in enumerate([first.lower().replace("-", " "), second]):
        window = Client()
        give_password(window, "signatory")
        assert give_code(window, code).status_code == 302
        assert is_in(window)
        assert RecoveryCode.objects.count() == 9 - attempt
    give_password(client, "signatory")
    assert give_code(client, first).status_code == 422
    assert not is_in(client)
    assert Entry.objects.filter(event=RecoveryCodeUsed.code).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_one_code_one_is_in(signatory: User) -> None:
    device = with_device(signatory)
    recovery = second_factor.renew_recovery_codes(signatory)[0]
    code = current_code(device)
    assert sorted(at_once(*[lambda: second_factor.is_current_code(signatory, code)] * 2)) == [False, True]
    assert sorted(at_once(*[lambda: second_factor.use_recovery_code(signatory, recovery)] * 2)) == [False, True]


def test_half_way_ends_after_minutes_a_new_password_or_a_stop(client: Client, signatory: User) -> None:
    device = with_device(signatory)
    late = f"{reverse('sign-in')}?ended=late"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        give_password(client, "signatory")
        clock.shift(timedelta(seconds=CODE_SECONDS + 1))
        assert give_code(client, current_code(device))["Location"] == late
        for change in ({"password": "x"}, {"is_active": False}):
            give_password(client, "signatory")
            User.objects.filter(pk=signatory.pk).update(**change)
            assert give_code(client, current_code(device))["Location"] == late
            User.objects.filter(pk=signatory.pk).update(password=signatory.password, is_active=True)
    assert not is_in(client)


def test_finish_is_closed_to_who_has_not_just_enrolled(client: Client, signatory: User) -> None:
    with_device(signatory)
    give_password(client, "signatory")
    client.post(reverse("sign-in-finish"))
    client.post(reverse("sign-in-enrol"), {"code": "1"})
    assert not is_in(client)


def test_who_began_first_with_the_password_does_not_take_the_place_of_the_holders_device(signatory: User) -> None:
    thief, holder = Client(), Client()
    give_password(thief, "signatory")
    key = b32decode(thief.get(reverse("sign-in-enrol")).context["key"].replace(" ", "")).hex()
    give_password(holder, "signatory")
    device, _ = enrolled(holder)
    late = thief.post(reverse("sign-in-enrol"), {"code": current_code(TOTPDevice(key=key))})
    assert late["Location"] == f"{reverse('sign-in')}?ended=late"
    assert second_factor.enrol_first(signatory, key, current_code(TOTPDevice(key=key))) is None
    assert PhoneDevice.objects.get() == device


def test_a_device_that_was_reset_meanwhile_lets_nobody_in(client: Client, signatory: User, auditor: User) -> None:
    give_password(client, "signatory")
    enrolled(client)
    second_factor.reset(signatory, by=auditor)
    with_device(signatory)
    assert client.post(reverse("sign-in-finish"))["Location"] == f"{reverse('sign-in')}?ended=late"
    assert not is_in(client)


def test_of_ones_own_accord_and_then_always(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    key = client.get(reverse("second-factor")).context["key"].replace(" ", "")
    code = current_code(TOTPDevice(key=b32decode(key).hex()))
    assert client.post(reverse("second-factor"), {"code": "000000"}).status_code == 422
    page = client.post(reverse("second-factor"), {"code": code})
    assert len(re.findall(r"<li><strong", page.content.decode())) == 10
    renewed = client.post(reverse("recovery-codes")).context["codes"]
    assert not set(renewed) & set(page.context["codes"])
    assert give_password(Client(), "clerk") == reverse("sign-in-code")


def test_a_reset_ends_all_sessions_and_is_never_for_oneself(client: Client, signatory: User, auditor: User) -> None:
    with_device(signatory)
    second_factor.renew_recovery_codes(signatory)
    client.force_login(signatory)
    with pytest.raises(PermissionDenied):
        second_factor.reset(signatory, by=signatory)
    second_factor.reset(signatory, by=auditor)
    assert not is_in(client)
    assert not RecoveryCode.objects.exists()
    assert give_password(client, "signatory") == reverse("sign-in-enrol")
    assert Entry.objects.get(event=SecondFactorReset.code).data["sessions_ended"] == 1


@pytest.mark.parametrize(("is_demo_site", "is_demo", "is_shown"), [(1, 1, 1), (1, 0, 0), (0, 0, 0)])
def test_the_code_is_shown_to_demo_accounts_of_a_demo_site_only(
    client: Client, signatory: User, is_demo_site: int, is_demo: int, is_shown: int
) -> None:
    device = with_device(signatory)
    User.objects.filter(pk=signatory.pk).update(is_demo=bool(is_demo))
    with override_settings(DEMO=bool(is_demo_site)), time_machine.travel(timezone.now(), tick=False):
        give_password(client, "signatory")
        page = client.get(reverse("sign-in-code"))
        assert (current_code(device) in page.content.decode()) == bool(is_shown)
        assert ("当前动态口令" in page.content.decode()) == bool(is_shown)


def drawn(svg: str) -> tuple[Image.Image, int]:
    """Return the picture that a browser draws of a code in SVG, a square eight dots wide, and its width in squares."""
    [width] = {int(side) for side in re.findall(r'viewBox="0 0 (\d+) \1"', svg)}
    image = Image.new("L", (width * 8, width * 8), "gray")
    draw = ImageDraw.Draw(image)
    if re.search(rf'<path fill="#fff" d="M0 0h{width}v{width}h-{width}z"/>', svg):
        draw.rectangle((0, 0, width * 8, width * 8), fill="white")
    [path] = re.findall(r'stroke="#000" d="M([^"]*)"', svg)
    x, y = 0.0, -0.5
    for kind, across, _, down in re.findall(r"([mh]?)(-?[\d.]+)( ([\d.]+))?", path):
        x, y = x + float(across), y + float(down or 0)
        if kind == "h":
            draw.rectangle(((x - float(across)) * 8, y * 8, x * 8 - 1, y * 8 + 7), fill="black")
    return image, width


def test_a_camera_reads_the_key_from_the_picture_even_if_a_part_is_hidden(signatory: User) -> None:
    key = second_factor.new_key()
    image, width = drawn(second_factor.qr_of(signatory, key))
    assert image.getpixel((1, 1)) == 255, "white, on whatever page"
    inside = image.point(lambda shade: 255 - shade).getbbox()
    assert inside == (4 * 8, 4 * 8, (width - 4) * 8, (width - 4) * 8), "four squares are left free around it"
    [code] = zxingcpp.read_barcodes(image)
    assert code.text == TOTPDevice(user=signatory, key=key).config_url
    assert code.ec_level == "M"
