"""A private Valkey (Redis protocol): the doorbell and the cache."""

import os
import signal
import socket
from pathlib import Path
from urllib.parse import quote

from embedded import binaries
from embedded.child import Child, last_lines
from embedded.folders import Folders
from embedded.problem import Problem
from embedded.waiting import wait_until

START_SECONDS = 30.0


class Valkey:
    """One server with an append-only file under `folders.home`, reached by a socket, with a password."""

    def __init__(self, folders: Folders, sockets: Path, *, throwaway: bool = False) -> None:
        self.socket = sockets / "valkey.sock"
        self.log = folders.logs / "valkey.log"
        self.password = folders.secret("valkey-password").read_text(encoding="utf-8")
        self.data = folders.account.own(folders.home / "valkey")
        settings = self._write_settings(folders, throwaway=throwaway)
        self.child = Child(
            "Valkey",
            [str(binaries.valkey(folders)), str(settings)],
            self.log,
            {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            folders.account.identity(),
            stop_signal=signal.SIGTERM,
            folder=self.data,
            note=folders.run / "valkey.child",
        )

    @property
    def url(self) -> str:
        """Return the REDIS_URL of this server."""
        return f"unix://:{quote(self.password, safe='')}@{quote(str(self.socket))}?db=0"

    def start(self) -> None:
        """Start it and wait until it has loaded its data. Raises Problem when it cannot."""
        self.socket.unlink(missing_ok=True)
        process = self.child.start()
        answered = wait_until(lambda: process.poll() is not None or self._answers(), START_SECONDS)
        if process.poll() is not None or not answered:
            self.child.stop()
            raise Problem(f"Valkey 没有启动成功。日志在 {self.log}，最后几行：\n{last_lines(self.log)}")

    def stop(self) -> None:
        self.child.stop()

    def _write_settings(self, folders: Folders, *, throwaway: bool) -> Path:
        """Write the settings to a file of the servers' account: a password on a command line shows in ps."""
        path = self.data / "valkey.conf"
        lines = [
            "port 0",
            f'unixsocket "{self.socket}"',
            "unixsocketperm 700",
            f"requirepass {self.password}",
            f'dir "{self.data}"',
            "maxmemory-policy noeviction",  # the broker's queues must never be evicted
            'save ""',
            *(["appendonly no", "databases 256"] if throwaway else ["appendonly yes", "appendfsync everysec"]),
        ]
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
        if folders.account.is_other:
            os.chown(path, folders.account.uid, folders.account.gid)
        return path

    def _answers(self) -> bool:
        """True when it answers PING with PONG (and not, say, LOADING)."""
        with socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(1)
            try:
                talk.connect(str(self.socket))
                talk.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = talk.recv(256)
                    if not part:
                        break
                    answer += part
            except OSError:
                return False
        return b"+PONG" in answer
