"""All that is stored, as text, to look for what must not be there."""

from django.conf import settings
from django.db import connection
from redis import Redis


def everything_in_the_database() -> str:
    """Return every value of every row as text; what lies in bytes as hexadecimal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        rows = []
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{name}" AS t')  # noqa: S608 -- names of our own tables
            rows += [text for (text,) in cursor.fetchall()]
    return "\n".join(rows)


def everything_in_valkey() -> str:
    store = Redis.from_url(settings.REDIS_URL)
    return "\n".join(f"{key!r} {store.dump(key)!r}" for key in store.scan_iter())
