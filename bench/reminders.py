"""What the clock tells a nation: the first sweep after long silence, one that finds nothing, that of the next day.

    VAR_DIR=/srv/small ./script/manage make_national --scale 0.01     # 9,840 agreements
    VAR_DIR=/srv/nation ./script/manage make_national --scale 1.0     # 984,000
    VAR_DIR=/srv/small .venv/bin/python -m bench.reminders --keep /tmp/small.json
    VAR_DIR=/srv/nation .venv/bin/python -m bench.reminders --against /tmp/small.json

On rows of `make_national`, in a transaction that is rolled back: two clerks for every institution and an official for
every bureau, and a ledger in which each agreement that is over was told of. The sweeps are those of
agreements and filings, in slices as the clock does them. The exit code is 1 where the first sweep takes more than ten
times as long as the next day's, where a sweep that finds nothing reads a big table whole, and where a nation is told
less than half as fast as the one that was kept.
"""

import sys

from embedded.manage import run_beside_servers

if __name__ == "__main__":
    sys.exit(run_beside_servers([sys.executable, "-m", "bench.reminder_rounds", *sys.argv[1:]]))
