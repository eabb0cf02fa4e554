"""Who runs the database servers. PostgreSQL refuses uid 0, so root hands them to an unprivileged account."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from embedded.problem import Problem

NAMES = ("postgres", "nobody")


class Identity(TypedDict, total=False):
    """The keyword arguments with which Popen changes the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user and group id to run a server as."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """True when it differs from the account that runs this program."""
        return self.uid != os.geteuid()

    def identity(self) -> Identity:
        """Return what Popen needs to become this account; nothing when we are it already."""
        return Identity(user=self.uid, group=self.gid, extra_groups=[]) if self.is_other else Identity()

    def own(self, folder: Path) -> Path:
        """Create a folder that only this account (and root) can enter, and return it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.is_other:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)
        return folder

    def can_enter(self, folder: Path) -> bool:
        """True when this account may enter the folder, with every folder above it."""
        if not self.is_other:
            return os.access(folder, os.X_OK)
        asked = subprocess.run(["/bin/sh", "-c", 'test -x "$0"', str(folder)], check=False, **self.identity())  # noqa: S603 -- a fixed command; the folder is an argument, not shell text
        return asked.returncode == 0


def choose(data: Path) -> Account:
    """Return the account that the servers with this data folder run as.

    An existing data folder keeps its owner, so that installing Debian's postgresql (which
    creates the account `postgres`) does not lock an older demo out of its data.
    Raises Problem when the data belongs to somebody else or no unprivileged account exists.
    """
    owner = data.stat() if data.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise Problem(
                f"{data} 属于另一个用户（此前可能用 root 启动过）。请用 sudo ./script/server 启动，或先删除该目录。"
            )
        return Account(os.geteuid(), os.getegid())
    if owner and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Problem("以 root 运行时需要一个普通账号来启动 PostgreSQL。请运行 useradd --system postgres 后重试。")
