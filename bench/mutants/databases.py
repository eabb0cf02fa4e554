"""The database that mutants are judged on: a copy of the test database, made anew after whatever has written to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection, connections

from database.roles import are_apart


class Copy:
    """A copy of the test database. `is_clean` says whether it is still as it was made."""

    def __init__(self) -> None:
        self.original = str(connection.settings_dict["NAME"])
        self.name = f"{self.original}_mutant"
        self.is_clean = False

    def make(self) -> None:
        """Make it anew, if need be. PostgreSQL copies a database only while nobody is connected to it."""
        if self.is_clean:
            return
        connections.close_all()
        with _connected("postgres") as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.original}" STRATEGY FILE_COPY')
        self.is_clean = True

    def enter(self) -> None:
        """Turn to the copy, in a forked process that has no connection yet."""
        connection.settings_dict["NAME"] = self.name

    def change(self, statements: Sequence[str]) -> None:
        """Change the copy before anybody enters it."""
        if statements:
            self.is_clean = False
            with _connected(self.name) as cursor:
                for statement in statements:
                    cursor.execute(statement)

    def drop(self) -> None:
        with _connected("postgres") as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@contextmanager
def _connected(name: str) -> Iterator[Any]:
    """Connect as the owner, past Django, which pytest keeps from any database outside a test."""
    named = {**connection.get_connection_params(), "dbname": name}
    if are_apart():
        named |= {"user": settings.OWNER_DATABASE["USER"], "password": settings.OWNER_DATABASE["PASSWORD"]}
    named.pop("cursor_factory", None)
    there = psycopg2.connect(**named)
    try:
        there.autocommit = True
        with there.cursor() as cursor:
            yield cursor
    finally:
        there.close()
