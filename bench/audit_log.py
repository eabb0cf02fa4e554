"""What the chain costs: python -m bench.audit_log. Makes a database of its own beside the configured one and drops it.

An act is one transaction with one entry; "held" acts go on for 5 ms after it, as real ones do until they commit, so
that waiting for one another shows; "apart" is each writer about a subject of its own. "plain" is the same row put into
a table of the same shape without chain.
"""

import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection, models, transaction  # noqa: E402 -- the settings must be loaded first
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from agreements import events  # noqa: E402
from audit.checking import check_log  # noqa: E402
from audit.exporting import write_export  # noqa: E402
from audit.log import append, append_many  # noqa: E402
from audit.models import Entry  # noqa: E402
from audit.verifier.rules import Tally  # noqa: E402
from database.roles import become_owner  # noqa: E402

ACTS = 2_000
HELD_ACTS = 60  # by each writer
WRITERS = 8
INSTITUTIONS = 40_000
ENTRIES = 100_000
CLERK = User(pk=1, username="clerk", full_name="陈喆")
Act = Callable[[int, int], None]  # writer and number


class PlainEntry(models.Model):
    """The same columns without chain and without triggers."""

    id = models.BigIntegerField(primary_key=True)

    class Meta:
        app_label = "audit"
        managed = False
        db_table = "plain_entry"

    def __str__(self) -> str:
        return f"{self.pk}"


for field in Entry._meta.concrete_fields[1:]:
    PlainEntry.add_to_class(field.name, field.clone())
PLAIN = "CREATE TABLE plain_entry (LIKE audit_entry INCLUDING ALL)"


def plain(writer: int, number: int) -> None:
    with transaction.atomic():
        PlainEntry(
            id=writer * 10**6 + number,
            event=events.StepSaved.code,
            actor_id=1,
            actor_name="陈喆",
            subject_type="accounts.user",
            subject_id=writer,
            sequence=number + 1,
            previous_hash="0" * 64,
            strand=writer,
            place=number + 1,
            beside="0" * 64,
            hash="0" * 64,
            data={"step": "terms", "revision": number},
            at=timezone.now(),
        ).save(force_insert=True)


def chained(writer: int, number: int) -> None:
    with transaction.atomic():
        append(events.StepSaved(step="terms", revision=number), by=CLERK, subject=User(pk=writer))


def held(act: Act) -> Act:
    def longer(writer: int, number: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            act(writer, number)
            cursor.execute("SELECT pg_sleep(0.005)")

    return longer


def rate(act: Act, *, writers: list[int], each: int) -> float:
    """Return acts a second, all writers together, each on a connection of its own."""
    barrier = Barrier(len(writers) + 1)

    def write(place: int) -> None:
        connection.ensure_connection()
        barrier.wait()
        try:
            for number in range(each):
                act(writers[place], place * each + number)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(writers)) as pool:
        running = [pool.submit(write, place) for place in range(len(writers))]
        barrier.wait()
        began = time.perf_counter()
        for one in running:
            one.result()
    return len(writers) * each / (time.perf_counter() - began)


def row(what: str, figure: float, unit: str, ratio: str = "") -> None:
    print(f"{what:<52} {figure:>10,.1f} {unit:<12} {ratio}", flush=True)


def bench_single() -> None:
    base = rate(plain, writers=[1], each=ACTS)
    row("plain insert, 1 writer", base, "acts/s", "1.00")
    one = rate(chained, writers=[2], each=ACTS)
    row("append, 1 writer", one, "acts/s", f"{one / base:.2f} of plain")


def bench_writers() -> None:
    apart, together = list(range(10, 10 + WRITERS)), [30] * WRITERS
    plain_rate = rate(held(plain), writers=list(range(40, 40 + WRITERS)), each=HELD_ACTS)
    row(f"held 5 ms, plain insert, {WRITERS} writers", plain_rate, "acts/s", "1.00")
    one = rate(held(chained), writers=[9], each=HELD_ACTS)
    row("held 5 ms, append, 1 writer", one, "acts/s", f"{one / plain_rate:.2f} of plain")
    unrelated = rate(held(chained), writers=apart, each=HELD_ACTS)
    row(
        f"held 5 ms, append, {WRITERS} writers, apart",
        unrelated,
        "acts/s",
        f"{unrelated / plain_rate:.2f} of plain",
    )
    same = rate(held(chained), writers=together, each=HELD_ACTS)
    row(f"held 5 ms, append, {WRITERS} writers, one subject", same, "acts/s", f"{same / unrelated:.2f} of apart")


def bench_batch() -> None:
    about = [(User(pk=key), events.StepSaved(step="terms", revision=1)) for key in range(10**6, 10**6 + INSTITUTIONS)]
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        append_many(by=CLERK, about=about)
        row(f"append_many, {INSTITUTIONS:,} subjects", time.perf_counter() - began, "s", f"{len(queries)} queries")


def bench_verifying() -> None:
    missing = ENTRIES - Entry.objects.count()
    about = [(User(pk=key % 8000), events.StepSaved(step="terms", revision=key)) for key in range(missing)]
    append_many(by=CLERK, about=about)
    began, tally = time.perf_counter(), Tally()
    assert not list(check_log(tally))
    row(f"verify {tally.entries:,} entries, {tally.chains:,} chains", time.perf_counter() - began, "s")
    began, file, today = time.perf_counter(), BytesIO(), timezone.localdate()
    write_export(file, since=today, until=today)
    row("export them", time.perf_counter() - began, "s", f"{len(file.getvalue()) / 2**20:.1f} MB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row("peak memory of all this", peak, "MB")


def main() -> None:
    become_owner()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with connection.cursor() as cursor:
            cursor.execute(PLAIN)
        bench_single()
        bench_writers()
        bench_batch()
        bench_verifying()
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
