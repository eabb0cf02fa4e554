"""What marks and folding cost whoever writes: filings accepted a second by many at once, with and without them.

    VAR_DIR=/srv/nation ./script/manage make_national --scale 0.25
    VAR_DIR=/srv/nation .venv/bin/python -m bench.writers [--rounds 5]

Each of 8 and then 16 processes takes up and accepts filings by the verbs, of bureaus that no other has. By turns the
triggers that mark coverage sleep, or mark while another process folds what is marked all the time, oftener than the
clock does. What is accepted stays accepted: the nation is made up, and has thousands to accept. The exit code is 1
where less than 0.85 of the filings a second are left.
"""

import os
import sys

from embedded.manage import run_beside_servers

if __name__ == "__main__":
    os.environ.setdefault("DEBUG", "yes")
    sys.exit(run_beside_servers([sys.executable, "-m", "bench.writers_inside", *sys.argv[1:]]))
