"""What the suite only samples, the bench runs in full: no proof is forgotten there."""

from pathlib import Path

from bench.prove import PROOFS
from tests.proving import days_of_sweeps

ROOT = Path(__file__).resolve().parent.parent


def test_every_sampled_proof_is_run_in_full_by_the_bench() -> None:
    here = {Path(__file__), ROOT / "tests" / "proving.py"}
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    sampled = {path for path, text in sources.items() if "from tests.proving import" in text} - here
    assert sampled == {ROOT / each for files in PROOFS.values() for each in files}


def test_a_sample_of_days_keeps_the_ends_and_the_days_on_which_somebody_is_told() -> None:
    sample = days_of_sweeps(-100, 40)
    assert sample == sorted(set(sample))
    assert {-100, 40, -91, -90, -89, -30, -7, -1, 0, 1, 3, 7, 14, 30} <= set(sample)
