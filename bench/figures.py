"""Figures of coverage as they are read, against counting them plainly, on a nation of made-up rows.

    VAR_DIR=/srv/nation ./script/manage make_national --scale 1.0
    VAR_DIR=/srv/nation .venv/bin/python -m bench.figures [--pairs 50] [--seed 1]

Of random regions and days the steps must say what the oracle of the tests says, which asks the ORM for every row and
counts in Python, and be twenty times faster for a province. Before that: what a reader waits for, with changed counties
too, and what folding takes. The exit code is 1 where a figure differs or a share is not kept.
"""

import os
import sys

from embedded.manage import run_beside_servers

if __name__ == "__main__":
    os.environ.setdefault("DEBUG", "yes")
    sys.exit(run_beside_servers([sys.executable, "-m", "bench.figures_inside", *sys.argv[1:]]))
