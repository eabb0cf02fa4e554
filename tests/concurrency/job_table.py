"""Prints which kind of job went through which kill: a plugin of the whole run, so that its controller prints it too."""

import pytest

JOB_TABLE = "job-table"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table job × kill of the tests that passed."""
    passed = [
        tuple(value)
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == JOB_TABLE
    ]
    if not passed:
        return
    cases, kills = ({each[place]: None for each in passed} for place in (0, 1))
    width = max(map(len, kills))
    terminalreporter.section("each kind of job past each kill")
    terminalreporter.write_line(" ".join([" " * width, *(f"{case:>{len(case)}}" for case in cases)]))
    for kill in kills:
        marks = (f"{'ok' if (case, kill) in passed else '-':>{len(case)}}" for case in cases)
        terminalreporter.write_line(" ".join([f"{kill:<{width}}", *marks]))
