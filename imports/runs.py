"""The verbs about an import: uploading a sheet, saying what its columns mean, deciding, confirming, giving up.

What a worker does with it are three kinds of job (imports/background.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

import jobs
from accounts.models import User
from audit import origin
from audit.events import Event
from audit.log import append
from boundary.refused import UploadRefused
from boundary.uploads import digest_of
from imports import events
from imports.background import CHECK, READ, WRITE
from imports.books import ending_of, refuse_by_size
from imports.headings import Sheet, keys_of
from imports.lifecycle import ABANDON, CONFIRM, DECIDE, GIVE_UP, LIFE, RECHECK, REOPEN, SET_COLUMNS, Step
from imports.models import ImportRow, InstitutionImport, RememberedColumns
from imports.permissions import imports_into
from institutions.models import Authority
from verbs.errors import NotAllowed, WrongState

State = InstitutionImport.State
Outcome = ImportRow.Outcome
Decision = ImportRow.Decision

UNOPENED = (State.RECEIVED, State.OPENING)
MOST_UNOPENED = 20  # of one person at once
TOO_MANY = f"您上传的表格里还有 {MOST_UNOPENED} 个没有打开，请等它们打开以后再上传。"

# Which decisions fit a row: with the same code and side a second registration cannot be.
FITTING = {
    Outcome.CHANGED: {Decision.OPEN, Decision.UPDATE, Decision.SKIP},
    Outcome.DOUBTFUL: {Decision.OPEN, Decision.UPDATE, Decision.ADD, Decision.SKIP},
}


def upload(authority: Authority, *, by: User, name: str, file: IO[bytes], size: int) -> InstitutionImport:
    """Keep an uploaded sheet as it came, to be opened by the worker, and checked at once when its columns are known.

    Raises NotAllowed to all but the authority's reviewers and administrators, UploadRefused for what needs no opening
    to be refused: an empty file, one too large, one too many.
    """
    if not imports_into(by, authority):
        raise NotAllowed(f"只有{authority}的审核员和管理员才能为它导入机构。")
    refuse_by_size(size)
    if InstitutionImport.objects.filter(uploaded_by=by, state__in=UNOPENED).count() >= MOST_UNOPENED:
        raise UploadRefused(TOO_MANY)
    digest = digest_of(file)
    same = InstitutionImport.objects.filter(authority=authority, sha256=digest).order_by("pk").first()
    run = InstitutionImport(
        authority=authority,
        uploaded_by=by,
        file_name=name[-200:],
        size=size,
        sha256=digest,
        same_as=same,
        **_ordered(READ, by),
    )
    secret = salted_hmac("institutions.import", f"{digest} {timezone.now().isoformat()}", algorithm="sha256")
    ending = ending_of(file)
    file.seek(0)
    run.file.save(f"imports/{secret.hexdigest()[:32]}/sheet.{ending}", File(file), save=False)
    with transaction.atomic():
        run.save()
        append(events.Uploaded(name=run.file_name, size=size, sha256=digest), by=by, subject=run)
        jobs.ring_on_commit(READ, run.pk)
    return run


def is_ready(sheets: Sequence[Sheet]) -> bool:
    """Whether nobody needs to look at the columns: known ones only, and a sheet to import."""
    taken = [sheet for sheet in sheets if sheet.role]
    return bool(taken) and all(sheet.is_sure and not sheet.missing for sheet in taken)


def set_columns(run: InstitutionImport, sheets: Sequence[Sheet], *, by: User) -> None:
    """Say what the columns mean, remember it for this authority's next sheet like this, and check."""
    with transaction.atomic():
        row = LIFE.begin(run, SET_COLUMNS, by=by)
        for sheet in sheets:
            if sheet.headings:
                _remember(row.authority, sheet)
        kept = [sheet.as_json() for sheet in sheets]
        _order(row, SET_COLUMNS, events.ColumnsSet(), CHECK, by=by, rows_checked=0, sheets=kept)


def recheck(run: InstitutionImport, *, by: User) -> None:
    """Check again, against the register as it is now; decisions that still fit stay."""
    with transaction.atomic():
        row = LIFE.begin(run, RECHECK, by=by)
        _order(row, RECHECK, events.CheckOrdered(), CHECK, by=by, rows_checked=0)


def reopen(run: InstitutionImport, *, by: User) -> None:
    """Let a sheet be opened once more that no cell was found for, or whose opening was our fault to fail."""
    with transaction.atomic():
        row = LIFE.begin(run, REOPEN, by=by)
        _order(row, REOPEN, events.CheckOrdered(), READ, by=by, attempts=0)


