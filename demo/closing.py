"""After the demo: its accounts are closed for good, each with an entry in the log. Its other rows stay as they are."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from accounts import sessions
from accounts.models import User
from audit.log import append
from demo.loading import DemoDataError
from duties.events import AccountSuspended
from duties.models import Invitation

OVER = "演示已结束"


@transaction.atomic
def close_accounts() -> int:
    """Bar every open demo account, end its sessions and invitations, and return how many.

    By the operator's console, as nobody. Raises DemoDataError on a demo: there they are wanted.
    """
    if settings.DEMO:
        raise DemoDataError("现在是演示环境（DEMO=yes），演示账号正在使用，不能关闭。")
    people = list(User.objects.select_for_update(no_key=True).filter(is_demo=True, is_active=True).order_by("pk"))
    for person in people:
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["is_active", "password"])
        Invitation.objects.filter(invited_by=person).cancel()
        event = AccountSuspended(reason=OVER, sessions_ended=sessions.end_all(person))
        append(event, by=None, subject=person)
    return len(people)
