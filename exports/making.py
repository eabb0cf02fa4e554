"""Writing what was ordered: as of one moment, as whoever ordered it sees it then, into a file for them alone."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BufferedRandom
from typing import TypeVar

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, Q
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

import jobs
from accounts.models import User
from audit import origin
from audit.log import append
from boundary.events import ListExported
from chinese.dates import cn_day
from exports.models import Export
from exports.reading import at_one_moment
from exports.sockets import Asked, duties_of, listed
from notifications import ledger
from verbs.errors import NotAllowed, WrongState

State = Export.State
Row = TypeVar("Row")

TASK = "exports.tasks.make_export"
FOLDER = "exports"
KEPT_DAYS = 7
KEPT = timedelta(days=KEPT_DAYS)  # the file
LISTED = timedelta(days=30)  # what was asked, to ask it again
TOLD_AFTER = timedelta(seconds=20)  # from the order: whoever waits so long has gone on to something else
MOST_ROWS = 1_000_000  # a sheet holds 1,048,576
EVERY = 500  # rows: so often the page is told how far it is
PROGRESS_IS_KEPT = 600  # seconds
GONE = "gone"
DIED = "生成时后台连续中断了几次，已停止，没有留下文件。请重新导出；仍不成功时请缩小范围，或者联系平台管理员。"
FAULT = "生成时出错，没有留下文件。请重新导出；仍不成功时请缩小范围，或者联系平台管理员。"
ENDED = "您导出时的职责现在已经结束，不能再按它查看，没有给出文件。"
UNSEEN = "您现在看不到要导出的内容，没有生成文件。"


@dataclass(frozen=True)
class Progress:
    written: int = 0
    total: int = 0  # 0 while nobody has counted


class Teller:
    """Counts the rows of one export and says so in the cache: what is written inside one moment nobody else sees."""

    def __init__(self, export: Export, total: int) -> None:
        self._key = _progress_key(export)
        self._total = total
        self.rows = 0
        self._tell()

    def __call__(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            yield row
            self.rows += 1
            if self.rows % EVERY == 0:
                self._tell()

    def _tell(self) -> None:
        """Raise Lost once the person has let it go: the row that says so is not seen in here."""
        if cache.get(self._key) == GONE:
            raise jobs.Lost(self._key)
        cache.set(self._key, (self.rows, self._total), timeout=PROGRESS_IS_KEPT)


def progress_of(export: Export) -> Progress:
    found = cache.get(_progress_key(export))
    return Progress(*found) if isinstance(found, tuple | list) else Progress()


def tell_gone(export: Export) -> None:
    cache.set(_progress_key(export), GONE, timeout=PROGRESS_IS_KEPT)


def make(export_id: int) -> None:
    """Write what was ordered. Returns quietly when it is gone, taken or done."""
    jobs.run(EXPORTS, export_id, _make)


def make_in_turn(export_id: int) -> None:
    """Do so unless another is being written, and ring for the next: one long list leaves the other workers free."""
    busy = Exists(Export.objects.filter(state=State.RUNNING))
    export = jobs.claim(EXPORTS, export_id, ~Q(busy))
    if export is None:
        return
    try:
        jobs.carry_out(EXPORTS, export, _make)
    finally:
        following = Export.objects.filter(state=State.WAITING).order_by("ordered_at", "pk").first()
        if following is not None:
            jobs.ring_on_commit(EXPORTS, following.pk)


def sweep() -> int:
    """Ring again for orders that nobody took up or whose worker died. Return how many."""
    return len(jobs.sweep(EXPORTS).rung)


def clear_away() -> tuple[int, int]:
    """Drop the files of last week, the orders of last month, and files that no row knows. Return how many of the first
    two.

    The row first: a file without a row is found here later, a row that promises a file must have it.
    """
    now = timezone.now()
    forgotten, _ = Export.objects.exclude(state__in=Export.UNDER_WAY).filter(ordered_at__lt=now - LISTED).delete()
    dropped = Export.objects.exclude(file="").filter(ended_at__lt=now - KEPT).update(file="")
    if default_storage.exists(FOLDER):
        known = set(Export.objects.exclude(file="").values_list("file", flat=True))
        for name in (f"{FOLDER}/{each}" for each in default_storage.listdir(FOLDER)[1]):
            # One that a worker has just stored has no row until that is committed.
            if name not in known and default_storage.get_modified_time(name) < now - timedelta(hours=1):
                default_storage.delete(name)
    return dropped, forgotten


def still_counts(export: Export, user: User) -> bool:
    """Whether every duty by which it was ordered, and once made is seen, is the person's at the place they act for."""
    return set(export.duties) <= set(duties_of(user))


