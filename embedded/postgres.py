"""A private PostgreSQL: made once, started, recovered after a crash, stopped."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from embedded import binaries
from embedded.child import Child, last_lines
from embedded.folders import Folders
from embedded.problem import Problem, full_disk
from embedded.waiting import wait_until

NAME = USER = "yiyang"  # the database and its owner
APPLICATION = "yiyang_app"  # the role of the application, which the first migration makes (database/roles.py)
# The cluster's own databases are for its owner: PostgreSQL lets everybody in, to make tables there that no list names.
MAKE = f"CREATE DATABASE {NAME}\nREVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC\n"
START_SECONDS = 60.0
LEFTOVER_SECONDS = 10.0
READY_LINE = 7  # of postmaster.pid; PostgreSQL writes "ready" there, and pg_ctl -w waits for it too
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
FULL = ("No space left on device", "Disk quota exceeded")


class Postgres:
    """One cluster under `folders.data`, reached by a socket in a private folder, with a password."""

    def __init__(self, folders: Folders, sockets: Path, *, throwaway: bool = False) -> None:
        self.folders = folders
        self.sockets = sockets
        self.throwaway = throwaway
        self.bin = binaries.postgres(folders)
        self.log = folders.logs / "postgres.log"
        self.password = folders.secret("postgres-password").read_text(encoding="utf-8")
        self.application_password = folders.secret("postgres-application-password").read_text(encoding="utf-8")
        self.child = Child(
            "PostgreSQL",
            [str(self.bin / "postgres"), "-D", str(folders.data), *self._options()],
            self.log,
            _plain_environment(),
            folders.account.identity(),
            stop_signal=signal.SIGINT,  # the fast shutdown
            orphan_signal=signal.SIGINT,
            folder=Path("/"),
        )

    @property
    def url(self) -> str:
        """Return the DATABASE_URL of this server: the application's, who owns nothing."""
        return self._url(APPLICATION, self.application_password)

    @property
    def owner_url(self) -> str:
        """Return the OWNER_DATABASE_URL of this server."""
        return self._url(USER, self.password)

    def _url(self, role: str, password: str) -> str:
        return f"postgresql://{role}:{quote(password, safe='')}@/{NAME}?host={quote(str(self.sockets), safe='')}"

    def start(self) -> None:
        """Make the cluster on the first call, start it and wait until it takes connections.

        Raises Problem when it cannot.
        """
        if not (self.folders.data / "PG_VERSION").exists():
            self._make()
        self._check_version()
        self._clear_leftover()
        process = self.child.start()
        wait_until(lambda: process.poll() is not None or self._is_ready(process.pid), START_SECONDS)
        if process.poll() is not None or not self._is_ready(process.pid):
            self.child.stop()
            raise self._trouble("PostgreSQL 没有启动成功", last_lines(self.log))

    def stop(self) -> None:
        self.child.stop(30)

    @property
    def has_full_disk(self) -> bool:
        """True when the log ends with a complaint about a full disk."""
        return any(sign in last_lines(self.log, 60) for sign in FULL)

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.sockets}"',  # quoted: commas separate folders
            "unix_socket_permissions": "0700",
            "max_connections": "60",
            "jit": "off",  # its compiler takes 30 MB of a connection, and longer than what it saves
            **(FAST_AND_FORGETFUL if self.throwaway else {}),
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _make(self) -> None:
        """Make the cluster beside its place and move it there last: half a cluster never counts."""
        fresh = self.folders.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.folders.account.own(fresh)
        secret = fresh.with_name("postgres.new.password")
        try:
            with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(self.password)
            if self.folders.account.is_other:
                os.chown(secret, self.folders.account.uid, self.folders.account.gid)
            self._run("initdb", *self._initdb_options(fresh, secret))
            self._run("postgres", "--single", "-D", str(fresh), "postgres", given=MAKE)
        finally:
            secret.unlink(missing_ok=True)
        fresh.rename(self.folders.data)

    def _initdb_options(self, folder: Path, secret: Path) -> list[str]:
        return [
            *("-D", str(folder), "-U", USER, "--encoding=UTF8", "--locale=C.UTF-8"),
            *("--auth=scram-sha-256", f"--pwfile={secret}"),
            *(["--no-sync"] if self.throwaway else []),
        ]

    def _run(self, program: str, *options: str, given: str = "") -> None:
        done = subprocess.run(  # noqa: S603 -- a program that we located
            [str(self.bin / program), *options],
            input=given,
            check=False,
            text=True,
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_plain_environment(),
            cwd="/",
            **self.folders.account.identity(),
        )
        if done.returncode != 0 or " ERROR: " in done.stdout:
            raise self._trouble(f"{program} 失败", done.stdout)

    def _check_version(self) -> None:
        made_by = (self.folders.data / "PG_VERSION").read_text(encoding="ascii").strip()
        shown = subprocess.run(  # noqa: S603 -- a program that we located
            [str(self.bin / "postgres"), "--version"],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            **self.folders.account.identity(),
        ).stdout
        if f" {made_by}." not in shown and f" {made_by}\n" not in shown and f" {made_by} " not in shown:
            raise Problem(
                f"{self.folders.data} 由 PostgreSQL {made_by} 建立，而现有程序是 {shown.strip()}。"
                "请按 docs/operations.md 的“升级”一节先导出再导入。"
            )

    def _is_ready(self, pid: int) -> bool:
        lines = self._pid_file()
        return len(lines) > READY_LINE and lines[0].strip() == str(pid) and lines[READY_LINE].strip() == "ready"

    def _pid_file(self) -> list[str]:
        path = self.folders.data / "postmaster.pid"
        return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []

    def _clear_leftover(self) -> None:
        """Wait for a server that a killed run left behind, then drop its lock file.

        We hold the lock of this checkout, so nobody else may serve this folder. PostgreSQL itself
        refuses to start when the old number now belongs to another process of the same account.
        """
        lines = self._pid_file()
        if not lines or not lines[0].strip().isdecimal():
            return
        pid = int(lines[0])
        if self._serves_our_data(pid):
            os.kill(pid, signal.SIGINT)
            if not wait_until(lambda: not self._serves_our_data(pid), LEFTOVER_SECONDS):
                os.kill(pid, signal.SIGQUIT)
                wait_until(lambda: not self._serves_our_data(pid), LEFTOVER_SECONDS)
        (self.folders.data / "postmaster.pid").unlink(missing_ok=True)

    def _serves_our_data(self, pid: int) -> bool:
        shown = subprocess.run(  # noqa: S603 -- ps with a number
            ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
        ).stdout
        return "postgres" in shown and str(self.folders.data) in shown

    def _trouble(self, what: str, shown: str) -> Problem:
        if any(sign in shown for sign in FULL):
            return full_disk(self.folders.home)
        return Problem(f"{what}。日志在 {self.log}，最后几行：\n{shown.strip()}")


def _plain_environment() -> dict[str, str]:
    """Return an environment without the caller's PG* variables, which would mislead the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
