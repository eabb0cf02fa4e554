"""The trial that `bench.faults` hurts: its processes, its pages as people open them, its jobs."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

STARTED = "按 Ctrl-C 停止"
FIELD = re.compile(r"<input[^>]*>")
TOLD = "已登记，稍后处理"
SAID = {
    TOLD: "told: registered, done later",
    "磁盘已满": "told: the disk is full",
    "系统正在恢复": "told: database away",
}
# What the work of a kind needs and its order does not: held, so that it is under way for as long as we like.
HOLDS_UP = {
    "rendition": "agreements_counterpart",
    "receipt": "filing_filing",
    "import_check": "imports_importrow",
    "import_write": "institutions_institution",
    "verification": "audit_anchor",
    "export": "audit_anchor",
}
MADE = {
    "rendition": "copies.rendered",
    "receipt": "filing.receipt_rendered",
    "import_check": "import.checked",
    "import_write": "import.done",
}


def announced(program: subprocess.Popen[str]) -> None:
    """Wait until the trial says that it runs, and go on reading what it says."""
    assert program.stdout is not None
    for line in program.stdout:
        if STARTED in line:
            break
    else:
        raise RuntimeError("the trial did not start")


def _as_owner() -> Any:
    """Return a connection of the owner of the tables, who alone may hold those that the application only adds to."""
    import psycopg2
    from django.conf import settings
    from django.db import connection

    who = settings.OWNER_DATABASE
    owner = {"user": who["USER"], "password": who["PASSWORD"], "host": who["HOST"], "port": who["PORT"]}
    return psycopg2.connect(**{**connection.get_connection_params(), **owner})


def of_the_trial(var: Path, port: str, media: Path) -> Site:
    """Set Django up for the trial's own database and return the site."""
    addresses = json.loads((var / "run" / "addresses.json").read_text())
    here = {
        "VAR_DIR": str(var),
        "MEDIA_ROOT": str(media),
        "SECRET_KEY_FILE": str(var / "secret-key"),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEBUG": "no",
        "DEMO": "yes",
        "DJANGO_SETTINGS_MODULE": "yiyang.settings",
    }
    os.environ.update({**addresses, **here})
    import django

    django.setup()
    site = Site(var, int(port))
    site.until(site.nothing_waits, 600, time.monotonic())
    return site


@dataclass(frozen=True)
class Answer:
    """What a person got for one act."""

    what: str
    seconds: float
    status: int
    page: str

    @property
    def is_told(self) -> bool:
        # A form that was shown again (422) is no act: it would have asked nothing of what is away.
        return (self.status < 500 and self.status != 422) or any(words in self.page for words in SAID)

    @property
    def said(self) -> str:
        return f"{self.status} " + ", ".join(said for words, said in SAID.items() if words in self.page)


@dataclass
class Job:
    """One job that was ordered here."""

    kind: Any
    pk: int
    made: Callable[[], int]

    def row(self) -> Any:
        return self.kind.model._default_manager.get(pk=self.pk)

    def state(self) -> str:
        return str(self.row().state)

    def is_over(self) -> bool:
        return self.state() in {str(self.kind.done), str(self.kind.failed)}

    def is_done(self) -> bool:
        return self.state() == str(self.kind.done)

    def count(self) -> int:
        return self.made()

    def reason(self) -> str:
        return str(getattr(self.row(), self.kind.failure))

    def claim(self) -> Any:
        return getattr(self.row(), self.kind.claimed)

    def until_taken_again(self) -> None:
        before, ends = self.claim(), time.monotonic() + 120
        while time.monotonic() < ends and not self.is_over() and self.claim() in (before, None):
            time.sleep(0.1)


