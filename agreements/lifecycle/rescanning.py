"""New scans of a paper that was certified: taken only where somebody wants them.

That is an authority that returned the filing for a bad scan, or whoever found later that the scan is bad
(`sockets.RESCANS`). The agreement stays in force as it is, and what was certified before stays as it was.
"""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.pages import places_in_words
from agreements.lifecycle.scans import all_pages_are_there, decide, refuse_uploader, refuse_waiting, waiting_sheets
from agreements.lifecycle.seen import Seen, refuse_unseen, refuse_unseen_scans
from agreements.models import Agreement, Scan
from agreements.models.states import HAS_BEEN_IN_FORCE
from agreements.permissions import can_act
from agreements.sockets import ON_RESCANNED, RESCANS, RESCANS_WHERE
from audit.log import append
from verbs.errors import NotAllowed, WrongState

NOT_WANTED = (
    "这份协议的扫描件已经核验，现在没有人要求重新扫描。"
    "扫描件确实有问题的，请打开它的备案（没有备案或者备案都已结案的，打开协议页面的“备案”一栏），按“重新扫描”写明原因，"
    "再上传新的扫描件。"
)


def certify_rescan(agreement: Agreement, *, by: User, seen: Seen, at: datetime | None = None) -> Agreement:
    """A second person finds that new scans show the pages of the same paper: they stand in place of the old ones.

    The agreement, its days and its copies stay as they are, and so do the old scans and what the signatures name. What
    follows for the authorities that have the old ones (`sockets.ON_RESCANNED`) happens in the same transaction. `at` is
    when they were looked at, by default now; only what brings in old records gives an earlier moment.
    Raises what `certify` raises of scans, and WrongState where it has not been in force or nobody wants new ones.
    """
    with transaction.atomic():
        Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=agreement.pk)
        row = Agreement.objects.get(pk=agreement.pk)
        refuse_unwanted(row, by)
        refuse_uploader(row, by)
        refuse_waiting(row)
        refuse_unseen_scans(row, seen.scans)
        all_pages_are_there(row)
        refuse_unseen(row, seen, by)
        pages = places_in_words([sheet for sheet in waiting_sheets(row) if sheet.counts])
        decide(row, by=by, at=at, state=Scan.State.CERTIFIED)
        append(events.ScansReplaced(pages=pages), by=by, subject=row)
        announcements.scans_replaced(row, by=by, pages=pages)
        for follow in ON_RESCANNED:
            follow(row, by=by)
    return row


def rescan_wanted(agreement: Agreement) -> str:
    """Return in words who wants the paper scanned again, "" where nobody does."""
    if agreement.state not in HAS_BEEN_IN_FORCE:
        return ""
    return " ".join(words for wanted in RESCANS if (words := wanted(agreement)))


def where_wanted() -> Q:
    """Return the condition for a query of agreements of having been in force and being wanted scanned again."""
    wanted = reduce(or_, (where() for where in RESCANS_WHERE), Q(pk__in=[]))
    return Q(state__in=HAS_BEEN_IN_FORCE) & wanted


def refuse_unwanted(row: Agreement, by: User) -> None:
    """Raise NotAllowed for whoever is of neither side, and WrongState where nobody wants the paper scanned again."""
    if not can_act(by, row):
        raise NotAllowed("扫描件由协议双方的经办人办理。")
    if row.state not in HAS_BEEN_IN_FORCE:
        raise WrongState("这份协议还没有生效，请在“核验扫描件”里办理。")
    if not rescan_wanted(row):
        raise WrongState(NOT_WANTED)
