"""Every kind of job as the kill-and-race tests meet it: how it is ordered, done, spoilt, seen."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, current_app
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone
from pytest_django import Settings

import jobs
from accounts.models import User
from agreements import lifecycle as lifecycle_of_agreements
from agreements.documents import previews, renditions
from agreements.events import CopiesRendered, ScanAttached
from agreements.models import Agreement, Preview, TemplateVersion
from agreements.schedule import sweep_previews, sweep_renditions
from agreements.tasks import make_preview, render_rendition
from audit import works
from audit.models import Entry, Work
from audit.schedule import sweep_works
from audit.tasks import carry_out
from boundary.events import ListExported
from exports import making, ordering
from exports.schedule import sweep_exports
from exports.tasks import make_export
from filing import batches, lifecycle, receipts
from filing.events import ReceiptRendered, TakenUp
from filing.models import Filing
from filing.schedule import sweep_batches, sweep_receipts
from filing.tasks import go_through_batch, make_receipt
from imports import check_run, read_run, runs, write_run
from imports import events as import_events
from imports.background import CHECK, MOST_ATTEMPTS, READ, WRITE
from imports.books import rows_name
from imports.models import InstitutionImport
from imports.schedule import sweep_imports
from imports.tasks import check_import, read_import, write_import
from institutions.models import Authority, Duty, Institution, Membership
from jobs import Kind
from notifications import outbox
from notifications.channels import Mailbag
from notifications.letters import LETTERS
from notifications.models import Notice
from notifications.schedule import sweep_outbox
from notifications.tasks import deliver_due
from tests import factories
from tests.agreements.making import complete_draft, scan_pdf, signed
from tests.database import execute_as_owner
from tests.filing.fixtures import InState
from tests.imports.making import book, checked, code, home, sent, workbook
from tests.notifications.conftest import told
from tests.notifications.smtp_server import SmtpServer
from uploads import judging
from uploads.at_once import as_file
from uploads.background import JUDGE
from uploads.models import Upload
from uploads.schedule import sweep_uploads
from uploads.tasks import judge_next

UNPRINTABLE = "越城区\ue000"


@dataclass(frozen=True)
class Case:
    """One kind of job at hand, its world made."""

    kind: Kind[Any]
    order: Callable[[], object]  # as people do; a second time raises WrongState or changes nothing
    work: Callable[[int], object]  # the task that the broker rings for
    go_on: Callable[[Any], object]  # what a worker does after its claim; quietly nothing if that is lost
    sweep: Callable[[], object]  # the task that the clock starts
    count: Callable[[], int]  # of what people see of work that was done
    spoil: Callable[[], object]  # whatever makes the work fail
    is_one: bool = True  # ordered twice is one job
    again: Callable[[], object] | None = None  # order again what has failed
    is_raised: bool = False  # the spoilt work fails by an error of ours, which the worker raises

    def row(self) -> Any:
        """Return the newest job."""
        return self.kind.model._default_manager.latest("pk")

    def state(self) -> str:
        return str(self.row().state)


def broker_that_is_away() -> Celery:
    """Return an app with our settings at whose address nobody listens."""
    away = Celery("away", set_as_current=False)
    away.config_from_object("django.conf:settings", namespace="CELERY")
    away.conf.broker_url = "redis://127.0.0.1:1/0"
    return away


class Bells:
    """What waits in the real broker for the workers."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def lose(self) -> None:
        self._client.delete("celery")

    def waiting(self) -> list[tuple[str, list[int]]]:
        """Return task and arguments of each message, oldest first."""
        messages = [json.loads(message) for message in reversed(self._client.lrange("celery", 0, -1))]
        return [(each["headers"]["task"], json.loads(b64decode(each["body"]))[0]) for each in messages]

    def answer(self) -> None:
        """Do what every waiting message asks for, as a worker would."""
        asked = self.waiting()
        self.lose()
        for task, arguments in asked:
            current_app.tasks[task](*arguments)


@pytest.fixture
def bells() -> Iterator[Bells]:
    """The workers' queue, empty at first, and every task that may be asked for."""
    current_app.loader.import_default_modules()
    with current_app.connection_for_read() as connected:
        bells = Bells(connected.default_channel.client)
        bells.lose()
        yield bells
        bells.lose()


def logged(event: str, **data: str) -> Callable[[], int]:
    """Return what counts the entries of an event from now on."""
    entries = Entry.objects.filter(event=event, **data)
    before = entries.count()
    return lambda: entries.count() - before


