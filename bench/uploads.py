"""What strangers' files cost the site: ten bombs at once by the public form, an honest scan after them, a long one, and
workbooks that officials were sent.

Starts the real server, worker and clock in a folder of its own: python -m bench.uploads. Prints what it measured.
"""

from __future__ import annotations

import csv
import http.cookiejar
import io
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pikepdf
from PIL import Image

from tests.boundary import bombs, books

OPENER = urllib.request.build_opener()
ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN, VERDICT_WITHIN = 600.0, 240.0
BOMBS = (
    *(bombs.progressive, bombs.fills, bombs.nested_forms, bombs.repeated_page, bombs.progressive_in_pdf),
    *(bombs.fills_in_a_pattern, bombs.called_by_a_text, bombs.large_picture_often, bombs.slow_drawing, bombs.deflated),
)
DONE = ("没有收下", "等待主管部门核实")
WORKBOOKS = (
    *(books.unpacks_to_much, books.empty_rows, books.endless_row, books.endless_columns, books.large_cell),
    *(books.large_shared_text, books.text_shared_often, books.many_shared_texts, books.lies_about_its_size),
    *(books.many_parts, books.deep, books.billion_laughs, books.entity_of_a_file, books.slow, books.empty_lines),
)
DEMO = {"password": "yiyang-demo-2026"}
OFFICIALS = ("shaoxing-wj-gl", "shaoxing-mz-gl", "shangyu-wj", "taihe-wj", "changsha-mz-gl")  # of the demo


@dataclass
class Health:
    """Asks /health/ over and over, as a load balancer does, and keeps how long each answer took."""

    url: str
    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        while not self.ended.wait(0.1):
            began = time.monotonic()
            try:
                with OPENER.open(f"{self.url}/health/", timeout=30) as answer:
                    answer.read()
            except OSError:
                self.failed += 1
            self.seconds.append(time.monotonic() - began)

    @contextmanager
    def watched(self, words: str) -> Iterator[None]:
        self.seconds, self.failed, self.ended = [], 0, threading.Event()
        thread = threading.Thread(target=self.ask)
        thread.start()
        try:
            yield
        finally:
            self.ended.set()
            thread.join()
            told = f"{len(self.seconds)} answers, median {statistics.median(self.seconds):.3f} s"
            print(f"/health/ {words}: worst {max(self.seconds):.2f} s ({told}, {self.failed} failed)", flush=True)


