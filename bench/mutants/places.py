"""Where things are: the apps whose code is mutated, the tests that may kill, and what is kept under var/."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "var" / "mutants"
MAP = KEPT / "map.jsonl"

APPS = (
    *(
        "database",
        "sockets",
        "chinese",
        "numbering",
        "jobs",
        "once",
        "audit",
        "regions",
        "verbs",
        "boundary",
        "accounts",
        "frame",
    ),
    *(
        "notifications",
        "institutions",
        "duties",
        "sealing",
        "surveys",
        "eligibility",
        "imports",
        "agreements",
        "filing",
    ),
    *("coverage", "auditing"),
)

# What kills no mutant: journeys in a browser, loads of the whole demo and servers of their own take minutes, and a
# page of the docs that is compared with the very table that was mutated proves nothing of what the product does.
LEFT_OUT = (
    *("tests/browser", "tests/demo", "tests/embedded", "tests/test_architecture.py", "tests/test_deployment.py"),
    *("tests/test_docs.py", "tests/test_stylesheets.py", "tests/test_prepare.py", "tests/test_security_table.py"),
    "tests/agreements/test_diagram.py",
)

NOT_COUNTED = (
    # A table compared with a table kills every mutant of it, and again proves nothing of what the product does.
    "tests/verbs/test_tables.py::test_every_row_leads_where_it_is_written",
    # Everybody at every address takes minutes: a rule that only these keep wants a test of its own.
    "tests/access/test_counties.py::test_nobody_of_one_county_reads_a_word_of_the_other",
    "tests/access/test_matrix.py::test_every_role_at_every_address",
    "tests/security/test_injection.py::test_every_parameter_of_every_list",
)
