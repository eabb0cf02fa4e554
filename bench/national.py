"""Every page of every role on a nation of made-up rows: time, queries, rows read, and plans that read a whole table.

    VAR_DIR=/srv/nation ./script/manage make_national --scale 1.0
    VAR_DIR=/srv/nation .venv/bin/python -m bench.national [--runs 15] [--only agreements] [--who county] [--explain]

Times are those of whoever asks by HTTP: the product's own web server at PORT, as `script/server` starts it, is asked
for a page again and again by a person signed in. What the database reads is asked in one process. U is 0.07 s at a
plain render of 0.18 s, and grows with this machine's.

Growth: `--keep half.json` writes what was found on one nation, `--against half.json` shows what each page takes and
reads on another, twice as large, as a multiple of it; rows of a clerk, a clinic and a county for each of their own.

The exit code is 1 where the median of a page is more than its share; where a clerk, a clinic or a county makes the
database read a large table whole, or more than fifty times their own rows; or where their pages grow by more than a
fifth.
"""

import os
import sys

from embedded.manage import run_beside_servers

# As it is served: nobody sees a stack, and no one asks as often as a bench.
AS_SERVED = {"DEBUG": "no", "RATE_LIMITS_FACTOR": "100000"}

if __name__ == "__main__":
    os.environ |= AS_SERVED
    sys.exit(run_beside_servers([sys.executable, "-m", "bench.national_pages", *sys.argv[1:]]))
