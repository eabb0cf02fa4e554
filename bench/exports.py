"""A province's agreements taken along, on a nation of made-up rows: rows a second, memory, and what others notice.

    VAR_DIR=/srv/nation ./script/manage make_national --scale 0.1
    VAR_DIR=/srv/nation .venv/bin/python -m bench.exports [--who nation] [--requests 60]

In one run: the worker's own code writes the list to a file, three times by turns with XlsxWriter (`constant_memory`)
writing the same cells from memory; the growth of its process from a quarter of the rows to the last; and the 95th of a
hundred times of a county's list of agreements, alone and while another process writes. Everything goes through the
product's own code and database, not through its web server. The exit code is 1 where a ratio is missed.
"""

import os
import subprocess
import sys

from embedded import web
from embedded.engines import borrowed
from embedded.folders import find


def main() -> int:
    """Run `bench.exports_inside` with the servers of VAR_DIR up, as `script/manage` does its commands."""
    folders = find()
    with borrowed(folders) as addresses:
        host, port = web.address()
        site = addresses.pop("SITE_URL", web.shown_url(host, port))
        environment = os.environ | web.environment(folders, addresses, site, host)
        command = [sys.executable, "-m", "bench.exports_inside", *sys.argv[1:]]
        return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
