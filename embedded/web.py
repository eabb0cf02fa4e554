"""The address that the web server answers at, and the environment of our own programs."""

import errno
import http.client
import os
import socket

from embedded.folders import Folders
from embedded.problem import Problem

EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 -- compared with, not bound to


def address() -> tuple[str, int]:
    """Return HOST and PORT of the environment. Raises Problem when PORT is no port number."""
    host, text = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Problem(f"PORT 必须是 1 至 65535 的整数，而不是 {text}。例如：PORT=8001 ./script/server")
    return host, int(text)


def reserve(host: str, port: int) -> socket.socket:
    """Bind the address for the web server, which inherits the socket.

    Raises Problem when the port is busy, needs root, or the address is not ours.
    """
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
        held.listen()
    except OSError as error:
        held.close()
        raise _refused(host, port, error) from error
    return held


def _refused(host: str, port: int, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return Problem(f"端口 {port} 已被其他程序占用。请换一个端口：PORT={port + 1} ./script/server")
    if error.errno == errno.EACCES:
        return Problem(f"没有权限使用端口 {port}（小于 1024 的端口需要 root）。请换一个端口：PORT=8000 ./script/server")
    return Problem(f"无法监听地址 {host}:{port}（{error.strerror}）。请检查 HOST，例如：HOST=127.0.0.1 ./script/server")


def shown_url(host: str, port: int) -> str:
    """Return the address that a person on this machine types."""
    name = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def environment(folders: Folders, addresses: dict[str, str], url: str, host: str) -> dict[str, str]:
    """Return the environment of manage.py, gunicorn and Celery; what the operator set stays.

    Debug is off, so that an error never shows a stack.
    """
    defaults = {
        "ALLOWED_HOSTS": ",".join(_own_names(host)),
        "DEBUG": "no",
        "DEMO": "yes",
        "SITE_URL": url,
        "DJANGO_SETTINGS_MODULE": "yiyang.settings",
    }
    if not os.environ.get("SECRET_KEY") and not os.environ.get("SECRET_KEY_FILE"):
        defaults["SECRET_KEY_FILE"] = str(folders.secret("secret-key"))
    asked = {name: value for name, value in os.environ.items() if value and name != "PYTHONDONTWRITEBYTECODE"}
    return {**defaults, **asked, **addresses, "VAR_DIR": str(folders.var)}


def without_owner(environment: dict[str, str]) -> dict[str, str]:
    """Return an environment that does not tell who owns the tables: for what answers requests and does its work."""
    return {name: value for name, value in environment.items() if not name.startswith("OWNER_DATABASE_URL")}


def _own_names(host: str) -> list[str]:
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host in EVERYWHERE:
        found = socket.gethostbyname_ex(socket.gethostname()) if _has_name() else ("", [], [])
        return [*names, socket.gethostname(), *found[2]]
    return list(dict.fromkeys([*names, f"[{host}]" if ":" in host else host]))


def _has_name() -> bool:
    try:
        socket.getaddrinfo(socket.gethostname(), None)
    except socket.gaierror:
        return False
    return True


def is_healthy(host: str, port: int) -> bool:
    """True when the web server answers 200 on its health page."""
    talk = http.client.HTTPConnection("127.0.0.1" if host in EVERYWHERE else host, port, timeout=5)
    try:
        talk.request("GET", "/health/", headers={"Host": "127.0.0.1"})
        return talk.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        talk.close()