class Site:
    """The trial as seen from its machine and from a browser."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port

    # Processes

    def pid_of(self, name: str) -> int:
        if name == "postgres":
            return int((self.var / "postgres" / "postmaster.pid").read_text().split()[0])
        return int((self.var / "run" / f"{name}.child").read_text().split()[0])

    def database_answers(self) -> bool:
        import psycopg2
        from django.db import connection

        try:
            psycopg2.connect(**connection.get_connection_params()).close()
        except psycopg2.OperationalError:
            return False
        return True

    @staticmethod
    def connect_again() -> None:
        """Let go of the connection that ended with PostgreSQL; the next question makes another."""
        from django.db import connection

        connection.close()

    def kill_worker(self) -> None:
        os.killpg(self.pid_of("worker"), signal.SIGKILL)

    def kill_pool(self) -> None:
        shown = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.pid_of("worker"))], capture_output=True, check=False
        )
        for pid in shown.stdout.split():
            os.kill(int(pid), signal.SIGKILL)

    # Pages

    def get(self, path: str, cookies: str = "") -> tuple[float, int, str]:
        return self.ask("GET", path, cookies=cookies)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[float, int, str]:
        """Return seconds, status and page; where that leads elsewhere, the page it leads to."""
        began = time.monotonic()
        status, page, where, cookie = self._once(method, path, body, headers)
        seconds = time.monotonic() - began
        if status in {302, 303} and where and headers.get("cookies"):
            known = "; ".join(filter(None, [headers["cookies"], cookie]))
            _, page, _, _ = self._once("GET", where, b"", {"cookies": known})
        return seconds, status, page

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, str, str]:
        talk = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        sent = {"Cookie": headers.get("cookies", ""), "Content-Type": headers.get("kind", "")}
        try:
            talk.request(method, path, body, {name: value for name, value in sent.items() if value})
            answer = talk.getresponse()
            page = answer.read().decode(errors="replace")
            kept = [line.split(";")[0] for line in answer.headers.get_all("Set-Cookie", [])]
            return answer.status, page, answer.headers.get("Location", ""), "; ".join(kept)
        finally:
            talk.close()

    def as_(self, user: Any) -> str:
        """Return the cookies of a session of this person."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user, "accounts.backend.AccountBackend")
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def submit(self, what: str, page_at: str, to: str, cookies: str, **fields: str) -> Callable[[], Answer]:
        """Open a form now, and return what sends it."""
        _, page, _, given = self._once("GET", page_at, b"", {"cookies": cookies})
        # The frame of a page has forms of its own; the one that is meant stands in the page's main part.
        main = page.partition('id="content"')[2] or page
        forms = [form for form in main.split("<form")[1:] if "csrfmiddlewaretoken" in form]
        form = next((form for form in forms if f'action="{to}"' in form), forms[0])
        hidden = {}
        for field in FIELD.findall(form.split("</form>")[0]):
            name, value = (re.search(rf'{key}="([^"]*)"', field) for key in ("name", "value"))
            if name:
                hidden[name[1]] = value[1] if value else ""
        body = urlencode({**hidden, **fields}).encode()
        known = "; ".join(filter(None, [cookies, given]))
        kind = "application/x-www-form-urlencoded"

        def send() -> Answer:
            # Browsers say so of themselves; the anti-forgery check of a site without TLS does not ask for it.
            seconds, status, page = self.ask("POST", to, body, cookies=known, kind=kind)
            return Answer(what, seconds, status, page)

        return send

    def half_sent(self, number: int) -> ExitStack:
        parts = [
            b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
            b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nabc",
        ]
        stack = ExitStack()
        for place in range(number):
            talk = stack.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=30))
            talk.sendall(parts[place % len(parts)])
        return stack

    # Acts

    def acts(self) -> Iterator[Callable[[], Answer]]:
        """Yield what sends forms that order jobs, each opened before the fault where that is needed."""
        from accounts.models import User
        from agreements.models import Agreement
        from institutions.models import Duty, Membership

        auditor = self.as_(Membership.objects.filter(duty=Duty.AUDITOR).first().user)  # type: ignore[union-attr]  # the demo has one
        today = time.strftime("%Y-%m-%d")
        yield self.submit(
            "ordering an export of the log", "/log/works/", "/log/works/export/", auditor, since=today, until=today
        )
        for row in Agreement.objects.filter(state=Agreement.State.NEGOTIATING).with_parties():
            clerk = Membership.objects.filter(institution=row.partner, duty=Duty.CLERK, user__is_active=True).first()
            if clerk is not None:
                at, contact = (
                    f"/agreements/{row.number}/agree/",
                    {"contact_phone": "13800000000", "signatory_name": "王颖"},
                )
                yield self.submit("agreeing to a text", at, at, self.as_(clerk.user), **contact)
                break
        nobody = self.as_(User.objects.filter(memberships__duty=Duty.CLERK).first())
        yield lambda: Answer("a page that is refused", *self.get("/people/", nobody))
        yield lambda: Answer("the sign-in page", *self.get("/sign-in/"))

    def upload(self) -> Answer:
        """Upload a sheet, a reviewer's, to be imported."""
        reviewer, authority = self.reviewer()
        cookies = self.as_(reviewer)
        _, page, _, given = self._once("GET", "/institutions/imports/new/", b"", {"cookies": cookies})
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)
        once = re.search(r'name="once" value="([^"]*)"', page)
        fields = {
            "csrfmiddlewaretoken": token[1] if token else "",
            "once": once[1] if once else "",
            "authority": authority.pk,
        }
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
        ]
        head = b'--x\r\nContent-Disposition: form-data; name="sheet"; filename="a.xlsx"\r\n\r\n'
        body = b"".join([*parts, head, self.sheet(), b"\r\n--x--\r\n"])
        known = "; ".join(filter(None, [cookies, given]))
        seconds, status, page = self.ask(
            "POST", "/institutions/imports/new/", body, cookies=known, kind="multipart/form-data; boundary=x"
        )
        return Answer("an upload", seconds, status, page)

    @staticmethod
    def files(media: Path) -> set[str]:
        return {str(path) for path in media.rglob("*") if path.is_file()}

    # Jobs

    def kinds(self) -> list[str]:
        return list(HOLDS_UP)

    def nothing_waits(self) -> bool:
        import jobs

        return not any(
            kind.model._default_manager.filter(state__in=[kind.waiting, kind.running]).exists()
            for kind in jobs.ALL.values()
            if kind.is_awaited
        )

    def until(self, condition: Callable[[], bool], seconds: float, began: float) -> float:
        """Return how long since `began` until a condition came true, or until the time was over."""
        while not condition() and time.monotonic() - began < seconds:
            time.sleep(0.2)
        return time.monotonic() - began

    @contextmanager
    def held_up(self, name: str) -> Iterator[Job]:
        """Order a job and keep its worker from ending it until the block ends."""
        worker = self.pid_of("worker")
        os.kill(worker, signal.SIGSTOP)  # so that it takes nothing before the table is held
        job = self.order(name)
        holding = _as_owner()
        try:
            with holding.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {HOLDS_UP[name]} IN ACCESS EXCLUSIVE MODE")
                os.kill(worker, signal.SIGCONT)
                self.until(lambda: job.state() == job.kind.running, 60, time.monotonic())
                yield job
        finally:
            holding.close()

    def order(self, name: str) -> Job:
        """Order a job of a kind, as its app does."""
        from audit.models import Entry

        event = MADE.get(name)
        entries = Entry.objects.filter(event=event) if event else Entry.objects.filter(data__state="done")
        before = entries.count()
        kind, pk = getattr(self, f"_order_{name}")()
        return Job(kind, pk, lambda: entries.count() - before)

    def _order_rendition(self) -> tuple[Any, int]:
        from django.db import transaction
        from django.db.models import F

        import jobs
        from agreements.documents.renditions import COPIES
        from agreements.models import Agreement

        drafts = Agreement.objects.filter(state=Agreement.State.DRAFT, template_version__isnull=False)
        row = drafts.exclude(medical=None).exclude(elder_care=None).first()
        assert row is not None
        Agreement.objects.filter(pk=row.pk).update(revision=F("revision") + 1)
        row.refresh_from_db()
        with transaction.atomic():
            made = jobs.order(COPIES, agreement=row, revision=row.revision, frozen=None, requested_by=self.anybody())
        return COPIES, made.pk

    def _order_receipt(self) -> tuple[Any, int]:
        from filing import lifecycle
        from filing.models import Filing
        from filing.receipts import RECEIPTS
        from institutions.models import Duty, Membership

        for row in Filing.objects.filter(state__in=["under_review", "submitted"]).order_by("pk"):
            for held in Membership.objects.filter(authority=row.authority_id, duty=Duty.REVIEWER):
                by = held.user.at("authority", row.authority_id)
                if row.state == "submitted":
                    row = lifecycle.take_up(row, by=by)
                lifecycle.accept(row, by=by)
                return RECEIPTS, row.pk
        raise RuntimeError("the demo has no filing left to accept")

    def _order_import_check(self) -> tuple[Any, int]:
        from imports import read_run, runs
        from imports.background import CHECK

        by, authority = self.reviewer()
        sheet = self.sheet()
        run = runs.upload(authority, by=by, name="a.xlsx", file=BytesIO(sheet), size=len(sheet))
        read_run.read(run.pk)  # here, for the worker stands still
        run.refresh_from_db()
        assert run.state == CHECK.waiting, run.state
        return CHECK, run.pk

    def _order_import_write(self) -> tuple[Any, int]:
        from imports import runs
        from imports.background import CHECK, WRITE

        _, pk = self._order_import_check()
        os.kill(self.pid_of("worker"), signal.SIGCONT)
        job = Job(CHECK, pk, lambda: 0)
        self.until(job.is_over, 120, time.monotonic())
        os.kill(self.pid_of("worker"), signal.SIGSTOP)
        runs.confirm(job.row(), by=self.reviewer()[0])
        return WRITE, pk

    def _order_verification(self) -> tuple[Any, int]:
        from audit import works

        return works.WORKS, works.ask_verification(by=self.anybody()).pk

    def _order_export(self) -> tuple[Any, int]:
        from django.utils import timezone

        from audit import works

        today = timezone.localdate()
        return works.WORKS, works.ask_export(by=self.anybody(), since=today, until=today).pk

    def anybody(self) -> Any:
        from institutions.models import Duty, Membership

        held = Membership.objects.filter(duty=Duty.AUDITOR).first()
        assert held is not None
        return held.user

    def reviewer(self) -> tuple[Any, Any]:
        """Return who imports for the bureau of the sheets, and the bureau."""
        from institutions.models import Duty, Membership

        held = Membership.objects.filter(duty=Duty.REVIEWER, authority__region__code="330602").select_related(
            "authority"
        )
        first = held.first()
        assert first is not None
        assert first.authority_id is not None
        return first.user.at("authority", first.authority_id), first.authority

    sheets = 0

    def sheet(self) -> bytes:
        """Return a sheet of homes that no other sheet has."""
        from tests.imports.making import book, home

        Site.sheets += 1
        first = int(time.time()) % 900 * 1000 + Site.sheets * 40
        content = book(*(home(number) for number in range(first, first + 40)))
        return content.read() if hasattr(content, "read") else content
