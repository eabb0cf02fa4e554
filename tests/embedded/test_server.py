"""`./script/server` and `./script/manage` as an operator meets them."""

import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import engines, folders, web
from embedded.problem import Problem
from embedded.waiting import wait_until
from tests.embedded.asking import ask
from tests.embedded.conftest import PATIENCE, Start, all_gone, folder_for_var, processes_of

STARTED = "按 Ctrl-C 停止"


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """One folder for all of them, as one machine has: whoever starts first sets it up, the others come to it again."""
    with folder_for_var() as folder:
        yield folder


@pytest.fixture
def port() -> int:
    """A port that is free, and that the system gives nobody who asks for just any one before the server binds it."""
    first_given_out = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    for number in random.sample(range(10_000, max(first_given_out, 20_000)), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", number)) != 0:
                return number
    raise AssertionError("a hundred ports are all taken")


def read_until(program: subprocess.Popen[str], sign: str) -> str:
    """Read the program's output up to a line with the sign, or to its end."""
    assert program.stdout is not None
    lines = []
    for line in program.stdout:
        lines.append(line)
        if sign in line:
            break
    return "".join(lines)


def status(port: int, path: str) -> int:
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        talk.request("GET", path)
        return talk.getresponse().status
    finally:
        talk.close()


def alive(port: int) -> set[str]:
    """Return the parts that the health page says are there."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=PATIENCE) as answer:
        return {part for part, is_there in json.load(answer).items() if is_there}


def tree(program: subprocess.Popen[str]) -> list[int]:
    """Return the numbers of the program and of all its descendants."""
    shown = subprocess.run(["/bin/ps", "-eo", "pid=,ppid="], check=True, capture_output=True, text=True).stdout
    pairs = [(int(child), int(parent)) for child, parent in (line.split() for line in shown.splitlines())]
    found = [program.pid]
    for number in found:  # grows while it is walked
        found += [child for child, parent in pairs if parent == number]
    return found


def is_alive(number: int) -> bool:
    shown = subprocess.run(["/bin/ps", "-o", "stat=", "-p", str(number)], check=False, capture_output=True, text=True)
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")


def kill_tree(program: subprocess.Popen[str]) -> None:
    """kill -9 everything, as a crash or an impatient operator would."""
    for number in tree(program):
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue
    program.wait(PATIENCE)


def invited(start: Start, **environment: str) -> str:
    """Have a command print the link of an invitation and return the site that it leads to."""
    shown = read_until(start("-m", "embedded.manage", "invite_platform_administrator", "朱赟", **environment), "link")
    found = re.search(r"(https?://[^/]+)/invitations/", shown)
    assert found, shown
    return found[1]


def test_serves_survives_kill_and_stops_on_interrupt(start: Start, var: Path, port: int) -> None:
    first = start("-m", "embedded.server", PORT=str(port), DEMO="no")
    shown = read_until(first, STARTED)
    assert f"http://127.0.0.1:{port}" in shown, shown
    assert status(port, "/health/") == http.client.OK
    assert (status(port, "/static/img/mark.svg"), status(port, "/static/staticfiles.json")) == (200, 404)
    assert wait_until(lambda: {"worker", "clock"} <= alive(port), PATIENCE), "both leave signs of life"
    here = folders.find(var)
    with engines.borrowed(here) as addresses:
        ask(
            addresses["OWNER_DATABASE_URL"],
            "CREATE TABLE IF NOT EXISTS kept AS SELECT generate_series(1, 1000) AS number",
        )
    assert first.poll() is None, "a borrower does not stop the owner"
    assert invited(start) == f"http://127.0.0.1:{port}", "the site that is up, not the one that this shell would start"
    assert invited(start, PORT="8000") == f"http://127.0.0.1:{port}"
    assert invited(start, SITE_URL="https://yiyang.test.invalid") == "https://yiyang.test.invalid"

    second = start("-m", "embedded.server", PORT=str(port), DEMO="no")
    assert f"已在运行（进程 {first.pid}）" in read_until(second, "Traceback")
    assert second.wait(PATIENCE) == 1

    kill_tree(first)
    again = start("-m", "embedded.server", PORT=str(port), DEMO="no")
    shown = read_until(again, STARTED)
    assert STARTED in shown, shown
    with engines.borrowed(here) as addresses:
        assert ask(addresses["OWNER_DATABASE_URL"], "SELECT count(*) FROM kept") == [(1000,)]

    again.send_signal(signal.SIGINT)
    assert again.wait(PATIENCE) == 0
    assert processes_of(var) == []


CONNECTED = """
    SELECT DISTINCT usename FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def test_a_dead_web_server_comes_back_and_nothing_outlives_the_supervisor(start: Start, var: Path, port: int) -> None:
    program = start("-m", "embedded.server", PORT=str(port), DEMO="no")
    shown = read_until(program, STARTED)
    assert STARTED in shown, shown
    log = var / "log" / "web.log"
    started = log.read_text(encoding="utf-8").count("Starting gunicorn")
    website, _, _ = (var / "run" / "web.child").read_text(encoding="utf-8").partition("\n")
    assert status(port, "/health/") == 200
    with engines.borrowed(folders.find(var)) as addresses:
        connected = ask(addresses["OWNER_DATABASE_URL"], CONNECTED)
    assert connected == [("yiyang_app",)], "neither the web nor the worker is the owner"
    os.kill(int(website), signal.SIGKILL)
    assert wait_until(lambda: log.read_text(encoding="utf-8").count("Starting gunicorn") > started, PATIENCE)
    assert wait_until(lambda: web.is_healthy("127.0.0.1", port), PATIENCE)

    children = tree(program)[1:]
    program.kill()
    program.wait(PATIENCE)
    assert wait_until(lambda: not any(is_alive(number) for number in children), PATIENCE)


def test_a_busy_port_is_one_sentence_with_the_cure(start: Start, var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        program = start("-m", "embedded.server", PORT=str(number))
        shown = read_until(program, "Traceback")
        assert program.wait(PATIENCE) == 1
    assert shown == f"错误：端口 {number} 已被其他程序占用。请换一个端口：PORT={number + 1} ./script/server\n"
    assert processes_of(var) == []


def test_an_address_of_another_machine_is_one_sentence(start: Start) -> None:
    program = start("-m", "embedded.server", PORT="8000", HOST="192.0.2.1")
    assert "无法监听地址 192.0.2.1:8000" in read_until(program, "Traceback")
    assert program.wait(PATIENCE) == 1


@pytest.mark.parametrize("wrong", ["abc", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", wrong)
    with pytest.raises(Problem, match="PORT 必须是"):
        web.address()


def test_manage_starts_the_servers_and_stops_them(start: Start, var: Path) -> None:
    program = start("-m", "embedded.manage", "migrate", "--plan")
    shown = read_until(program, "Traceback")
    assert program.wait(PATIENCE) == 0, shown
    assert "accounts.0001_tables" in shown or "No planned migration operations" in shown, shown
    assert all_gone(var)


def test_manage_hands_on_the_exit_code(start: Start) -> None:
    program = start("-m", "embedded.manage", "no_such_command")
    read_until(program, "Traceback")
    assert program.wait(PATIENCE) == 1
