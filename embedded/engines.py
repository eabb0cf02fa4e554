"""PostgreSQL and Valkey together: started once per checkout, shared by whoever comes meanwhile."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from embedded import leftovers
from embedded.folders import Folders
from embedded.postgres import Postgres
from embedded.problem import Problem
from embedded.valkey import Valkey
from embedded.waiting import wait_until

JOIN_SECONDS = 120.0


class Engines:
    """The servers of one checkout. One that the environment names is used and not started."""

    def __init__(self, folders: Folders, *, throwaway: bool = False) -> None:
        sockets = folders.sockets()
        self.postgres = None if _names("DATABASE_URL") else Postgres(folders, sockets, throwaway=throwaway)
        self.valkey = None if _names("REDIS_URL") else Valkey(folders, sockets, throwaway=throwaway)

    def start(self) -> dict[str, str]:
        """Start what is ours and return the addresses as environment variables."""
        addresses: dict[str, str] = {}
        if self.postgres:
            self.postgres.start()
            addresses |= {"DATABASE_URL": self.postgres.url, "OWNER_DATABASE_URL": self.postgres.owner_url}
        if self.valkey:
            self.valkey.start()
            addresses["REDIS_URL"] = self.valkey.url
        return addresses

    def stop(self) -> None:
        """Stop what is ours; Valkey first, the truth last."""
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()


def _names(variable: str) -> bool:
    return bool(os.environ.get(variable) or os.environ.get(f"{variable}_FILE"))


def _lock(path: Path, how: int) -> IO[str] | None:
    """Take a lock that the kernel drops with the process; None when it must wait and may not."""
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def owned(folders: Folders) -> Iterator[Engines]:
    """Hold the checkout's lock: we may start its servers. Raises Problem when another program holds it."""
    lock = _lock(folders.run / "owner.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    if lock is None:
        raise Problem(
            f"本目录的服务已在运行（进程 {_owner(folders)}）。请直接使用它，或先在它的窗口按 Ctrl-C 停止，再重新启动。"
        )
    with lock:
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _addresses(folders).unlink(missing_ok=True)
        leftovers.end(folders.run)
        engines = Engines(folders)
        try:
            yield engines
        finally:
            _addresses(folders).unlink(missing_ok=True)
            engines.stop()


def publish(folders: Folders, addresses: Mapping[str, str]) -> None:
    """Tell other programs of this checkout where the running servers are, the site's own address among them."""
    path = _addresses(folders)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(dict(addresses), file)
    fresh.replace(path)
    if site := addresses.get("SITE_URL"):
        (folders.run / "last-site").write_text(site, encoding="utf-8")


def last_site(folders: Folders) -> str:
    """Return the address of the site that ran here last; "" where none has run yet."""
    path = folders.run / "last-site"
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


@contextmanager
def borrowed(folders: Folders) -> Iterator[dict[str, str]]:
    """Give the addresses of running servers: those of whoever runs them, the site's too, or our own for the duration.

    Whoever started them for a command alone waits at its end until the others are done.
    """
    users = folders.run / "users.lock"
    with ExitStack() as stack:
        try:
            engines = stack.enter_context(owned(folders))
        except Problem:
            shared = _lock(users, fcntl.LOCK_SH)
            if shared:
                stack.enter_context(shared)
            yield _join(folders)
            return
        addresses = engines.start()
        publish(folders, addresses)
        yield addresses
        last = _lock(users, fcntl.LOCK_EX)
        if last:
            last.close()


def _join(folders: Folders) -> dict[str, str]:
    path = _addresses(folders)
    if not wait_until(path.exists, JOIN_SECONDS):
        raise Problem(f"正在启动的服务（进程 {_owner(folders)}）两分钟内没有就绪。请查看 {folders.logs}。")
    addresses: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return addresses


def _addresses(folders: Folders) -> Path:
    return folders.run / "addresses.json"


def _owner(folders: Folders) -> str:
    return (folders.run / "owner.lock").read_text(encoding="utf-8").strip() or "?"