def going_on(kind: Kind[Any], work: Callable[[Any], None]) -> Callable[[Any], object]:
    return lambda row: jobs.carry_out(kind, row, work)


def rename(row: Model) -> Callable[[], object]:
    return lambda: type(row)._default_manager.filter(pk=row.pk).update(name=UNPRINTABLE)


@pytest.fixture
def rendition_case(draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution) -> Case:
    def order() -> object:
        return renditions.request(draft, by=elder_care_clerk)

    return Case(
        renditions.COPIES,
        order,
        render_rendition,
        going_on(renditions.COPIES, renditions._make),
        sweep_renditions,
        logged(CopiesRendered.code),
        rename(elder_care_institution),
        again=order,
    )


@pytest.fixture
def preview_case(draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution) -> Case:
    def order(*, again: bool = False) -> object:
        return previews.request(draft, by=elder_care_clerk, again=again)

    return Case(
        previews.PREVIEWS,
        order,
        make_preview,
        going_on(previews.PREVIEWS, previews._make),
        sweep_previews,
        Preview.objects.filter(state=previews.PREVIEWS.done).count,
        rename(elder_care_institution),
        again=lambda: order(again=True),
    )


@pytest.fixture
def receipt_case(in_state: InState, health_reviewer: User) -> Case:
    filing = in_state(Filing.State.UNDER_REVIEW)
    return Case(
        receipts.RECEIPTS,
        lambda: lifecycle.accept(filing, by=health_reviewer),
        make_receipt,
        going_on(receipts.RECEIPTS, receipts._make),
        sweep_receipts,
        logged(ReceiptRendered.code),
        # Its head is written once, with the decision: past the guards.
        lambda: execute_as_owner(
            "SET session_replication_role = replica; UPDATE filing_filing SET decided_as = %s WHERE id = %s;"
            " SET session_replication_role = DEFAULT",
            [UNPRINTABLE, filing.pk],
        ),
    )


@pytest.fixture
def filing_batch_case(health_reviewer: User, health_authority: Authority) -> Case:
    filing = Filing.objects.create(
        agreement=factories.DraftAgreementFactory.create(),
        authority=health_authority,
        state=Filing.State.SUBMITTED,
        submitted_at=timezone.now(),
        due_on=factories.today(),
        due_basis="备案办法第八条",
    )
    duty = Membership.objects.filter(user=health_reviewer, authority=health_authority, duty=Duty.REVIEWER)

    def order() -> object:
        return batches.order(batches.ACTS["take_up"], [filing], by=User.objects.get(pk=health_reviewer.pk))

    def again() -> None:
        if not duty.exists():
            factories.MembershipFactory.create(user=health_reviewer, authority=health_authority, duty=Duty.REVIEWER)
        order()

    return Case(
        batches.BATCHES,
        order,
        go_through_batch,
        going_on(batches.BATCHES, batches._go_through),
        sweep_batches,
        logged(TakenUp.code),
        duty.delete,
        again=again,
    )


@pytest.fixture
def import_check_case(health_authority: Authority, health_reviewer: User) -> Case:
    run = checked(book(home(1), home(2)), health_authority, health_reviewer)

    def order() -> None:
        runs.recheck(run, by=health_reviewer)

    return Case(
        CHECK,
        order,
        check_import,
        going_on(CHECK, check_run._check),
        sweep_imports,
        logged(import_events.Checked.code),
        lambda: spoil_rows(run),
        again=order,
    )


def spoil_rows(run: InstitutionImport) -> None:
    """Keep what no cell of ours has read."""
    name = rows_name(str(run.file.name), 0)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(gzip.compress(b'[0, ["no row"]]\n')))


@pytest.fixture
def import_read_case(health_authority: Authority, health_reviewer: User, settings: Settings, tmp_path: Path) -> Case:
    """A sheet whose columns only a person knows."""
    content = workbook({"台账": [["甲", "乙", "丙"], [1, 2, 3]]})

    def spoil() -> None:
        """Let there be no cell, as often as is tried."""
        (tmp_path / "cells").write_text("no folder")
        settings.CELL_FOLDER = tmp_path / "cells"
        InstitutionImport.objects.update(attempts=MOST_ATTEMPTS)

    return Case(
        READ,
        lambda: sent(content, health_authority, health_reviewer),
        read_import,
        going_on(READ, read_run._read),
        sweep_imports,
        lambda: InstitutionImport.objects.filter(state=READ.done, sheets__0__headings__0="甲").count(),
        spoil,
        is_one=False,
        again=lambda: runs.reopen(InstitutionImport.objects.latest("pk"), by=health_reviewer),
    )


