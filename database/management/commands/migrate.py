"""Django's own command, by the owner of the tables; afterwards the application has its rights in them."""

from typing import Any

from django.core.management.commands import migrate

from database.rights import grant
from database.roles import as_owner, make_application


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        with as_owner(alias):
            make_application(alias)
            super().handle(*args, **options)
            grant(alias)
