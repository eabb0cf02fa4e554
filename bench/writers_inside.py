"""What `bench.writers` measures; it needs the servers that that one starts."""

import argparse
import multiprocessing
import os
import statistics
import sys
import time
from multiprocessing.synchronize import Event

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
django.setup()

from django.db import connection, connections  # noqa: E402 -- the settings must be loaded first

from accounts.models import User  # noqa: E402
from coverage.steps.folding import fold_changed  # noqa: E402
from database.roles import as_owner  # noqa: E402
from filing import lifecycle  # noqa: E402
from filing.models import Filing  # noqa: E402
from institutions.models import Duty, Membership  # noqa: E402

WRITERS = (8, 16)
EACH = 12  # filings of one writer in one round
LEAST = 0.85
TRIGGER = "filing_marks_coverage"
Fork = multiprocessing.get_context("fork")


def reviewers(count: int) -> list[User]:
    """Make people who share out the bureaus that have something to take up: no bureau has two of them."""
    bureaus = list(Filing.objects.filter(state="submitted").order_by().values_list("authority", flat=True).distinct())
    people = []
    for place in range(count):
        name = f"writer-{os.getpid()}-{place}"
        person = User.objects.create(username=name, full_name=f"第{place}位", is_demo=True)
        Membership.objects.bulk_create(
            Membership(user=person, authority_id=pk, duty=Duty.REVIEWER, state=Membership.State.EFFECTIVE)
            for pk in bureaus[place::count]
        )
        people.append(person)
    return people


def accepting(person: User, filings: list[Filing]) -> None:
    for filing in filings:
        lifecycle.accept(lifecycle.take_up(filing, by=person), by=person)
    connections.close_all()


def folding(done: Event) -> None:
    while not done.is_set():
        fold_changed()
    connections.close_all()


def one_round(people: list[User], *, marks: bool) -> float:
    """Return how many filings all of them accept in a second."""
    theirs = []
    for person in people:
        places = person.memberships.values("authority")
        found = Filing.objects.filter(state="submitted", authority__in=places).order_by("pk")
        theirs.append(list(found[:EACH]))
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE filing_filing {'ENABLE' if marks else 'DISABLE'} TRIGGER {TRIGGER}")
    connections.close_all()
    done = Fork.Event()
    folder = Fork.Process(target=folding, args=(done,))
    writers = [Fork.Process(target=accepting, args=each) for each in zip(people, theirs, strict=True)]
    if marks:
        folder.start()
    begun = time.perf_counter()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    seconds = time.perf_counter() - begun
    done.set()
    if marks:
        folder.join()
    if any(writer.exitcode for writer in writers):
        raise RuntimeError("a writer has failed")
    return sum(map(len, theirs)) / seconds


def main() -> int:
    parser = argparse.ArgumentParser("python -m bench.writers")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    kept = []
    try:
        for count in WRITERS:
            people = reviewers(count)
            found: dict[bool, list[float]] = {True: [], False: []}
            for number in range(2 * asked.rounds):
                marks = number % 2 == 0
                found[marks].append(one_round(people, marks=marks))
            with_marks, without = (statistics.median(found[marks]) for marks in (True, False))
            kept.append(with_marks / without)
            print(f"{count} writers: {with_marks:.0f} filings/s with marks and folding, {without:.0f} without: "
                  f"{kept[-1]:.2f} (wanted: {LEAST})", flush=True)  # fmt: skip
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE filing_filing ENABLE TRIGGER {TRIGGER}")
            cursor.execute("SELECT mark_coverage_below(ARRAY[''])")  # what slept has not marked
    fold_changed()
    return 0 if min(kept) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
