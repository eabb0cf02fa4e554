"""The one-time code of a person's device. django-otp checks it: no code twice, and slower after each wrong one."""

from django.conf import settings
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User


def is_required(user: User) -> bool:
    """Return whether one of the person's duties needs a second factor."""
    return user.memberships.filter(duty__in=settings.SECOND_FACTOR_DUTIES).exists()


def has_device(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


@transaction.atomic
def is_current_code(user: User, code: str) -> bool:
    """Check the code of the person's device and use it up.

    False too without a device, and for some seconds after each wrong code.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    return device is not None and bool(device.verify_token("".join(code.split())))
