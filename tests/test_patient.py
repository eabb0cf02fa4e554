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

from embedded.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0
APPLICATION = """
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    said = b"%s %d %s" % (environ["REQUEST_METHOD"].encode(), len(body), body[-9:])
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
    "half a chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
}


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
        talk.request(method, path, body)
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


def test_chunks_and_leave_to_go_on(port: int, dialled: ExitStack) -> None:
    talk = begun(port, dialled, HALF["half a chunk"])
    talk.sendall(b"cde\r\n0\r\n\r\n")
    assert talk.makefile("rb").read().endswith(b"POST 5 abcde")
    talk = begun(port, dialled, b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert talk.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
    talk.sendall(b"ok")
    assert talk.makefile("rb").read().endswith(b"POST 2 ok")


def test_what_is_too_long_is_refused_in_words(port: int, dialled: ExitStack) -> None:
    talk = begun(port, dialled, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n")
    answer = talk.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 413")
    assert answer.endswith("送来的内容太大。")


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
