"""How the address of the database becomes its settings, and what each connection is told."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from filing.models import Filing
from yiyang.environment import JOINS_REORDERED, postgres_database


def test_an_address_is_taken_apart() -> None:
    told = postgres_database("postgresql://us%40er:pass%2Fword@db.example:6432/yi%20yang")
    wanted = {"NAME": "yi yang", "USER": "us@er", "PASSWORD": "pass/word", "HOST": "db.example", "PORT": "6432"}
    assert wanted.items() <= told.items()


def test_a_socket_takes_the_place_of_a_host() -> None:
    told = postgres_database("postgresql://yiyang:x@/yiyang?host=%2Ftmp%2Frun")
    assert (told["HOST"], told["PORT"]) == ("/tmp/run", "")  # noqa: S108 -- a name, nothing is written there


@pytest.mark.parametrize("url", ["sqlite:///x.db", "postgresql://host", "postgresql://host/", ""])
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must look like"):
        postgres_database(url)


@pytest.mark.django_db
def test_a_filing_with_all_that_it_shows_is_planned_in_the_order_in_which_it_is_written() -> None:
    """Fifteen tables by their keys: with more joins tried in every order, planning takes fifty times the query."""
    joins = str(Filing.objects.with_parties().query).count(" JOIN ")
    with connection.cursor() as cursor:
        cursor.execute("SHOW join_collapse_limit")
        assert int(cursor.fetchone()[0]) == JOINS_REORDERED < joins
