"""A province's agreements taken along, on a nation of made-up rows: rows a second, memory, and what others notice.

    VAR_DIR=/srv/nation ./script/manage make_national --scale 0.1
    VAR_DIR=/srv/nation .venv/bin/python -m bench.exports [--who nation] [--requests 60]

In one run: the worker's own code writes the list to a file, three times by turns with XlsxWriter (`constant_memory`)
writing the same cells from memory; the growth of its process from a quarter of the rows to the last; and the 95th of a
hundred times of a county's list of agreements, alone and while another process writes. Everything goes through the
product's own code and database, not through its web server. The exit code is 1 where a ratio is missed.
"""

import sys

from embedded.manage import run_beside_servers

if __name__ == "__main__":
    sys.exit(run_beside_servers([sys.executable, "-m", "bench.exports_inside", *sys.argv[1:]]))
