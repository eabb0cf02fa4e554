"""Accept how documents look now. What looks the same is left as it is.

    .venv/bin/python -m tests.pictures.accept                  all documents
    .venv/bin/python -m tests.pictures.accept hunan-2020 …     those whose names begin so

Look at the changed pictures before they are committed: `git status` lists them.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()

from tests.pictures import baselines
from tests.pictures.baselines import ACCEPTED, Pictures
from tests.pictures.documents import documents


def main(arguments: Sequence[str], *, accepted: Path = ACCEPTED) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="documents, or how their names begin")
    names = parser.parse_args(arguments).names
    known = [name for name, _ in documents()]
    if unknown := [name for name in names if not any(each.startswith(name) for each in known)]:
        parser.error(f"no document is called {', '.join(unknown)}; there are: {', '.join(known)}")
    for line in _accept(names, accepted):
        print(line)
    return 0


def _accept(names: Sequence[str], accepted: Path) -> Iterator[str]:
    wanted = dict(_wanted(names))
    for name, draw in wanted.items():
        for page in baselines.accept(name, draw(), accepted=accepted):
            yield f"{accepted / name / page}.png"
    if not names:
        for name in sorted(baselines.documents(accepted) - set(wanted)):
            shutil.rmtree(accepted / name)
            yield f"{accepted / name} is gone"


def _wanted(names: Sequence[str]) -> Iterator[tuple[str, Callable[[], Pictures]]]:
    for name, draw in documents():
        if not names or name.startswith(tuple(names)):
            yield name, draw


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
