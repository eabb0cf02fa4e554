"""Django's own command, by the owner of the tables; afterwards the application has its rights in them."""

from typing import Any

from django.core.management.commands import migrate

from database.rights import grant
from database.roles import as_owner, make_application


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        """Before the checks, which ask the database: in an empty cluster there is nobody but the owner to ask."""
        alias = options["database"]
        only_shows = options["plan"] or options["check_unapplied"]
        with as_owner(alias):
            if only_shows:
                return super().execute(*args, **options)
            make_application(alias)
            said = super().execute(*args, **options)
            grant(alias)
            return said
