"""Every page of every role on a nation of made-up rows: time, queries, rows read, and plans that read a whole table.

    VAR_DIR=/srv/nation ./script/manage make_national --scale 0.25
    VAR_DIR=/srv/nation .venv/bin/python -m bench.national [--runs 7] [--only agreements] [--who county] [--explain]

Times are the product's own, through its middleware and templates, within one process. U is 0.07 s at a plain render of
0.18 s, and grows with this machine's. The exit code is 1 where a page takes more than its share.
"""

import os
import subprocess
import sys

from embedded import web
from embedded.engines import borrowed
from embedded.folders import find


def main() -> int:
    """Run `bench.national_pages` with the servers of VAR_DIR up, as `script/manage` does its commands."""
    folders = find()
    with borrowed(folders) as addresses:
        host, port = web.address()
        site = addresses.pop("SITE_URL", web.shown_url(host, port))
        environment = web.environment(folders, addresses, site, host)
        command = [sys.executable, "-m", "bench.national_pages", *sys.argv[1:]]
        return subprocess.run(command, check=False, env=os.environ | environment).returncode


if __name__ == "__main__":
    sys.exit(main())
