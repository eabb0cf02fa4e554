"""Judge the tests by what they catch.

    python -m bench.mutants map                  note once what each test touches (again after changes)
    python -m bench.mutants tables               rows, rules, events, guards of the database, branches of visibility
    python -m bench.mutants sample --seed 1      a drawn sample of verbs and querysets
    python -m bench.mutants pure                 the pure modules in full

Results are kept under var/mutants/; `--resume` goes on where a run ended, `--again` tries what survived before, but for
what is known to be equivalent, and `report` prints the tables and the survivors of what has been judged. It needs what
./script/test needs.
"""

from __future__ import annotations

import argparse
import os
import sys

os.environ.setdefault("DEBUG", "yes")

import pytest

from bench.mutants.places import KEPT, LEFT_OUT, MAP, NOT_COUNTED

GROUPS = ("pure", "sample", "tables")


class Plugins:
    """Brings in what needs Django, once pytest has set it up."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        from hypothesis import HealthCheck, Phase, settings

        # The same examples each time, and no search for the smallest: that it fails is enough.
        phases = (Phase.explicit, Phase.generate)
        calm = [HealthCheck.too_slow, HealthCheck.differing_executors]
        settings.register_profile(
            "mutants", derandomize=True, database=None, phases=phases, deadline=None, suppress_health_check=calm
        )
        settings.load_profile("mutants")
        config.pluginmanager.register(self._plugin())

    def _plugin(self) -> object:
        if self.arguments.group == "map":
            from bench.mutants.touched import read
            from bench.mutants.tracing import Map

            return Map(MAP, {each.test for each in read(MAP)})
        from bench.mutants.running import Asked, Judge

        named = {name: value for name, value in vars(self.arguments).items() if name != "tests"}
        return Judge(Asked(**named))


def report(arguments: argparse.Namespace) -> None:
    from bench.mutants.results import read, survivors, table

    found = {path.stem: list(read(path).values()) for path in sorted(KEPT.glob("*-*.jsonl"))}
    for results in found.values():
        print("\n".join(survivors([each for each in results if arguments.only in {"", each.app}])))
    print("\n".join(table(found)))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench.mutants", description=__doc__)
    parser.add_argument("group", choices=[*GROUPS, "map", "report"])
    parser.add_argument("tests", nargs="*", help="for the map: the tests to trace, in this order")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--only", default="", metavar="APP")
    parser.add_argument("--matching", default="", metavar="TEXT", help="only mutants whose name contains it")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--again", action="store_true", help="only what survived before")
    return parser.parse_args()


def main() -> int:
    arguments = parsed()
    if arguments.group == "report":
        report(arguments)
        return 0
    if arguments.group == "map":
        os.environ["KEEP"] = "no"  # what a test touches is what makes its world, too
    quiet = ["-q", "-p", "no:cacheprovider", "--no-header", "--capture=no", "--tb=native", "--durations=1"]
    left_out = [*(f"--ignore={path}" for path in LEFT_OUT), *(f"--deselect={test}" for test in NOT_COUNTED)]
    code = pytest.main([*quiet, *left_out, *arguments.tests], plugins=[Plugins(arguments)])
    if arguments.group in GROUPS:
        report(arguments)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
