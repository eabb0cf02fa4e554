from typing import Any

from django.db import migrations

from accounts.models import bare_number


def unify(apps: Any, schema_editor: Any) -> None:
    """Keep every number as its digits, and each at the oldest account only: it is about to be a name to sign in by."""
    User = apps.get_model("accounts", "User")
    seen = set()
    for user in User.objects.exclude(mobile="").order_by("pk"):
        number = bare_number(user.mobile)[:15]
        if number in seen:
            print(
                f"\n  {user.username}: the mobile number {number} is an older account's too and was taken off this one"
            )
            number = ""
        seen.add(number)
        if number != user.mobile:
            User.objects.filter(pk=user.pk).update(mobile=number)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_demo_accounts_are_marked")]

    operations = [migrations.RunPython(unify, migrations.RunPython.noop)]
