"""`./script/server`: everything on one machine under one supervisor."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from embedded import web
from embedded.child import Child, last_lines
from embedded.engines import Engines, owned, publish
from embedded.folders import CHECKOUT, Folders, find
from embedded.problem import Problem, answer, full_disk
from embedded.supervisor import Supervisor

READY_SECONDS = 60.0
PREPARE_SECONDS = 1800.0  # a first load on a slow disk; afterwards a few seconds
PYTHON = sys.executable


def main() -> int:
    """Start, print the address and the demo accounts, keep running until Ctrl-C or SIGTERM."""
    began = time.monotonic()
    os.umask(0o022)
    supervisor = Supervisor()
    supervisor.listen()
    folders = find()
    host, port = web.address()
    with owned(folders) as engines, web.reserve(host, port) as held:
        addresses = engines.start()
        environment = web.environment(folders, addresses, web.shown_url(host, port), host)
        accounts = prepare(folders, environment, engines, supervisor)
        publish(folders, {**addresses, "SITE_URL": environment["SITE_URL"]})
        children = programs(folders, web.without_owner(environment), held.fileno())
        website, *background = children
        try:
            if not supervisor.stopping:
                website.start()  # alone at first: it is what somebody waits for
            await_website(supervisor, website, host, port)
            if not supervisor.stopping:
                for child in background:
                    child.start()
                announce(environment["SITE_URL"], accounts, time.monotonic() - began)
            watch(supervisor, engines, children)
        finally:
            print("正在停止……", flush=True)
            stop(children)
    print("已全部停止。", flush=True)
    return 0


def prepare(folders: Folders, environment: dict[str, str], engines: Engines, supervisor: Supervisor) -> str:
    """Migrate, load the data, collect the static files; return the demo accounts as text.

    Raises Problem with the end of the output when a step fails.
    """
    accounts = folders.run / "accounts.txt"
    accounts.unlink(missing_ok=True)
    command = [PYTHON, "-m", "yiyang.prepare", str(accounts)]
    process = subprocess.Popen(  # noqa: S603 -- our own module
        command, env=environment, cwd=CHECKOUT, stdin=subprocess.DEVNULL, process_group=0
    )
    supervisor.wait(lambda: process.poll() is not None, PREPARE_SECONDS)
    if process.poll() is None:
        process.terminate()
    code = process.wait()
    if code != 0 and not supervisor.stopping:
        if engines.postgres and engines.postgres.has_full_disk:
            raise full_disk(folders.home)
        raise Problem("准备数据库没有成功，原因见上。改正后重新运行即可，已有数据不受影响。")
    return accounts.read_text(encoding="utf-8") if accounts.exists() else ""


def programs(folders: Folders, environment: dict[str, str], held: int) -> list[Child]:
    """Return the web server, the worker and the clock, none started yet."""
    celery = [PYTHON, "-m", "celery", "-A", "yiyang"]
    gunicorn = [PYTHON, "-m", "gunicorn", "--config=python:yiyang.web_server", "yiyang.wsgi", f"--bind=fd://{held}"]
    beat = ["--loglevel=INFO", "--pidfile=", f"--schedule={folders.run / 'beat-schedule'}"]
    commands = {
        "web": [
            *gunicorn,
            "--preload",
            "--no-control-socket",
            f"--worker-tmp-dir={_in_memory(folders)}",
        ],
        "worker": [*celery, "worker", "--loglevel=INFO", "--concurrency=2", "--without-gossip", "--without-mingle"],
        "beat": [PYTHON, "-m", "celery", "-A", "yiyang.clock", "beat", *beat],
    }
    return [
        Child(
            name,
            command,
            folders.logs / f"{name}.log",
            environment,
            keep_open=(held,) if name == "web" else (),
            folder=CHECKOUT,
            note=folders.run / f"{name}.child",
        )
        for name, command in commands.items()
    ]


def _in_memory(folders: Folders) -> Path:
    """Return where gunicorn's workers note that they live; on a slow disk they would seem dead."""
    shared = Path("/dev/shm")  # noqa: S108 -- gunicorn makes unnamed files there
    usable = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free
    return shared if usable else folders.run


def await_website(supervisor: Supervisor, website: Child, host: str, port: int) -> None:
    """Wait until it answers or we are told to stop. Raises Problem when it ends or stays silent."""
    answered = supervisor.wait(lambda: not website.is_running or web.is_healthy(host, port), READY_SECONDS)
    if not supervisor.stopping and not (website.is_running and answered):
        raise Problem(f"网站没有启动成功。日志在 {website.log}，最后几行：\n{last_lines(website.log)}")


def announce(url: str, accounts: str, seconds: float) -> None:
    """Print what the operator needs now."""
    print(f"\n颐养签约已启动（{seconds:.1f} 秒）：{url}")
    if accounts.strip():
        print(f"演示账号：\n{accounts.rstrip()}")
    print("按 Ctrl-C 停止。", flush=True)


def watch(supervisor: Supervisor, engines: Engines, children: list[Child]) -> None:
    """Keep the servers and our programs running."""
    own = [server for server in (engines.postgres, engines.valkey) if server]
    supervisor.watch([*(server.child for server in own), *children], {s.child.name: s.start for s in own})


def stop(children: list[Child]) -> None:
    """Stop all of them together, then wait for each: a task under way is handed on by the broker."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop()


if __name__ == "__main__":
    sys.exit(answer(main))
