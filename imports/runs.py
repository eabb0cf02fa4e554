"""The verbs about an import: uploading a sheet, saying what its columns mean, deciding, confirming, giving up.

What a worker does with it are two kinds of job (imports/background.py).
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
from audit.log import append
from audit.models import Event
from boundary.refused import UploadRefused
from imports.background import CHECK, WRITE
from imports.books import kind_of, opened
from imports.headings import Sheet, bare, look_at
from imports.models import ImportRow, InstitutionImport, RememberedColumns
from institutions.models import Authority
from verbs.errors import WrongState

State = InstitutionImport.State
Outcome = ImportRow.Outcome
Decision = ImportRow.Decision

# Which decisions fit a row: with the same code and side a second registration cannot be.
FITTING = {
    Outcome.CHANGED: {Decision.OPEN, Decision.UPDATE, Decision.SKIP},
    Outcome.DOUBTFUL: {Decision.OPEN, Decision.UPDATE, Decision.ADD, Decision.SKIP},
}
READ_AGAIN_FROM = frozenset({State.MAPPING, State.CHECKED, State.FAILED})
GIVEN_UP_FROM = READ_AGAIN_FROM | {State.WAITING}


def upload(authority: Authority, *, by: User, name: str, file: IO[bytes], size: int) -> InstitutionImport:
    """Keep an uploaded sheet; check it at once when its columns are known. Raises UploadRefused with the reason."""
    with opened(file, size) as tables:
        sheets = [look_at(table, authority) for table in tables]
    if not any(sheet.headings for sheet in sheets):
        raise UploadRefused("表格里没有找到表头。请下载模板，或检查第一行是不是各列的名称。")
    digest = _digest(file)
    same = InstitutionImport.objects.filter(authority=authority, sha256=digest).order_by("pk").first()
    run = InstitutionImport(
        authority=authority,
        uploaded_by=by,
        file_name=name[-200:],
        size=size,
        sha256=digest,
        same_as=same,
        sheets=[sheet.as_json() for sheet in sheets],
    )
    secret = salted_hmac("institutions.import", f"{digest} {timezone.now().isoformat()}", algorithm="sha256")
    ending = kind_of(file)
    file.seek(0)
    run.file.save(f"imports/{secret.hexdigest()[:32]}/sheet.{ending}", File(file), save=False)
    with transaction.atomic():
        run.save()
        append(Event.IMPORT_UPLOADED, by=by, subject=run, name=run.file_name, size=size, sha256=digest)
        if is_ready(sheets):
            _order(run, CHECK, by=by)
    return run


def is_ready(sheets: Sequence[Sheet]) -> bool:
    """Whether nobody needs to look at the columns: known ones only, and a sheet to import."""
    taken = [sheet for sheet in sheets if sheet.role]
    return bool(taken) and all(sheet.is_sure and not sheet.missing for sheet in taken)


def set_columns(run: InstitutionImport, sheets: Sequence[Sheet], *, by: User) -> None:
    """Say what the columns mean, remember it for this authority's next sheet like this, and check."""
    with transaction.atomic():
        row = _locked(run, READ_AGAIN_FROM, "现在不能更改各列。")
        for sheet in sheets:
            if sheet.headings:
                _remember(row.authority, sheet)
        row.sheets = [sheet.as_json() for sheet in sheets]
        row.save(update_fields=["sheets"])
        _order(row, CHECK, by=by, rows_checked=0)


def recheck(run: InstitutionImport, *, by: User) -> None:
    """Check again, against the register as it is now; decisions that still fit stay."""
    with transaction.atomic():
        row = _locked(run, READ_AGAIN_FROM - {State.MAPPING}, "现在不能重新核对。")
        _order(row, CHECK, by=by, rows_checked=0)


def decide(run: InstitutionImport, decision: str, *, by: User, row: int | None = None, outcome: str = "") -> int:
    """Decide about one row, or about every row of an outcome that is still open. Return how many it was.

    Raises WrongState for a decision that does not fit, or while nothing is to be decided.
    """
    with transaction.atomic():
        locked = _locked(run, frozenset({State.CHECKED}), "现在不能再决定。")
        rows = locked.rows.filter(pk=row) if row is not None else locked.rows.filter(decision="", outcome=outcome)
        fitting = [kind for kind, decisions in FITTING.items() if decision in decisions]
        changed = rows.filter(outcome__in=fitting).update(decision=decision)
        if row is not None and not changed:
            raise WrongState("这一行不能这样决定。代码和类别都相同的机构不能再登记一家。")
    return changed


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
        row = _locked(run, frozenset({State.CHECKED}), "现在不能导入。")
        if seen is not None and seen != stamp(row):
            raise WrongState("在您打开确认页以后，有人更改了决定或重新核对过。请看过现在的结果，再确认导入。")
        if row.rows.filter(outcome=Outcome.WRONG).exists():
            raise WrongState("还有错误的行，不能导入。请改好表格后重新上传。")
        if row.rows.filter(outcome__in=list(FITTING), decision="").exists():
            raise WrongState("还有没决定的行，请逐行或批量决定后再导入。")
        if not to_write(row).exists():
            raise WrongState("没有需要写入的行：全部没有变化，或都选择了跳过。")
        row.confirmed_by, row.confirmed_at = by, timezone.now()
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        _order(row, WRITE, by=by)


def abandon(run: InstitutionImport, *, by: User | None) -> None:
    """Give an import up; nothing of it is ever written."""
    with transaction.atomic():
        row = _locked(run, GIVEN_UP_FROM, "不能放弃。")
        row.state, row.state_since = State.ABANDONED, timezone.now()
        row.save(update_fields=["state", "state_since"])
        append(Event.IMPORT_ABANDONED, by=by, subject=row)


def to_write(run: InstitutionImport) -> Any:
    """Return the rows that change the register."""
    deciding = run.rows.filter(decision__in=[Decision.UPDATE, Decision.ADD])
    return deciding | run.rows.filter(outcome=Outcome.NEW)


def sheets_of(run: InstitutionImport) -> list[Sheet]:
    return [Sheet.from_json(kept) for kept in run.sheets]


def _order(run: InstitutionImport, kind: jobs.Kind[InstitutionImport], *, by: User, **facts: Any) -> None:
    """Ask the worker for what comes next, and keep who asked from where: what it logs is theirs."""
    asked = {"failure": "", "ordered_by": by, "origin": origin.kept()}
    if jobs.order_again(kind, run.pk, source=run.state, **asked, **facts):
        run.state = kind.waiting


def _locked(run: InstitutionImport, states: frozenset[State], refusal: str) -> InstitutionImport:
    row = InstitutionImport.objects.select_for_update(of=("self",)).select_related("authority").get(pk=run.pk)
    if row.state not in states:
        raise WrongState(f"这次导入{row.get_state_display()}，{refusal}")
    return row


def _remember(authority: Authority, sheet: Sheet) -> None:
    columns = {bare(heading): field for heading, field in zip(sheet.headings, sheet.fields, strict=True) if field}
    RememberedColumns.objects.update_or_create(
        authority=authority,
        headings_digest=sheet.digest,
        defaults={"role": sheet.role, "columns": columns},
    )


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = sha256()
    while piece := file.read(1024 * 1024):
        digest.update(piece)
    return digest.hexdigest()
