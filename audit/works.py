"""Verifications and exports that the auditor asks for; the worker carries them out and the result stays."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from celery import current_app
from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import get_random_string

from audit import origin
from audit.checking import check_log
from audit.exporting import write_export
from audit.log import Actor, append
from audit.models import Event, Work
from audit.verifier.command import summary
from audit.verifier.rules import Finding, Tally

TASK = "audit.tasks.carry_out"
MOST_LINES = 200  # findings kept; the number of all of them is kept too
SILENCE = 600  # seconds without a sign of life after which the worker must have died
EXPORTS_ARE_KEPT = dt.timedelta(days=7)


@dataclass(frozen=True)
class Asker:
    """Who asked for a work, as its row keeps it: people are in a room above this one."""

    pk: int
    name: str

    def __str__(self) -> str:
        return self.name


def ask_verification(*, by: Model) -> Work:
    """Order a verification of the whole log and return it, or the one that is under way."""
    try:
        with transaction.atomic():
            return _ask(Work(kind=Work.Kind.VERIFICATION), Event.LOG_VERIFIED, by=by)
    except IntegrityError:
        return Work.objects.filter(kind=Work.Kind.VERIFICATION).latest("pk")


def ask_export(*, by: Model, since: dt.date, until: dt.date) -> Work:
    """Order an export of a period, both days included."""
    with transaction.atomic():
        return _ask(Work(kind=Work.Kind.EXPORT, since=since, until=until), Event.LOG_EXPORTED, by=by)


def carry_out(work_id: int) -> None:
    """Do what was ordered. Returns quietly when it is gone, done or in other hands."""
    work = Work.objects.filter(pk=work_id).first()
    if work is None or not _claim(work):
        return
    with origin.as_ordered(work.origin):
        {Work.Kind.VERIFICATION: _verify, Work.Kind.EXPORT: _export}[Work.Kind(work.kind)](work)


def progress(work: Work) -> int:
    """Return how many entries have been walked so far."""
    return int(cache.get(sign_of_life(work)) or 0)


def sweep() -> None:
    """Give up what no worker has in hands any more, and remove the files of old exports."""
    open_works = Work.objects.filter(state__in=Work.OPEN, asked_at__lt=timezone.now() - dt.timedelta(seconds=SILENCE))
    for work in open_works:
        if cache.get(sign_of_life(work)) is None:
            _finish(work, Work.State.FAILED, by=None, lines=["后台没有完成，请重新发起。"])
    for work in Work.objects.exclude(file="").filter(finished_at__lt=timezone.now() - EXPORTS_ARE_KEPT):
        work.file.delete(save=False)
        work.save(update_fields=["file"])


def _ask(work: Work, event: Event, *, by: Model) -> Work:
    work.asked_by, work.asked_by_name, work.origin = by.pk, str(by), origin.kept()
    work.save()
    append(event, by=by, subject=work, since=work.since, until=work.until)
    transaction.on_commit(lambda: current_app.send_task(TASK, [work.pk]))
    return work


def _claim(work: Work) -> bool:
    """Take the work, if nobody has it in hands: only one sign of life can be put up."""
    if not cache.add(sign_of_life(work), 0, timeout=SILENCE):
        return False
    return Work.objects.filter(pk=work.pk, state__in=Work.OPEN).update(state=Work.State.RUNNING) == 1


def sign_of_life(work: Work) -> str:
    """Return the cache key under which a worker shows that it is at it, and how far."""
    # With its moment, for a restored database counts its works from an older number again.
    return f"audit-work-{work.pk}-{work.asked_at.timestamp():.6f}"


def _teller(work: Work) -> Callable[[int], None]:
    key = sign_of_life(work)
    return lambda entries: cache.set(key, entries, timeout=SILENCE)


def _verify(work: Work) -> None:
    tally = Tally()
    findings = check_log(tally, seen=_teller(work))
    lines = [_line(finding) for finding in islice(findings, MOST_LINES)]
    found = len(lines) + sum(1 for _ in findings)
    _finish(
        work, Work.State.DONE, by=Asker(work.asked_by, work.asked_by_name), found=found, lines=[*lines, *summary(tally)]
    )


def _line(finding: Finding) -> str:
    return f"✗ {finding.where}：{finding.what}"


def _export(work: Work) -> None:
    if work.since is None or work.until is None:
        raise ValueError("an export has a period")
    with tempfile.TemporaryFile() as file:
        entries = write_export(file, since=work.since, until=work.until, seen=_teller(work))
        file.seek(0)
        work.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        work.file.name = default_storage.save(f"log-exports/{work.pk}/{get_random_string(32)}.zip", File(file))
    _finish(work, Work.State.DONE, by=Asker(work.asked_by, work.asked_by_name), lines=[f"共 {entries} 条记录。"])


def _finish(work: Work, state: Work.State, *, by: Actor | None, lines: list[str], found: int = 0) -> None:
    """Write the result once; if somebody else has, theirs stands. `by` is who asked, None for the clock's sweep."""
    writes = {"file": work.file.name or "", "sha256": work.sha256, "finished_at": timezone.now()}
    with transaction.atomic():
        rows = Work.objects.filter(pk=work.pk, state__in=Work.OPEN)
        if rows.update(state=state, lines=lines, found=found, **writes) == 1:
            event = Event.LOG_VERIFIED if work.kind == Work.Kind.VERIFICATION else Event.LOG_EXPORTED
            append(event, by=by, subject=work, state=state.value, found=found, sha256=work.sha256)
