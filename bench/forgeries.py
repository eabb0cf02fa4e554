"""Bytes of signed copies flipped at sampled places, and strangers' files: how many are called ours and whole.

    ./.venv/bin/python -m bench.forgeries [--flips 2000] [--seed 14] [--files FOLDER]

No database: the register is the one honest file's digest and looks, asked as `agreements.documents.verdicts` asks it.
Each file is read in this process by what a cell runs; none may raise, none may be whole, but the honest one is.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
os.environ.setdefault("DEBUG", "yes")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django  # noqa: E402 -- the settings must be named first

django.setup()

from agreements.documents.press import copies_of  # noqa: E402 -- as above
from bench.pdf import sample_paper  # noqa: E402 -- as above
from boundary.cell.inside import signatures  # noqa: E402 -- as above
from boundary.refused import UploadRefused  # noqa: E402 -- as above
from tests.hands import signed_by  # noqa: E402 -- as above


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--flips", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--files", type=Path, help="a folder of strangers' PDFs")
    arguments = parser.parse_args()
    logging.disable(logging.ERROR)
    steps = signed_by(copies_of(sample_paper()).copies[0].content)
    honest, looks = steps[-1].content, [step.looks for step in steps]
    if not _stands(honest, looks):
        print("the honest copy is not as we write it")
        return 1
    known = hashlib.sha256(honest).hexdigest()
    counts: Counter[str] = Counter()
    for name, content in chain(_files(arguments.files), _flipped(honest, arguments.flips, arguments.seed)):
        try:
            stands = _stands(content, looks)
        except UploadRefused:
            counts["refused in words"] += 1
            continue
        except Exception as fault:  # noqa: BLE001  -- this is what is counted
            print(f"{name}: {type(fault).__name__} {fault}")
            counts["raised"] += 1
            continue
        registered = hashlib.sha256(content).hexdigest() == known
        kind = {(True, True): "ours and whole", (True, False): "as we write it, not in the register"}
        counts[kind.get((stands, registered), "not as we write it")] += 1
    print(*(f"{count:6} {what}" for what, count in counts.most_common()), sep="\n")
    return 1 if counts["raised"] or counts["ours and whole"] else 0


def _flipped(content: bytes, number: int, seed: int) -> Iterator[tuple[str, bytes]]:
    random = Random(seed)  # noqa: S311  -- which bytes, the same each time
    for at in random.sample(range(len(content)), number):
        spoilt = bytearray(content)
        spoilt[at] ^= 1 << random.randrange(8)
        yield f"byte {at}", bytes(spoilt)


def _files(folder: Path | None) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.glob("*.pdf")) if folder else ():
        yield path.name, path.read_bytes()


def _stands(content: bytes, looks: list[dict[str, str]]) -> bool:
    """Whether revisions, looks and signatures are as the register has them, its digests aside."""
    said = signatures.answer(content, [], lambda pages: None)
    added = said["revisions"][1:]
    is_as_ours = not said["fault"] and len(added) == len(looks) and not any(fault for *_, fault in added)
    return (
        is_as_ours
        and [shown for _, _, _, shown, _ in added] == looks
        and len(said["signatures"]) == len(looks)
        and all(each["holds"] and not each["fault"] for each in said["signatures"])
    )


if __name__ == "__main__":
    sys.exit(main())
