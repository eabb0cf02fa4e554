"""Writing in the background: one transaction for the whole sheet, all or nothing.

What was confirmed is compared with the register once more, under locks: what has changed since the check stops it all.
A worker may die at any moment; the transaction also ends the run, so a second delivery finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

import jobs
from accounts.models import User
from audit.log import append
from imports import announcements, events, progress
from imports.background import WRITE, Stale
from imports.models import ImportRow, InstitutionImport
from imports.permissions import can_act_on
from imports.registered import Lookalikes, differences, registered
from imports.runs import Decision, Outcome, to_write
from imports.saving import Codes, add, update
from institutions.models import Institution
from regions.models import Region
from verbs.errors import NotAllowed

BATCH = 1_000
LOCK_CLASS = 410_001  # of our advisory locks: one for each region, held to the end of the transaction
LOCK = "SELECT pg_advisory_xact_lock(%s, region) FROM unnest(%s::int[]) AS asked (region)"
LINK = """
    UPDATE imports_importrow SET institution_id = pair.institution
    FROM unnest(%s::bigint[], %s::bigint[]) AS pair (row, institution) WHERE id = pair.row
"""


def write(run_id: int) -> None:
    """Write a confirmed import. Returns quietly when it is gone, taken or done.

    What has changed since the check becomes a failed import with its reason; any other error does too, and is raised.
    """
    jobs.run(WRITE, run_id, _write_all)


def _write_all(run: InstitutionImport) -> None:
    assert run.confirmed_by is not None  # noqa: S101  -- narrows the type; the database holds it for ordered imports
    by = run.confirmed_by.at("authority", run.authority_id)
    try:
        with transaction.atomic():
            _refuse_unless_importing(run, by)
            _write(run, by)
    except IntegrityError as clash:
        # Registered elsewhere, by a page and not by an import, between our look and our insert.
        raise Stale("核对之后，表格里的机构中有一家刚刚由他人登记。没有写入任何内容，请重新核对。") from clash


def _refuse_unless_importing(run: InstitutionImport, by: User) -> None:
    """Ask once more who may, at the place of the order: duties end, also between the order and the writing."""
    if not (by.may_sign_in and can_act_on(by, run)):
        raise NotAllowed(
            f"确认导入的{by}现在不是{run.authority}的审核员或管理员。没有写入任何内容，请由现任人员重新核对后再导入。"
        )


def _write(run: InstitutionImport, by: User) -> None:
    rows = to_write(run)
    total = rows.count()
    progress.tell(run.pk, 0, total)
    regions = _lock_regions(run)
    lookalikes = Lookalikes(regions)
    codes = dict(Region.objects.under(run.authority.region).values_list("pk", "code"))
    done = 0
    for batch in _batches(run):
        adds = [row for row in batch if row.decision != Decision.UPDATE]
        updates = [row for row in batch if row.decision == Decision.UPDATE]
        if adds:
            _add(run, adds, lookalikes, codes, by)
        if updates:
            _update(run, updates, codes, by)
        done += len(batch)
        progress.tell(run.pk, done, total)
    tally = run.tally | _outcomes(run)
    jobs.keep(WRITE, run, done_at=timezone.now(), tally=tally)
    append(events.Done(tally=tally), by=by, subject=run)
    announcements.written(run, tally)


def _lock_regions(run: InstitutionImport) -> list[int]:
    """Wait for other imports into the same regions to end, and return them. In one order, so that none waits in a ring.

    Institutions without a code have no unique constraint; two imports must not add the same one side by side.
    """
    rows = to_write(run).order_by().values_list("values__region", flat=True).distinct()
    regions = sorted({int(region) for region in rows if region is not None})
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [LOCK_CLASS, regions])
    return regions


def _batches(run: InstitutionImport) -> Iterator[list[ImportRow]]:
    last = 0
    while batch := list(to_write(run).filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _add(run: InstitutionImport, rows: list[ImportRow], lookalikes: Lookalikes, codes: Codes, by: User) -> None:
    given = {row.values["uscc"] for row in rows if row.values.get("uscc")}
    present = {(each.facts["uscc"], each.role) for each in registered(uscc__in=given)}
    for row in rows:
        is_known = row.outcome == Outcome.NEW and lookalikes.find(row.role, row.values)
        if is_known or (row.values.get("uscc"), row.role) in present:
            raise Stale(f"核对之后，第 {row.number} 行的“{row.name}”已经登记。没有写入任何内容，请重新核对。")
    institutions = add(rows, run=run, codes=codes, by=by)
    with connection.cursor() as cursor:
        cursor.execute(LINK, [[row.pk for row in rows], [each.pk for each in institutions]])


def _update(run: InstitutionImport, rows: list[ImportRow], codes: Codes, by: User) -> None:
    keys = [row.institution_id for row in rows if row.institution_id]
    # For its locks, in one order: whoever edits one of these waits, and then finds our facts.
    locked = list(
        Institution.objects.select_for_update(no_key=True)
        .filter(pk__in=keys)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    present = {each.pk: each for each in registered(pk__in=locked)}
    for row in rows:
        found = present.get(row.institution_id or 0)
        if found is None or differences(found.facts, row.values) != row.changes:
            name = found.facts["name"] if found else row.name
            raise Stale(
                f"核对之后，第 {row.number} 行对应的“{name}”已由他人修改。没有写入任何内容，请重新核对，再看一遍变化。"
            )
    update(rows, run=run, codes=codes, by=by)


def _outcomes(run: InstitutionImport) -> dict[str, int]:
    rows = run.rows
    return {
        "added": rows.filter(outcome=Outcome.NEW).count() + rows.filter(decision=Decision.ADD).count(),
        "updated": rows.filter(decision=Decision.UPDATE).count(),
        "renamed": rows.filter(decision=Decision.UPDATE, changes__has_key="name").count(),
        "skipped": rows.filter(decision=Decision.SKIP).count(),
    }
