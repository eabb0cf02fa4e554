"""The one-time code of a person's phone, and the recovery codes for the day without it.

django-otp checks codes: none twice, one step of 30 seconds to either side, and slower after each wrong one.
"""

import logging
import secrets
from base64 import b32encode
from math import ceil

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_variables
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from accounts import events
from accounts.events import Factor
from accounts.models import PhoneDevice, RecoveryCode, User
from accounts.sealing import Unopened
from accounts.sessions import end_all
from audit.log import append
from boundary.qr import as_svg

log = logging.getLogger(__name__)

RECOVERY_CODES = 10
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that look alike
CODE_LENGTH = 12  # about 59 bits
GROUP = 4


def is_required(user: User) -> bool:
    """Return whether one of the person's duties needs a second factor."""
    return user.memberships.filter(duty__in=settings.SECOND_FACTOR_DUTIES).exists()


def has_device(user: User) -> bool:
    return _devices(user).exists()


def device_of(user: User) -> int | None:
    """Return the key of the person's device by which another one is told from it; None without any."""
    found: int | None = _devices(user).values_list("pk", flat=True).first()
    return found


def is_asked_of(user: User) -> bool:
    """Return whether this person gives a second factor at sign-in: who must, and who has a device."""
    return has_device(user) or is_required(user)


@transaction.atomic
def is_current_code(user: User, code: str) -> bool:
    """Check the code of the person's device and use it up.

    False too without a device, and for some seconds after each wrong code.
    """
    device = _devices(user).select_for_update(no_key=True).first()
    if device is None:
        return False
    try:
        fits = bool(device.verify_token(_bare(code)))
    except Unopened:
        log.error("The device of account %s cannot be opened: is an old SECRET_KEY missing in the fallbacks?", user.pk)
        return False
    if fits:
        _seal_anew(device)
    return fits


@sensitive_variables("code")
@transaction.atomic
def use_recovery_code(user: User, code: str) -> bool:
    """Use up one of the person's recovery codes; False if it is none of them. Deleting the row is the lock."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = [_digest(user, code, key) for key in keys]
    used, _ = RecoveryCode.objects.filter(user=user, digest__in=digests).delete()
    if used:
        append(events.RecoveryCodeUsed(left=user.recovery_codes.count()), by=user, subject=user)
    return bool(used)


def given(user: User, code: str) -> Factor:
    """Check what the person typed; return which factor it proved (CODE, RECOVERY_CODE or NONE)."""
    if is_current_code(user, code):
        return Factor.CODE
    return Factor.RECOVERY_CODE if use_recovery_code(user, code) else Factor.NONE


def new_key() -> str:
    """Return a fresh key of 160 bits for a device that is not confirmed yet, as hex digits."""
    return str(random_hex(20))


@sensitive_variables("key", "code")
@transaction.atomic
def enrol_first(user: User, key: str, code: str) -> list[str] | None:
    """Enrol as `enrol` does, for whoever proved no more than a password: None too if there is a device meanwhile.

    Otherwise whoever knows the password and began before the holder did could put a device in the place of theirs.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return None if has_device(user) else enrol(user, key, code)


@sensitive_variables("key", "code")
@transaction.atomic
def enrol(user: User, key: str, code: str) -> list[str] | None:
    """Make a device with this key the person's only one, if `code` is what it now shows.

    Returns fresh recovery codes, or None for a wrong code.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    device = PhoneDevice(user=user, name="手机")
    device.seal(bytes.fromhex(key))
    if not device.verify_token(_bare(code)):
        device.delete()  # django-otp has saved it with its count of failures
        return None
    _devices(user).exclude(pk=device.pk).delete()
    append(events.SecondFactorEnrolled(), by=user, subject=user)
    return renew_recovery_codes(user)


def provide(people: QuerySet[User]) -> int:
    """Give a device to those of these people who need one and have none; return how many. For made-up people only."""
    without = people.filter(memberships__duty__in=settings.SECOND_FACTOR_DUTIES, totpdevice=None).distinct()
    devices = [PhoneDevice(user=user, name="演示") for user in without]
    for device in devices:
        device.seal(bytes.fromhex(new_key()))
    return len(PhoneDevice.objects.bulk_create(devices))


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Void the person's recovery codes and return ten new ones; only digests of them are kept."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    append(events.RecoveryCodesMade(), by=user, subject=user)
    return [grouped(code) for code in codes]


@transaction.atomic
def reset(user: User, *, by: User) -> None:
    """Take away a lost device and its recovery codes, and end all sessions; the next sign-in enrols a new device.

    Raises PermissionDenied for one's own account.
    """
    if user.pk == by.pk:
        raise PermissionDenied
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    PhoneDevice.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()
    append(events.SecondFactorReset(sessions_ended=end_all(user)), by=by, subject=user)


def qr_of(user: User, key: str) -> SafeString:
    """Return the QR code by which an app on the phone takes the key, as inline SVG."""
    return as_svg(TOTPDevice(user=user, key=key).config_url, title="动态口令二维码")


def key_in_groups(key: str) -> str:
    """Return the key as apps take it when typed: base32 in groups of four."""
    return grouped(b32encode(bytes.fromhex(key)).decode("ascii"), " ")


def grouped(text: str, between: str = "-") -> str:
    return between.join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def looks_like_code(text: str) -> bool:
    """Return whether the text could be what a phone shows, rather than a recovery code."""
    return len(_bare(text)) == 6 and _bare(text).isdecimal()


def seconds_to_wait(user: User) -> int:
    """Return for how long django-otp takes no code of this person, after wrong ones."""
    device = _devices(user).first()
    refusal = None if device is None else device.verify_is_allowed()[1]
    return 0 if refusal is None else ceil((refusal["locked_until"] - timezone.now()).total_seconds())


def demo_code(user: User) -> str:
    """Return the code that a demo account's device shows now, on a demo site; "" for everybody else.

    While the code of this half minute is used up already, the next one, which is accepted too.
    """
    device = _devices(user).first() if settings.DEMO and user.is_demo else None
    return "" if device is None else current_code(device)


def current_code(device: TOTPDevice) -> str:
    """Return the first code from now on that the device would show and that is not used up."""
    shown = TOTP(device.bin_key, device.step, device.t0, device.digits)
    if shown.t() <= device.last_t:
        shown.drift = device.last_t + 1 - shown.t()
    return f"{shown.token():0{device.digits}}"


def _devices(user: User) -> QuerySet[PhoneDevice]:
    found: QuerySet[PhoneDevice] = PhoneDevice.objects.filter(user=user, confirmed=True)
    return found


def _seal_anew(device: PhoneDevice) -> None:
    """After a change of SECRET_KEY: whoever signs in while the old one is a fallback does not need it any more."""
    before = device.key
    device.seal(device.bin_key)
    if device.key != before:
        device.save(update_fields=["key"])


def _bare(code: str) -> str:
    return "".join(code.split())


def _digest(user: User, code: str, key: str | None = None) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("accounts.recovery_code", f"{user.pk}:{letters}", key, algorithm="sha256").hexdigest()