def decide(run: InstitutionImport, decision: str, *, by: User, row: int | None = None, outcome: str = "") -> int:
    """Decide about one row, or about every row of an outcome that is still open. Return how many it was.

    Raises WrongState for a decision that does not fit, or while nothing is to be decided.
    """
    with transaction.atomic():
        locked = LIFE.begin(run, DECIDE, by=by)
        rows = locked.rows.filter(pk=row) if row is not None else locked.rows.filter(decision="", outcome=outcome)
        fitting = [kind for kind, decisions in FITTING.items() if decision in decisions]
        changed = rows.filter(outcome__in=fitting).update(decision=decision)
        if row is not None and not changed:
            raise WrongState("这一行不能这样决定。代码和类别都相同的机构不能再登记一家。")
        if changed:
            LIFE.finish(locked, DECIDE, _decided(locked, decision, changed, row, outcome), by=by)
    return changed


def _decided(run: InstitutionImport, decision: str, count: int, row: int | None, outcome: str) -> events.Decided:
    number = run.rows.values_list("number", flat=True).get(pk=row) if row is not None else None
    asked = Outcome(outcome) if row is None else None
    return events.Decided(decision=Decision(decision), rows=count, row=number, outcome=asked)


def stamp(run: InstitutionImport) -> str:
    """Return a mark of what a confirmation rests on: this check, and every decision about it."""
    decided = run.rows.exclude(decision=Decision.OPEN).order_by("pk").values_list("pk", "decision")
    return sha256(repr((run.checked_at, list(decided))).encode()).hexdigest()[:32]


def confirm(run: InstitutionImport, *, by: User, seen: str | None = None) -> None:
    """Order the writing. Raises WrongState while a row is wrong or undecided, or when there is nothing to write.

    `seen` is the `stamp` of what the person was shown, who is refused if somebody has decided otherwise or checked
    again since; None where nobody looks.
    """
    with transaction.atomic():
        row = LIFE.begin(run, CONFIRM, by=by)
        if seen is not None and seen != stamp(row):
            raise WrongState("在您打开确认页以后，有人更改了决定或重新核对过。请看过现在的结果，再确认导入。")
        if row.rows.filter(outcome=Outcome.WRONG).exists():
            raise WrongState("还有错误的行，不能导入。请改好表格后重新上传。")
        if row.rows.filter(outcome__in=list(FITTING), decision="").exists():
            raise WrongState("还有没决定的行，请逐行或批量决定后再导入。")
        if not to_write(row).exists():
            raise WrongState("没有需要写入的行：全部没有变化，或都选择了跳过。")
        _order(row, CONFIRM, events.Confirmed(), WRITE, by=by, confirmed_by=by, confirmed_at=timezone.now())


def abandon(run: InstitutionImport, *, by: User) -> None:
    """Give an import up; nothing of it is ever written."""
    _abandon(run, ABANDON, by=by)


def give_up(run: InstitutionImport) -> None:
    """Give up by the clock what nobody goes on with."""
    _abandon(run, GIVE_UP, by=None)


def _abandon(run: InstitutionImport, step: Step, *, by: User | None) -> None:
    with transaction.atomic():
        row = LIFE.begin(run, step, by=by)
        LIFE.finish(row, step, events.Abandoned(), by=by, writes={"state_since": timezone.now()})


def to_write(run: InstitutionImport) -> Any:
    """Return the rows that change the register."""
    deciding = run.rows.filter(decision__in=[Decision.UPDATE, Decision.ADD])
    return deciding | run.rows.filter(outcome=Outcome.NEW)


def sheets_of(run: InstitutionImport) -> list[Sheet]:
    return [Sheet.from_json(kept) for kept in run.sheets]


def _order(
    row: InstitutionImport, step: Step, event: Event, kind: jobs.Kind[InstitutionImport], *, by: User, **writes: Any
) -> None:
    """Ask the worker for what comes next."""
    LIFE.finish(row, step, event, by=by, writes={**_ordered(kind, by), **writes})
    jobs.ring_on_commit(kind, row.pk)


def _ordered(kind: jobs.Kind[InstitutionImport], by: User) -> dict[str, Any]:
    """Return what an order writes: that the job waits, and who asked from where, for what the worker logs is theirs."""
    return kind.moved(kind.waiting) | {"failure": "", "ordered_by": by, "origin": origin.kept()}


def _remember(authority: Authority, sheet: Sheet) -> None:
    columns = {key: field for key, field in zip(keys_of(sheet.headings), sheet.fields, strict=True) if field}
    RememberedColumns.objects.update_or_create(
        authority=authority,
        headings_digest=sheet.digest,
        defaults={"role": sheet.role, "columns": columns},
    )
