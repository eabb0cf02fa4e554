"""Who speaks to the database: the application, always; the owner of its tables, for as long as they are made."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg2
from django.conf import settings
from django.core.management import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg2 import errors
from psycopg2.extensions import encrypt_password
from psycopg2.sql import SQL, Identifier, Literal

WHO = ("USER", "PASSWORD", "HOST", "PORT")
NOTHING_MORE = SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
CANNOT_SIGN_IN = """应用程序不能以数据库角色 {role} 登录：{reason}
请用 OWNER_DATABASE_URL 的角色（或数据库管理员）建立它，密码与 DATABASE_URL 中的一致：
CREATE ROLE {role} LOGIN PASSWORD '…';"""


def are_apart() -> bool:
    """Whether the owner is named and is another role than the application."""
    return bool(settings.OWNER_DATABASE) and settings.OWNER_DATABASE["USER"] != settings.APPLICATION_DATABASE["USER"]


def is_owner(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether this process speaks as the owner just now, and on purpose."""
    return are_apart() and bool(connections[alias].settings_dict["USER"] == settings.OWNER_DATABASE["USER"])


def become_owner(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Speak as the owner from here on, in a new connection. Changes nothing where no owner is named."""
    if are_apart():
        _become(alias, settings.OWNER_DATABASE)


def become_application(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Speak as the application from here on, in a new connection."""
    if are_apart():
        _become(alias, settings.APPLICATION_DATABASE)


@contextmanager
def as_owner(alias: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Speak as the owner inside; what it was before, it is again afterwards."""
    if is_owner(alias):
        yield
        return
    become_owner(alias)
    try:
        yield
    finally:
        become_application(alias)


def _become(alias: str, who: dict[str, object]) -> None:
    # Not the name: a test's database has another one, and is reached by the same two roles.
    connections[alias].close()
    connections[alias].settings_dict.update({key: who[key] for key in WHO})


def make_application(alias: str = DEFAULT_DB_ALIAS) -> None:
    """As the owner, make the application's role where it is missing, and give it its password where that has changed.

    An installation from before there were two roles gets its second one here. Two that do it at once are both content.
    Raises CommandError when the application cannot sign in after all.
    """
    if not are_apart() or _cannot_sign_in(alias) is None:
        return
    role = str(settings.APPLICATION_DATABASE["USER"])
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        password = str(settings.APPLICATION_DATABASE["PASSWORD"])
        # Hashed here, so that no log of statements shows it.
        hashed = encrypt_password(password, role, cursor.connection, "scram-sha-256")
        verb = SQL("ALTER ROLE {} PASSWORD {}") if found else SQL("CREATE ROLE {} {} PASSWORD {}")
        parts = [Identifier(role), *([] if found else [NOTHING_MORE]), Literal(hashed)]
        # Somebody else was at it, or the role is an administrator's to make: what counts is asked below.
        with suppress(
            errors.DuplicateObject, errors.UniqueViolation, errors.InternalError, errors.InsufficientPrivilege
        ):
            cursor.cursor.execute(verb.format(*parts))
    reason = _cannot_sign_in(alias)
    if reason is not None:
        raise CommandError(CANNOT_SIGN_IN.format(role=role, reason=reason))


def _cannot_sign_in(alias: str) -> str | None:
    """Return why the application cannot sign in to the server; None when it can.

    Asked of the database `postgres` where ours does not let it in yet: rights come after the tables.
    """
    who = {key: settings.APPLICATION_DATABASE[key] for key in WHO}
    params = {"user": who["USER"], "password": who["PASSWORD"], "host": who["HOST"], "port": who["PORT"]}
    try:
        psycopg2.connect(dbname=connections[alias].settings_dict["NAME"], **params).close()
    except psycopg2.OperationalError as refusal:
        said = str(refusal).strip()
        return None if "permission denied for database" in said else said
    return None
