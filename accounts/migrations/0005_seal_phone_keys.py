from typing import Any

from django.db import migrations

from accounts.models import PHONE
from accounts.sealing import opened, sealed

AT_ONCE = 1000


def seal(apps: Any, schema_editor: Any) -> None:
    """Seal the keys that django-otp has kept in clear."""
    _rewrite(apps, lambda device: sealed(bytes.fromhex(device.key), owner=device.user_id, purpose=PHONE))


def open_again(apps: Any, schema_editor: Any) -> None:
    """Give django-otp its keys back as it keeps them."""
    _rewrite(apps, lambda device: opened(device.key, owner=device.user_id, purpose=PHONE).hex())


def _rewrite(apps: Any, new_key: Any) -> None:
    TOTPDevice = apps.get_model("otp_totp", "TOTPDevice")
    waiting = []
    for device in TOTPDevice.objects.order_by("pk").iterator(AT_ONCE):
        device.key = new_key(device)
        waiting.append(device)
        if len(waiting) == AT_ONCE:
            TOTPDevice.objects.bulk_update(waiting, ["key"])
            waiting.clear()
    TOTPDevice.objects.bulk_update(waiting, ["key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_sign_in"), ("otp_totp", "0003_add_timestamps")]

    operations = [
        migrations.CreateModel(
            name="PhoneDevice",
            fields=[],
            options={"verbose_name": "动态口令", "proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(seal, open_again),
    ]
