"""gunicorn with our worker, as the trial and production start it: half-sent requests keep nobody waiting."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from agreements.documents import verifying
from boundary.uploads import LARGEST_BYTES
from embedded.waiting import wait_until
from yiyang import bodies
from yiyang.bodies import MEGABYTE

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0
APPLICATION = """
import yiyang.patient
yiyang.patient.MOST_KEPT = 8_000_000  # of this worker, so that a test need not fill a disk
yiyang.patient.LATELY = 0.2

def application(environ, start_response):
    body = environ["wsgi.input"].read()
    said = b"%s %d %s" % (environ["REQUEST_METHOD"].encode(), len(body), body[-9:])
    if environ["PATH_INFO"] == "/where":
        said = environ["SCRIPT_NAME"].encode() + environ["PATH_INFO"].encode()
    if environ["PATH_INFO"] == "/long":
        said = b"x" * 20_000_000
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]
"""
HALF = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half a header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
    "no body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc",
}
SIGNED_IN = {"Cookie": "a=b; sessionid=abc"}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a gunicorn with our settings and a small application, with one worker."""
    folder = tmp_path_factory.mktemp("patient")
    (folder / "small.py").write_text(APPLICATION)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(128)
        program = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--config=python:yiyang.web_server", "small"),
                *(f"--bind=fd://{held.fileno()}", "--workers=1", "--no-control-socket", f"--pythonpath={folder}"),
                *(f"--error-logfile={folder / 'errors'}", f"--access-logfile={folder / 'access'}"),
            ],
            cwd=ROOT,
            pass_fds=(held.fileno(),),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        try:
            yield held.getsockname()[1]
        finally:
            program.terminate()
            program.wait(PATIENCE)


@pytest.fixture
def dialled(port: int) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def begun(port: int, stack: ExitStack, part: bytes) -> socket.socket:
    talk = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
    talk.sendall(part)
    return talk


def ask(port: int, method: str = "GET", path: str = "/", body: bytes | None = None) -> bytes:
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        talk.request(method, path, body, SIGNED_IN)
        return talk.getresponse().read()
    finally:
        talk.close()


@pytest.mark.parametrize("part", list(HALF))
def test_fifty_half_sent_requests_keep_nobody_waiting(port: int, dialled: ExitStack, part: str) -> None:
    for _ in range(50):
        begun(port, dialled, HALF[part])
    assert ask(port) == b"GET 0 "


def test_whoever_does_not_read_keeps_nobody_waiting(port: int, dialled: ExitStack) -> None:
    for _ in range(5):
        begun(port, dialled, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
    assert ask(port) == b"GET 0 "


def test_a_request_in_pieces_is_answered_when_it_is_whole(port: int, dialled: ExitStack) -> None:
    talk = begun(port, dialled, HALF["half a body"])
    assert ask(port) == b"GET 0 "
    talk.sendall(b"d" * 990)
    assert ask(port) == b"GET 0 "
    talk.sendall(b"last 77")
    assert talk.makefile("rb").read().endswith(b"POST 1000 ddlast 77")


@pytest.mark.parametrize("size", [0, 1, 60_000, 70_000, 3_000_000])
def test_bodies_come_whole_and_answers_go_whole(port: int, size: int) -> None:
    body = os.urandom(size)
    assert ask(port, "POST", "/", body) == b"POST %d %s" % (size, body[-9:])
    assert len(ask(port, path="/long")) == 20_000_000


def test_leave_to_go_on(port: int, dialled: ExitStack) -> None:
    talk = begun(port, dialled, b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert talk.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
    talk.sendall(b"ok")
    assert talk.makefile("rb").read().endswith(b"POST 2 ok")


def head(path: str = "/", length: int | None = None, **fields: str) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: x",
        *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items()),
    ]
    lines += [] if length is None else [f"Content-Length: {length}"]
    return "\r\n".join([*lines, "", ""]).encode()


REFUSED = [
    (head(length=256 * MEGABYTE + 1, Cookie="sessionid=abc"), bodies.TOO_LARGE),
    (head(length=999_999_999_999), bodies.TOO_LARGE),
    (head(length=10**19, Cookie="sessionid=abc"), bodies.TOO_LARGE),
    (head(length=MEGABYTE + 1), bodies.SIGN_IN_FIRST),
    (head("/sign-in/", MEGABYTE + 1, Cookie="csrftoken=abc; applicant=sessionid; sessionid="), bodies.SIGN_IN_FIRST),
    (head("/x/administrators/7/", MEGABYTE + 1), bodies.SIGN_IN_FIRST),
    (head("/administrators/7/", 52 * MEGABYTE + 1), bodies.LARGE_SCAN),
    (head("/verify/", 21 * MEGABYTE + 1), bodies.LARGE_SHOWN),
    (head("/verify/x/", MEGABYTE + 1), bodies.SIGN_IN_FIRST),
    (head(Transfer_Encoding="chunked") + b"3\r\nabc\r\n0\r\n\r\n", bodies.NO_LENGTH),
    (head(Transfer_Encoding="chunked") + b"0\r\nX-Trailer: a\r\n\r\n", bodies.NO_LENGTH),
    (head(length=3, Transfer_Encoding="gzip, chunked"), bodies.NO_LENGTH),
    (head(transfer_encoding="identity", Cookie="sessionid=abc"), bodies.NO_LENGTH),
]
WAITED_FOR = [
    head(length=MEGABYTE),
    head(length=256 * MEGABYTE, Cookie="sessionid=abc"),
    head(length=2 * MEGABYTE, cookie="csrftoken=abc;sessionid=abc"),
    head("/administrators/7/", 52 * MEGABYTE),
    head("/verify/", 21 * MEGABYTE),
    head("/administrators/asked/GL-ABCD-EFGH/?a=b", 52 * MEGABYTE),
]


