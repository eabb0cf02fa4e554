"""Appending: one query more than the insert, in order, from anywhere, with nothing in it that hashes in two ways."""

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.events import Factor, SignedOut, SignInFailed
from accounts.models import User
from audit.log import append, append_many, facts, history
from audit.models import Entry, Head
from audit.origin import MOST_OF_A_USER_AGENT, coming_from, current, set_role
from tests.at_once import at_once
from tests.audit.worlds import CLERK, NOTHING, SUBJECTS, Anything, checked, subject
from tests.factories import PASSWORD

WRITERS = 8
EACH = 10


def written(about: User) -> list[Entry]:
    return list(history(about).order_by("sequence"))


@pytest.mark.django_db
def test_appending_costs_one_query_more_than_its_insert() -> None:
    for _ in range(2):  # a new chain and one that goes on
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            transaction.atomic(savepoint=False),
        ):
            append(NOTHING, by=CLERK, subject=subject(0))
        written_to = [re.findall(r'INSERT INTO "?(\w+)', query["sql"]) for query in queries]
        assert written_to == [["audit_head"], ["audit_entry"]]


@pytest.mark.django_db
def test_a_batch_costs_three_queries_for_two_thousand_entries() -> None:
    about = [(User(pk=key), Anything(data={"row": key})) for key in range(3000, 0, -1)]
    with CaptureQueriesContext(connection) as queries:
        assert append_many(by=CLERK, about=[*about, *about[:500]]) == 3500
    assert len(queries) == 2 * 3
    assert checked()[0] == []
    assert Counter(Head.objects.values_list("sequence", flat=True)) == {1: 2500, 2: 500}
    assert append_many(by=CLERK, about=[]) == 0


@pytest.mark.django_db
def test_what_comes_back_from_the_database_hashes_as_what_was_written() -> None:
    data: dict[str, Any] = {
        "names": ["堃", "𠅤", "é", "\\u0000 \n\t\"'"],
        "numbers": [0, -1, 2**63 - 1],
        "flags": (True, False, None),
        "day": dt.date(2026, 11, 22),
        "moment": dt.datetime(2026, 11, 22, 8, 0, 0, 7, dt.UTC),
        "nested": {"ä": {"b": []}, "a": {}},
        "choice": Factor.PASSWORD,
    }
    entry = append(Anything(data=data), by=CLERK, subject=subject(0))
    found = Entry.objects.get(pk=entry.pk)
    assert (found.record(), found.hash) == (entry.record(), entry.hash)
    assert facts(found)["day"] == "2026-11-22"
    assert facts(found)["flags"] == [True, False, None]
    found.seal()
    assert found.hash == entry.hash


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (1.5, TypeError, "data.a is a float"),
        (Decimal(1), TypeError, "data.a is a Decimal"),
        ([{"b": {1, 2}}], TypeError, r"data.a\[0\].b is a set"),
        ({1: "x"}, TypeError, "a key that is a int"),
        (User(pk=1), TypeError, "data.a is a User"),
        ("a\0b", ValueError, "NUL"),
        ("\ud800", ValueError, "lone surrogate"),
        ({"\ud800": 1}, ValueError, "lone surrogate"),
        (2**63, ValueError, "64 bits"),
    ],
)
def test_what_has_no_one_spelling_is_refused(value: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        append(Anything(data={"a": value}), by=CLERK, subject=subject(0))
    assert not Head.objects.exists()


@pytest.mark.django_db
def test_an_entry_carries_where_it_came_from() -> None:
    with coming_from(address="::1", user_agent="浏览器\0\ud800" + "x" * 400, request_id="ABCD2345"):
        set_role("审核员 · 越城区卫生健康局")
        entry = append(NOTHING, by=CLERK, subject=subject(0))
    assert (entry.address, entry.role, entry.request_id) == ("::1", "审核员 · 越城区卫生健康局", "ABCD2345")
    assert entry.user_agent.startswith("浏览器?x")
    assert len(entry.user_agent) == MOST_OF_A_USER_AGENT
    assert current().address == append(SignedOut(), by=None, subject=None).address == ""


@pytest.mark.django_db
def test_a_request_tells_its_address_browser_and_code(client: Client, elder_care_clerk: User) -> None:
    fields = {"username": elder_care_clerk.username, "password": PASSWORD + "x"}
    answer = client.post(reverse("sign-in"), fields, REMOTE_ADDR="10.0.0.9", headers={"User-Agent": "Mozilla/5.0"})
    entry = Entry.objects.get(event=SignInFailed.code)
    assert (entry.address, entry.user_agent) == ("10.0.0.9", "Mozilla/5.0")
    assert entry.request_id == answer["X-Request-ID"]


@pytest.mark.django_db
def test_nothing_stays_of_an_act_that_fails() -> None:
    append(NOTHING, by=CLERK, subject=subject(0))
    with transaction.atomic():
        append(SignedOut(), by=CLERK, subject=subject(0))
        transaction.set_rollback(True)
    append(SignedOut(), by=CLERK, subject=subject(0))
    assert [entry.sequence for entry in written(subject(0))] == [1, 2]
    assert checked()[0] == []


@pytest.mark.django_db(transaction=True)
def test_many_writers_of_one_chain_leave_neither_gap_nor_fork() -> None:
    def write() -> None:
        for number in range(EACH):
            append(Anything(data={"number": number}), by=CLERK, subject=subject(0))

    def write_batches() -> None:
        for _ in range(EACH // 2):
            append_many(by=CLERK, about=[(about, SignedOut()) for about in SUBJECTS])

    at_once(*[write] * (WRITERS // 2), *[write_batches] * (WRITERS // 2))
    entries = written(subject(0))
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    assert len(entries) == EACH * WRITERS // 2 + EACH // 2 * WRITERS // 2
    assert [entry.pk for entry in entries] == sorted(entry.pk for entry in entries)
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    assert checked()[0] == []


@pytest.mark.django_db(transaction=True)
def test_writers_of_other_chains_do_not_wait() -> None:
    """One transaction holds a chain; whoever writes about another subject gets through meanwhile, and so at once."""
    held, done = Barrier(2), Barrier(2)

    def hold() -> None:
        with transaction.atomic():
            append(NOTHING, by=CLERK, subject=subject(0))
            held.wait(timeout=30)
            done.wait(timeout=30)

    def pass_by() -> None:
        held.wait(timeout=30)
        append(NOTHING, by=CLERK, subject=subject(1))
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            append(NOTHING, by=CLERK, subject=subject(0))
        done.wait(timeout=30)

    at_once(hold, pass_by)
    assert [len(written(subject(number))) for number in (0, 1)] == [1, 1]


@pytest.mark.django_db
def test_an_entry_beside_the_chain_is_refused_by_the_database() -> None:
    entry = append(NOTHING, by=CLERK, subject=subject(0))
    entry.pk, entry.sequence, entry.place, entry.beside = entry.pk + 100, 3, entry.place + 1, entry.hash
    entry.seal()
    with pytest.raises(IntegrityError, match="does not continue its chain"), transaction.atomic():
        entry.save(force_insert=True)
