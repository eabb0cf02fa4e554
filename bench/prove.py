"""The repeated proofs in full: everything of which the suite runs a short, seeded sample (tests/proving.py).

Run: python -m bench.prove [--seed N]. Prints each proof with its time; exit code 1 when one fails.
"""

import argparse
import os
import subprocess
import sys
import time

PROOFS = {
    "reminders, day by day": [
        "tests/notifications/test_agreement_reminders.py",
        "tests/notifications/test_filing_reminders.py",
    ],
    "answers and filling": ["tests/agreements/catalogue/test_answers.py", "tests/agreements/catalogue/test_filling.py"],
    "layout and codes": ["tests/agreements/documents/test_layout.py", "tests/agreements/documents/test_codes.py"],
    "coverage against the oracle": ["tests/coverage/test_oracle.py"],
    "the log spoilt everywhere": ["tests/audit/test_mutations.py"],
    "every role, every method": ["tests/access/test_matrix.py"],
    "both parties sign at once": ["tests/concurrency/test_ceremony.py"],
    "crafted copies": [
        "tests/agreements/documents/test_crafted.py",
        "tests/agreements/documents/test_crafted_more.py",
    ],
    "a kill at each step of signing": ["tests/concurrency/test_killed.py"],
    "200 with a long chain": ["tests/sealing/pades/test_timestamps.py"],
    "search among 100,000": ["tests/institutions/test_search.py"],
}


def main() -> int:
    """Run every proof in a process of its own and return 1 if one failed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", default="2026", help="of the samples; hypothesis draws anew each time")
    environment = {**os.environ, "PROVE": "full", "PROVE_SEED": asked.parse_args().seed, "DEBUG": "yes"}
    failed = 0
    for words, files in PROOFS.items():
        began = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:xdist",
            "--durations=0",
            *files,
        ]
        run = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        said = run.stdout.strip().splitlines()[-1] if run.stdout.strip() else run.stderr[-300:]
        print(f"{words:32} {time.monotonic() - began:7.1f} s   {said}", flush=True)
        if run.returncode:
            failed += 1
            print(run.stdout[-4000:], run.stderr[-2000:])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