def path_of(export: Export) -> str:
    """Return where its file lies: nobody can guess it, and it is the same when it is made again."""
    secret = salted_hmac("exports.export", _progress_key(export), algorithm="sha256").hexdigest()[:32]
    return f"{FOLDER}/{secret}.xlsx"


def _progress_key(export: Export) -> str:
    # With its moment, because a restored database counts its orders from an older number again.
    return f"export-{export.pk}-{export.ordered_at.timestamp():.6f}"


def _make(export: Export) -> None:
    by = _orderer(export)
    with tempfile.TemporaryFile() as file:
        with at_one_moment():
            export.duties = duties_of(by)  # also what came since the order: rows are seen by it
            asked = _asked(export, by)
            total = asked.count(MOST_ROWS + 1)
            if total > MOST_ROWS:
                raise WrongState(f"要导出的超过 {MOST_ROWS // 10_000} 万行，一张表放不下。请缩小筛选范围再导出。")
            teller = Teller(export, total)
            asked.write(file, teller)
        _keep(export, by, asked, file, teller.rows)


def _orderer(export: Export) -> User:
    """Return who ordered it as they are now, acting for the same place. Raises NotAllowed when a duty has ended."""
    by = export.ordered_by
    if export.place:
        kind, _, key = export.place.rpartition("-")
        by = by.at(kind, int(key))
    if not (by.may_sign_in and still_counts(export, by)):
        raise NotAllowed(ENDED)
    return by


def _asked(export: Export, by: User) -> Asked:
    try:
        return listed(export.slug).ask(by, QueryDict(export.query))
    except (PermissionDenied, Http404) as refusal:
        raise NotAllowed(UNSEEN) from refusal


def _keep(export: Export, by: User, asked: Asked, file: BufferedRandom, rows: int) -> None:
    """Store the file and log what is in it, if it is still this worker's and still the person's to have."""
    size = file.seek(0, 2)
    file.seek(0)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    on = asked.on.isoformat() if asked.on else None
    event = ListExported(list=export.title, asked=asked.words, rows=rows, on=on)
    name = f"{asked.name}-{asked.on or timezone.localdate():%Y%m%d}.xlsx"
    path = path_of(export)
    with transaction.atomic():
        jobs.hold(EXPORTS, export)  # a worker that has lost its claim touches no file either
        _orderer(export)
        default_storage.delete(path)
        stored = default_storage.save(path, File(file))
        words = origin.printable(asked.words)
        facts = {"rows": rows, "file": stored, "name": name, "size": size, "sha256": sha256, "asked": words}
        jobs.keep(EXPORTS, export, duties=export.duties, **facts)
        append(event, by=by, subject=asked.subject or by)
        _tell(export, f"导出已生成：{export.title}", f"共 {rows} 行，保留到{cn_day(kept_until(export))}。")


def kept_until(export: Export) -> date:
    return timezone.localtime((export.ended_at or timezone.now()) + KEPT).date()


def _tell(export: Export, title: str, *lines: str) -> None:
    """Tell whoever has waited so long that they may have gone."""
    if timezone.now() - export.ordered_at < TOLD_AFTER:
        return
    ledger.tell(
        "export_ended",
        subject=export,
        recipients=[export.ordered_by_id],
        period=str(export.ordered_at.timestamp()),
        title=title,
        body="\n".join([f"条件：{export.asked}", *lines]),
        url=reverse("export-detail", args=[export.pk]),
    )


def _leave(export: Export, reason: str) -> None:
    default_storage.delete(path_of(export))  # what a run that was killed may have stored
    _tell(export, f"导出没有生成：{export.title}", f"原因：{reason}")


EXPORTS = jobs.Kind(
    "export",
    Export,
    TASK,
    waiting=State.WAITING,
    running=State.RUNNING,
    done=State.DONE,
    failed=State.FAILED,
    ordered="ordered_at",
    claimed="claimed_at",
    ended="ended_at",
    words="导出台账",
    related=("ordered_by",),
    refusals=(NotAllowed, WrongState),
    died=DIED,
    fault=FAULT,
    on_failure=_leave,
    within=lambda export: origin.as_ordered(export.origin),
)
