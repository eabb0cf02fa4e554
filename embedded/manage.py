"""`./script/manage …`: a management command with the embedded servers up."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from embedded import web
from embedded.engines import borrowed, last_site
from embedded.folders import CHECKOUT, find
from embedded.problem import answer


def main() -> int:
    """Run manage.py with our arguments on the running servers, or on ones started for the duration."""
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    return run_beside_servers([sys.executable, str(CHECKOUT / "manage.py"), *sys.argv[1:]])


def run_beside_servers(command: Sequence[str]) -> int:
    """Run one of our programs while the servers are up, in the environment of our programs; return what it returns."""
    folders = find()
    with borrowed(folders) as addresses:
        host, port = web.address()
        # What a command prints leads to the site that is up, whatever port this shell would start one at; while none
        # is up, to where this shell says or else to where it was last.
        was = "" if os.environ.get("PORT") or os.environ.get("HOST") else last_site(folders)
        site = addresses.pop("SITE_URL", was or web.shown_url(host, port))
        environment = web.environment(folders, addresses, site, host)
        return subprocess.run(command, check=False, env=environment).returncode  # noqa: S603 -- the operator's own command


if __name__ == "__main__":
    sys.exit(answer(main))
