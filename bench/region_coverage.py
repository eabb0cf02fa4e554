"""Coverage of one county, its province and the nation, on a nation of made-up rows: and what the nation around costs.

    VAR_DIR=/srv/half ./script/manage make_national --scale 0.5
    VAR_DIR=/srv/nation ./script/manage make_national --scale 1.0
    VAR_DIR=/srv/half .venv/bin/python -m bench.region_coverage --keep /tmp/half.json
    VAR_DIR=/srv/nation .venv/bin/python -m bench.region_coverage --against /tmp/half.json

Half a nation has half as many counties, each as big. A region's rows and seconds are given for each of its own
agreements, so that what is left of a growth is what the nation outside costs; the exit code is 1 where a county's or a
province's is more than 1.2. Whole tables that a county reads are named.
"""

import sys

from embedded.manage import run_beside_servers

if __name__ == "__main__":
    sys.exit(run_beside_servers([sys.executable, "-m", "bench.region_questions", *sys.argv[1:]]))
