"""Verifications and exports that the auditor asks for; the worker carries them out and the result stays."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import IO

from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import salted_hmac

import jobs
from audit import log_events, origin
from audit.checking import check_log
from audit.exporting import write_export
from audit.log import append
from audit.models import Work
from audit.verifier.command import summary
from audit.verifier.rules import Finding, Tally

TASK = "audit.tasks.carry_out"
MOST_LINES = 200  # findings kept; the number of all of them is kept too
PROGRESS_IS_KEPT = 600  # seconds
DIED = "后台连续中断了几次，已停止。请重新发起；仍不成功时请联系平台管理员。"
FAULT = "后台没有完成，请重新发起。"
EXPORTS_ARE_KEPT = dt.timedelta(days=7)
EVENTS = {Work.Kind.VERIFICATION: log_events.Verified, Work.Kind.EXPORT: log_events.Exported}


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
        return _ask(Work.Kind.VERIFICATION, by=by)
    except IntegrityError:
        return Work.objects.filter(kind=Work.Kind.VERIFICATION).latest("pk")


def ask_export(*, by: Model, since: dt.date, until: dt.date) -> Work:
    """Order an export of a period, both days included."""
    return _ask(Work.Kind.EXPORT, by=by, since=since, until=until)


def carry_out(work_id: int) -> None:
    """Do what was ordered. Returns quietly when it is gone, taken or done; any error fails it, and is raised."""
    jobs.run(WORKS, work_id, _do)


def progress(work: Work) -> int:
    """Return how many entries have been walked so far."""
    return int(cache.get(_progress_key(work)) or 0)


def sweep() -> None:
    """Ring again for what no worker has in hands, and remove the files of old exports."""
    jobs.sweep(WORKS)
    for work in Work.objects.exclude(file="").filter(finished_at__lt=timezone.now() - EXPORTS_ARE_KEPT):
        work.file.delete(save=False)
        work.save(update_fields=["file"])


def _ask(kind: Work.Kind, *, by: Model, since: dt.date | None = None, until: dt.date | None = None) -> Work:
    asker = {"asked_by": by.pk, "asked_by_name": str(by), "origin": origin.kept()}
    with transaction.atomic():
        work = jobs.order(WORKS, kind=kind, since=since, until=until, **asker)
        append(EVENTS[kind](since=since, until=until), by=by, subject=work)
    return work


def _do(work: Work) -> None:
    _teller(work)(0)
    {Work.Kind.VERIFICATION: _verify, Work.Kind.EXPORT: _export}[Work.Kind(work.kind)](work)


def _progress_key(work: Work) -> str:
    # With its moment, because a restored database counts its works from an older number again.
    return f"audit-work-{work.pk}-{work.asked_at.timestamp():.6f}"


def _teller(work: Work) -> Callable[[int], None]:
    key = _progress_key(work)
    return lambda entries: cache.set(key, entries, timeout=PROGRESS_IS_KEPT)


def _verify(work: Work) -> None:
    tally = Tally()
    findings = check_log(tally, seen=_teller(work))
    lines = [_line(finding) for finding in islice(findings, MOST_LINES)]
    found = len(lines) + sum(1 for _ in findings)
    _keep(work, found=found, lines=[*lines, *summary(tally)])


def _line(finding: Finding) -> str:
    return f"✗ {finding.where}：{finding.what}"


def _export(work: Work) -> None:
    if work.since is None or work.until is None:
        raise ValueError("an export has a period")
    with tempfile.TemporaryFile() as file:
        entries = write_export(file, since=work.since, until=work.until, seen=_teller(work))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        with transaction.atomic():
            jobs.hold(WORKS, work)  # a worker that has lost its claim touches no file either
            _keep(work, lines=[f"共 {entries} 条记录。"], file=_stored(work, file), sha256=digest)


def path_of(work: Work) -> str:
    """Return where a work's file lies: nobody can guess it, and it is the same when it is made again."""
    secret = salted_hmac("audit.work", _progress_key(work), algorithm="sha256").hexdigest()[:32]
    return f"log-exports/{work.pk}/{secret}.zip"


def _stored(work: Work, file: IO[bytes]) -> str:
    """Write the file, over what a run that died may have left, and return its name in the storage."""
    path = path_of(work)
    default_storage.delete(path)
    return default_storage.save(path, File(file))


def _keep(work: Work, *, lines: list[str], found: int = 0, file: str = "", sha256: str = "") -> None:
    """Write the result, and log it as who asked."""
    asker = Asker(work.asked_by, work.asked_by_name)
    with transaction.atomic():
        jobs.keep(WORKS, work, lines=lines, found=found, file=file, sha256=sha256)
        _log_end(work, Work.State.DONE, asker, found=found, sha256=sha256)


def _log_failure(work: Work, reason: str) -> None:
    _log_end(work, Work.State.FAILED, None, found=0, sha256="")
    default_storage.delete(path_of(work))  # what a run that was killed may have stored


def _log_end(work: Work, state: Work.State, by: Asker | None, *, found: int, sha256: str) -> None:
    append(EVENTS[Work.Kind(work.kind)](state=state, found=found, sha256=sha256), by=by, subject=work)


WORKS = jobs.Kind(
    "log_work",
    Work,
    TASK,
    waiting=Work.State.QUEUED,
    running=Work.State.RUNNING,
    done=Work.State.DONE,
    failed=Work.State.FAILED,
    ordered="asked_at",
    claimed="claimed_at",
    ended="finished_at",
    words="日志核验与导出",
    died=DIED,
    fault=FAULT,
    on_failure=_log_failure,
    within=lambda work: origin.as_ordered(work.origin),
)
