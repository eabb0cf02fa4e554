"""Where things lie: data, sockets, logs and secrets of one checkout."""

import hashlib
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from embedded.account import Account, choose
from embedded.problem import full_disk

CHECKOUT = Path(__file__).resolve().parent.parent
STATE = Path("/var/lib/yiyang-embedded")  # used by root when the checkout is closed to the servers' account
SOCKET_LIMIT = 107  # bytes in sockaddr_un.sun_path on Linux, less the final NUL
LONGEST_SOCKET = "/.s.PGSQL.5432.lock"
ROOM_NEEDED = 200_000_000  # bytes


@dataclass(frozen=True)
class Folders:
    """The folders of one checkout. `home` holds what the servers' account must reach."""

    var: Path
    home: Path
    account: Account

    @property
    def run(self) -> Path:
        """Our own locks and notes (not the sockets)."""
        return self.var / "run"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.home / "postgres"

    def secret(self, name: str) -> Path:
        """Return a file that holds a random secret, made on first use, readable by its owner only."""
        path = self.var / name
        if not path.exists() or not path.stat().st_size:
            fresh = path.with_name(f"{name}.{os.getpid()}")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            fresh.replace(path)
        return path

    def sockets(self) -> Path:
        """Return an empty private folder for sockets, whose names are limited to 107 bytes.

        It is `home/sockets` where that is short enough, else a folder in the system's
        temporary folder, remembered so that the next start removes it.
        """
        note = self.run / "sockets"
        if note.exists():
            shutil.rmtree(note.read_text(encoding="utf-8").strip(), ignore_errors=True)
        folder = self.home / "sockets"
        if len(os.fsencode(folder)) + len(LONGEST_SOCKET) > SOCKET_LIMIT:
            folder = Path(tempfile.mkdtemp(prefix="yiyang-"))
        else:
            shutil.rmtree(folder, ignore_errors=True)
        note.write_text(str(folder), encoding="utf-8")
        return self.account.own(folder)


def find(var: Path | None = None, state: Path = STATE) -> Folders:
    """Return the folders of this checkout, made where missing.

    Data that exists stays where it is. Raises Problem when the disk is full or the data is somebody else's.
    """
    var = (var or Path(os.environ.get("VAR_DIR") or CHECKOUT / "var")).resolve()
    var.mkdir(parents=True, exist_ok=True)
    for private in ("run", "log", "media"):
        (var / private).mkdir(mode=0o700, exist_ok=True)
    if shutil.disk_usage(var).free < ROOM_NEEDED:
        raise full_disk(var)
    apart = state / hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    account = choose(apart / "postgres" if (apart / "postgres").exists() else var / "postgres")
    if (apart / "postgres").exists() or not account.can_enter(var):
        apart.mkdir(mode=0o755, parents=True, exist_ok=True)
        return Folders(var, apart, account)
    return Folders(var, var, account)