@pytest.mark.parametrize(("sent", "refusal"), REFUSED, ids=range(len(REFUSED)))
def test_what_nobody_may_send_is_refused_in_words_by_its_header(
    port: int, dialled: ExitStack, sent: bytes, refusal: bodies.Refusal
) -> None:
    answer = begun(port, dialled, sent).makefile("rb").read().decode()
    assert answer.startswith(f"HTTP/1.1 {refusal.status} ")
    assert answer.endswith(refusal.sentence)
    assert 'name="viewport"' in answer, "a telephone shows it in letters of its own size"
    assert ask(port) == b"GET 0 "


@pytest.mark.parametrize("sent", WAITED_FOR, ids=range(len(WAITED_FOR)))
def test_what_somebody_may_send_is_waited_for(sent: bytes) -> None:
    assert bodies.refusal_of(sent[:-2]) is None


@pytest.mark.parametrize("lie", ["SCRIPT_NAME: /x", "SCRIPT_NAME: /where", "PATH_INFO: /x", "Script_Name: /where"])
def test_no_header_says_where_the_platform_lies(port: int, dialled: ExitStack, lie: str) -> None:
    sent = f"GET /where HTTP/1.1\r\nHost: x\r\n{lie}\r\n\r\n".encode()
    assert begun(port, dialled, sent).makefile("rb").read().endswith(b"\r\n\r\n/where")


def test_whoever_goes_on_sending_what_is_refused_reads_the_answer(port: int, dialled: ExitStack) -> None:
    talk = begun(port, dialled, head(length=20_000_000))
    talk.sendall(b"x" * 20_000_000)
    assert talk.makefile("rb").read().decode().endswith(bodies.SIGN_IN_FIRST.sentence)


def test_all_that_is_not_whole_stays_within_a_bound_and_the_slowest_goes(port: int, dialled: ExitStack) -> None:
    part = head(length=200 * MEGABYTE, **SIGNED_IN)
    slow = [begun(port, dialled, part + b"x" * 3_000_000) for _ in range(2)]
    body = os.urandom(7_000_000)
    # They are slow when they have been silent for a moment; until then the newcomer may be told that it is crowded.
    assert wait_until(lambda: ask(port, "POST", "/", body) == b"POST 7000000 %s" % body[-9:], PATIENCE)
    answers = [talk.makefile("rb").read().decode() for talk in slow]
    assert [answer.rpartition("<p>")[2] for answer in answers] == [bodies.CROWDED.sentence] * 2


def test_the_session_s_cookie_is_known_by_its_name() -> None:
    assert settings.SESSION_COOKIE_NAME == bodies.SESSION_COOKIE
    assert bodies.MOST_APPLIED > LARGEST_BYTES
    assert bodies.MOST_BODY > 4 * LARGEST_BYTES


def test_every_form_of_strangers_with_a_file_is_one_that_may_send_it() -> None:
    for address in (reverse("administrator-ask", args=[7]), reverse("administrator-asked", args=["GL-ABCD-EFGH"])):
        assert bodies.refusal_of(head(address, 50 * MEGABYTE)[:-2]) is None
    assert bodies.refusal_of(head(reverse("verify-file"), verifying.LARGEST + 10_000)[:-2]) is None


NO_REQUESTS = {
    "a line too long": b"GET /" + b"9" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header too long": b"GET / HTTP/1.1\r\nHost: x\r\nCookie: a=" + b"b" * 9_000 + b"\r\n\r\n",
    "a length that is none": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
}


@pytest.mark.parametrize("sent", list(NO_REQUESTS))
def test_what_is_no_request_is_answered_as_such(port: int, dialled: ExitStack, sent: str) -> None:
    answer = begun(port, dialled, NO_REQUESTS[sent]).makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 4"), answer[:100]
    assert ask(port) == b"GET 0 "


def test_the_access_log_holds_no_secret_of_a_link(port: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    ask(port, path="/invitations/aB3-secret_of_the_link/?next=/invitations/another-secret/")
    ask(port, path="/administrators/asked/GL-ABCD-EFGH/")
    ask(port, path=f"/v/{'k' * 43}/1")
    log = next(path for path in tmp_path_factory.getbasetemp().glob("patient*/access"))
    assert wait_until(lambda: log.read_text().count("(hidden)") >= 3, PATIENCE)
    text = log.read_text()
    assert "GET /invitations/(hidden)/ 200" in text
    assert not any(secret in text for secret in ("aB3-secret", "another-secret", "ABCD", "kkkk"))