class Applicant:
    """A browser without an account, which sends the public form."""

    def __init__(self, url: str, number: int) -> None:
        self.url, self.number, self.asked = url, number, ""
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path, timeout=60) as answer:
            return str(answer.read().decode())

    def send(self, institution: int, content: bytes, name: str) -> float:
        """Send the form with a file and return how long its answer took."""
        path = f"/administrators/{institution}/"
        hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|once)" value="([^"]+)"', self.get(path)))
        fields = {**hidden, "full_name": "王昇", "mobile": f"1380000{self.number:04}", "email": ""}
        body, kind = _form(fields, content, name)
        began = time.monotonic()
        request = urllib.request.Request(self.url + path, body, {"Content-Type": kind})  # noqa: S310 -- our own server
        try:
            with self.opener.open(request, timeout=120) as answer:
                self.asked = answer.geturl().removeprefix(self.url)
                answer.read()
        except urllib.error.HTTPError as error:
            words = re.sub(r"<[^>]+>|\s+", " ", error.read().decode())
            raise SystemExit(f"{name}: {error.code} {words[:600]}") from error
        return time.monotonic() - began

    def verdict(self) -> str:
        """Wait until the page of the number tells the verdict, and return its words."""
        until = time.monotonic() + VERDICT_WITHIN
        while time.monotonic() < until:
            page = self.get(self.asked)
            for words in DONE:
                if words in page:
                    reason = re.search(r'role="alert">.*?<span>(.*?)</span>', page, re.S)
                    return reason.group(1).strip() if reason else words
            time.sleep(0.2)
        return "no verdict"


class Official:
    """A browser of somebody who imports institutions, signed in by an account of the demo."""

    def __init__(self, url: str, username: str) -> None:
        """Sign in. Judging a password takes a process 100 MB for a moment, by design (argon2)."""
        self.browser, self.turn = Applicant(url, 0), threading.Lock()
        answer = self._post("/sign-in/", {"username": username, **DEMO})
        if code := re.search(r'class="password">(\d{6})<', answer):
            self._post("/sign-in/code/", {"code": code.group(1)})

    def send(self, content: bytes) -> tuple[str, float]:
        """Send a sheet; return the address of its page and how long the answer took."""
        path = "/institutions/imports/new/"
        with self.turn:  # one browser sends one after the other
            page = self.browser.get(path)
            hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|once|authority)" value="([^"]+)"', page))
            body, kind = _form(hidden, content, "机构.xlsx", field="sheet")
            began = time.monotonic()
            request = urllib.request.Request(self.browser.url + path, body, {"Content-Type": kind})  # noqa: S310 -- our own server
            with self.browser.opener.open(request, timeout=120) as answer:
                answer.read()
                return answer.geturl().removeprefix(self.browser.url), time.monotonic() - began

    def verdict(self, path: str) -> str:
        """Wait until the sheet has been opened, and return what its page says of it."""
        until = time.monotonic() + VERDICT_WITHIN
        while time.monotonic() < until:
            page = self.browser.get(path)
            if 'id="import-progress"' not in page:
                reason = re.search(r'role="alert">.*?<p>(.*?)</p>', page, re.S)
                return reason.group(1).strip() if reason else "opened"
            time.sleep(0.2)
        return "no verdict"

    def _post(self, path: str, fields: dict[str, str]) -> str:
        hidden = dict(re.findall(r'name="(csrfmiddlewaretoken)" value="([^"]+)"', self.browser.get(path)))
        body = urllib.parse.urlencode({**hidden, **fields}).encode()
        with self.browser.opener.open(self.browser.url + path, body, timeout=60) as answer:
            return str(answer.read().decode())


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="yiyang-bench-") as folder, _server(Path(folder)) as (url, pid):
        health = Health(url)
        with health.watched("before"):
            time.sleep(5)
        first, second = _places(url)
        peaks = {"before": _peaks(pid)}
        officials = [Official(url, name) for name in OFFICIALS]
        peaks["signed in"] = _peaks(pid)
        _bombs(url, first, health)
        _long_scan(url, second)
        peaks["after bombs and scan"] = _peaks(pid)
        _workbooks(officials, health)
        peaks["after workbooks"] = _peaks(pid)
        print(f"peak memory of the web server's processes so far, in MB: {peaks}")


def _bombs(url: str, institution: int, health: Health) -> None:
    files = [(bomb.__name__, bomb()) for bomb in BOMBS]
    senders = [Applicant(url, number) for number in range(len(files) + 1)]
    with health.watched("while ten bombs are sent, judged, and followed by a scan"):
        began = time.monotonic()
        with ThreadPoolExecutor(len(files)) as pool:
            sent = [
                pool.submit(who.send, institution, content, name)
                for who, (name, content) in zip(senders[:-1], files, strict=True)
            ]
            answered = [each.result() for each in sent]
        print(f"ten bombs: answered within {max(answered):.2f} s, all together {time.monotonic() - began:.2f} s")
        honest, began = senders[-1], time.monotonic()
        took = honest.send(institution, scan(1), "scan.pdf")
        words = honest.verdict()
        told = f"answered in {took:.2f} s, verdict after {time.monotonic() - began:.1f} s: {words}"
        print(f"one-page scan after them: {told}")
        for who, (name, _) in zip(senders[:-1], files, strict=True):
            print(f"  {name}: {who.verdict()}")
        print(f"all verdicts {time.monotonic() - began:.1f} s after the bombs")


def _long_scan(url: str, institution: int) -> None:
    content, who = scan(40), Applicant(url, 99)
    began = time.monotonic()
    took = who.send(institution, content, "long.pdf")
    words = who.verdict()
    size = len(content) / 1024 / 1024
    print(f"40 pages, {size:.0f} MB: answered in {took:.2f} s, verdict after {time.monotonic() - began:.1f} s: {words}")


def _workbooks(officials: list[Official], health: Health) -> None:
    """Workbooks of many officials at once, an honest one last: what each is told, and how long the pages took."""
    made = [(bomb.__name__, bomb()) for bomb in (*WORKBOOKS, books.honest)]
    with health.watched(f"while {len(made)} workbooks are sent and opened"):
        began = time.monotonic()
        with ThreadPoolExecutor(len(officials)) as pool:
            sent = [
                (name, officials[place % len(officials)], pool.submit(officials[place % len(officials)].send, content))
                for place, (name, content) in enumerate(made)
            ]
            answered = [(name, who, *each.result()) for name, who, each in sent]
        print(f"workbooks: answered within {max(took for *_, took in answered):.2f} s")
        for name, who, page, _ in answered:
            print(f"  {name}: {who.verdict(page)}")
        print(f"all of them opened {time.monotonic() - began:.1f} s after the first was sent")


def scan(pages: int) -> bytes:
    """Return a PDF as a scanner makes it: A4 in colour at 300 dpi, each page another picture."""
    with pikepdf.new() as pdf:
        for number in range(pages):
            noise = Image.effect_noise((620, 877), 25 + number % 7).resize((2480, 3508)).convert("RGB")
            packed = io.BytesIO()
            noise.save(packed, "JPEG", quality=60)
            picture = pdf.make_stream(packed.getvalue())
            picture.stream_dict = pikepdf.Dictionary(
                Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=2480, Height=3508,
                ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
            )  # fmt: skip
            page = pdf.add_blank_page(page_size=(595, 842))
            page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
            page.obj.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /Im0 Do Q")
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, int]]:
    """Run what ./script/server runs, on a free port and with the demo's data; give its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.chmod(0o755)  # PostgreSQL may run as somebody else
    environment = {**os.environ, "VAR_DIR": str(folder), "PORT": str(port), "RATE_LIMITS_FACTOR": "1000"}
    process = subprocess.Popen(
        [sys.executable, "-m", "embedded.server"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(60)


def _await(url: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        try:
            with OPENER.open(f"{url}/health/", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the server did not start")


def _places(url: str) -> list[int]:
    """Return the keys of two institutions that may be asked for."""
    with (ROOT / "demo/data/elder_care.csv").open(encoding="utf-8") as file:
        codes = [row["uscc"] for row in csv.DictReader(file) if row["uscc"]]
    browser = Applicant(url, 0)
    found = (
        re.search(r'href="/administrators/(\d+)/"', browser.get(f"/administrators/?code={code}")) for code in codes
    )
    return [int(each.group(1)) for each in islice((each for each in found if each), 2)]


def _peaks(server: int) -> list[int]:
    """Return the largest memory that each process of the web server below this one has had so far, in megabytes."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            told = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            parents[int(status.parent.name)] = int(told["PPid"]), told
    found = []
    for pid, (above, told) in parents.items():
        line = b""
        with suppress(OSError):  # it may have ended meanwhile
            line = (Path("/proc") / str(pid) / "cmdline").read_bytes()
        while above not in (0, server):
            above = parents.get(above, (0, {}))[0]
        if above == server and b"gunicorn" in line:
            found.append(int(told["VmHWM"].split()[0]) // 1024)
    return found


def _form(fields: dict[str, str], content: bytes, name: str, field: str = "licence") -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    return body, f"multipart/form-data; boundary={edge}"


if __name__ == "__main__":
    main()