@pytest.fixture
def import_write_case(health_authority: Authority, health_reviewer: User) -> Case:
    run = checked(book(home(1), home(2)), health_authority, health_reviewer)

    def again() -> None:
        Institution.objects.filter(uscc=code(1)).delete()
        runs.recheck(run, by=health_reviewer)
        check_run.check(run.pk)
        runs.confirm(run, by=health_reviewer)

    return Case(
        WRITE,
        lambda: runs.confirm(run, by=health_reviewer),
        write_import,
        going_on(WRITE, write_run._write_all),
        sweep_imports,
        logged(import_events.Done.code),
        lambda: factories.OpenElderCareFactory.create(uscc=code(1)),
        again=again,
    )


def log_work_case(kind: Work.Kind, order: Callable[[], object], settings: Settings, tmp_path: Path) -> Case:
    def spoil() -> None:
        (tmp_path / "platform.pem").write_text("no key")
        settings.PLATFORM_KEY_FILE = str(tmp_path / "platform.pem")

    return Case(
        works.WORKS,
        order,
        carry_out,
        going_on(works.WORKS, works._do),
        sweep_works,
        logged(works.EVENTS[kind].code, data__state="done"),
        spoil,
        is_one=kind == Work.Kind.VERIFICATION,
        again=order,
        is_raised=True,
    )


@pytest.fixture
def verification_case(draft: Agreement, auditor: User, settings: Settings, tmp_path: Path) -> Case:
    return log_work_case(Work.Kind.VERIFICATION, lambda: works.ask_verification(by=auditor), settings, tmp_path)


@pytest.fixture
def export_case(draft: Agreement, auditor: User, settings: Settings, tmp_path: Path) -> Case:
    day = draft.created_at.date()
    return log_work_case(
        Work.Kind.EXPORT, lambda: works.ask_export(by=auditor, since=day, until=day), settings, tmp_path
    )


@pytest.fixture
def list_case(elder_care_clerk: User, elder_care_institution: Institution, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(ordering, "FEW", -1)  # also what is short waits for a worker
    duty = Membership.objects.filter(user=elder_care_clerk)

    def order() -> object:
        by = User.objects.get(pk=elder_care_clerk.pk).at("institution", elder_care_institution.pk)
        return ordering.order("agreements", QueryDict(), by=by)

    def again() -> None:
        if not duty.exists():
            factories.MembershipFactory.create(user=elder_care_clerk, institution=elder_care_institution)
        order()

    return Case(
        making.EXPORTS,
        order,
        make_export,
        going_on(making.EXPORTS, making._make),
        sweep_exports,
        logged(ListExported.code),
        duty.delete,
        again=again,
    )


@pytest.fixture
def letter_case(person: User, mail_server: SmtpServer) -> Case:
    def go_on(notice: Notice) -> None:
        with Mailbag() as bag, suppress(jobs.Lost):
            outbox._send(notice, bag)

    def spoil() -> None:
        mail_server.refusal = "550 no such person"

    return Case(
        LETTERS,
        lambda: told(person),
        lambda pk: deliver_due(),
        go_on,
        sweep_outbox,
        lambda: len(mail_server.letters),
        spoil,
    )


@pytest.fixture
def upload_case(
    elder_care_institution: Institution,
    medical_institution: Institution,
    published: dict[str, TemplateVersion],
    elder_care_clerk: User,
    medical_clerk: User,
) -> Case:
    sickbed = published["shaoxing-2024-home-sickbed"]  # another than that of the other cases' agreements
    own = complete_draft(elder_care_institution, medical_institution, sickbed, by=elder_care_clerk)
    scanned = signed(own, drafter=elder_care_clerk, answerer=medical_clerk)

    def spoil() -> None:
        Path(Upload.objects.latest("pk").file.path).write_bytes(b"no scan")

    def order() -> object:
        return lifecycle_of_agreements.send_scan(scanned, by=elder_care_clerk, file=as_file(scan_pdf(2), "a.pdf"))

    return Case(
        JUDGE,
        order,
        lambda pk: judge_next(),
        going_on(JUDGE, judging.judge),
        sweep_uploads,
        logged(ScanAttached.code),
        spoil,
        again=order,
    )
