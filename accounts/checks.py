"""Said at start: accounts whose password everybody knows, on a platform that is no demo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import connections

from accounts.models import User


def demo_accounts_are_closed(
    app_configs: Sequence[Any] | None = None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Count the demo accounts that are still open where DEMO is off. They cannot sign in, but they hold duties."""
    if settings.DEMO:
        return []
    return [
        Warning(
            f"{left} demo accounts are open in this database, and DEMO is off: nobody can sign in with them.",
            hint="Close them: `python manage.py close_demo_accounts`. Better: begin with a database without a demo.",
            id="accounts.W001",
        )
        for left in map(_open_demo_accounts, databases or ())
        if left
    ]


def _open_demo_accounts(alias: str) -> int:
    """Return how many there are; none before the tables are made."""
    if User._meta.db_table not in connections[alias].introspection.table_names():
        return 0
    return User.objects.using(alias).filter(is_demo=True, is_active=True).count()
