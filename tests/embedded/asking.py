"""One statement in a connection of its own."""

import psycopg2

from yiyang.environment import postgres_database


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run the statement, commit, and return its rows."""
    asked = postgres_database(url)
    connection = psycopg2.connect(
        dbname=asked["NAME"], user=asked["USER"], password=asked["PASSWORD"], host=asked["HOST"]
    )
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
