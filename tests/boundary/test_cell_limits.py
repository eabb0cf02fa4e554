"""Small files that would take all time or memory are refused by a cell, and nobody else notices."""

import io
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image

from boundary.cell import asking, bounds, door, keeper
from boundary.cell.asking import Patience
from boundary.cell.door import Kind, judge
from boundary.cell.keeper import Ended, Keeper
from boundary.cell.slots import Busy, slot
from boundary.refused import DAMAGED, NOT_NOW, TOO_COMPLEX, TOO_HEAVY, TOO_LONG, TOO_MANY_PIXELS, UNUSUAL, UploadRefused
from boundary.uploads import look_at
from tests.agreements.making import scan_pdf
from tests.boundary import bombs

ROOT = Path(door.__file__).resolve().parents[2]
SHORTLY = Patience(for_the_work=0.4)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (bombs.progressive, TOO_COMPLEX),
        (bombs.fills, TOO_COMPLEX),
        (bombs.nested_forms, TOO_COMPLEX),
        (bombs.repeated_page, "350000 页"),
        (bombs.progressive_in_pdf, TOO_COMPLEX),
        (bombs.form_in_itself, TOO_COMPLEX),
        (bombs.fills_in_an_annotation, TOO_COMPLEX),
        (bombs.fills_in_a_mask, TOO_COMPLEX),
        (bombs.fills_in_a_pattern, TOO_COMPLEX),
        (bombs.fills_by_many_streams, TOO_COMPLEX),
        (bombs.called_by_a_text, TOO_COMPLEX),
        (bombs.called_by_an_old_name, TOO_COMPLEX),
        (bombs.large_picture_often, TOO_COMPLEX),
        (bombs.pages_of_pages, "1000000 页以上"),
        (bombs.pages_in_a_circle, "打不开"),
        (bombs.deep_values, TOO_COMPLEX),
        (bombs.deflated, TOO_MANY_PIXELS),
        (bombs.run_lengths, UNUSUAL),
    ],
    ids=lambda made: made.__name__ if callable(made) else "",
)
def test_what_would_never_end_is_refused_by_counting(make: Callable[[], bytes], words: str) -> None:
    """The words are of what was counted, not of a limit that was reached; our own memory does not grow by it."""
    content = make()
    assert len(content) < 2_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UploadRefused, match=words):
        look_at(content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024


def test_what_nobody_counts_ends_by_the_clock_and_the_next_file_is_kept(tmp_path: Path) -> None:
    slow, honest = tmp_path / "slow", tmp_path / "honest"
    slow.write_bytes(bombs.slow_drawing())
    honest.write_bytes(scan_pdf(2))
    with pytest.raises(UploadRefused) as refused:
        judge(slow, Kind.SCAN, patience=SHORTLY)
    assert str(refused.value) in (TOO_LONG, NOT_NOW), "the latter where this machine had no time for it"
    assert judge(honest, Kind.SCAN).page_count == 2


@pytest.fixture
def busy() -> Iterator[None]:
    """A machine with more to do than it can: for each processor three that work and go before a cell."""
    count = 3 * len(os.sched_getaffinity(0))
    work = [subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.PIPE) for _ in range(count)]
    try:
        yield
    finally:
        for each in work:
            each.kill()
            each.communicate()


def test_on_a_busy_machine_a_heavy_file_hears_of_its_own_weight_and_an_honest_one_is_kept(
    tmp_path: Path, busy: None
) -> None:
    slow, honest = tmp_path / "slow", tmp_path / "honest"
    slow.write_bytes(bombs.slow_drawing())
    honest.write_bytes(scan_pdf(2))
    with pytest.raises(UploadRefused, match=TOO_LONG):
        judge(slow, Kind.SCAN, patience=SHORTLY)
    assert judge(honest, Kind.SCAN, patience=SHORTLY).page_count == 2


def ended(code: int, *, late: bool = False, seconds: float = 1, worked: float = 1, waited: float = 0) -> Ended:
    return Ended(code, late=late, seconds=seconds, worked=worked, waited=waited, allowed=10, peak=1)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (ended(-9, late=True, seconds=10.1, worked=9.8), TOO_LONG),
        (ended(-9, late=True, seconds=70.1, worked=6.0, waited=64.0), TOO_LONG),
        (ended(-24, late=False, seconds=10.9, worked=10.0), TOO_LONG),
        (ended(-9, late=True, seconds=70.1, worked=1.9, waited=68.0), NOT_NOW),
        (ended(bounds.OUT_OF_MEMORY), TOO_HEAVY),
        (ended(-11), DAMAGED),
        (ended(0), DAMAGED),
    ],
    ids=["late", "busy", "processor", "no-processor-to-be-had", "memory", "crashed", "no-answer"],
)
def test_however_a_cell_ends_the_uploader_hears_a_reason(
    ended: Ended, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper.KEEPER, "run", lambda *_, **__: ended)
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(UploadRefused, match=words):
        judge(tmp_path / "file", Kind.SCAN)


@pytest.fixture
def living(tmp_path: Path) -> Iterator[tuple[Keeper, threading.Thread, list[object]]]:
    """A keeper whose cell draws what does not end, with the thread that waits for it and what it hears."""
    (tmp_path / "slow").write_bytes(bombs.slow_drawing())
    job = {"act": "judge", "kind": "scan", "path": str(tmp_path / "slow")}
    own = Keeper()
    heard: list[object] = []

    def order() -> None:
        try:
            heard.append(own.run(job, tmp_path))
        except keeper.CellUnavailable as error:
            heard.append(error)

    thread = threading.Thread(target=order)
    thread.start()
    yield own, thread, heard
    if own._control is not None and thread.is_alive():
        own._control.shutdown(socket.SHUT_RDWR)
    thread.join()
    own.stop()


def cell_of(own: Keeper, thread: threading.Thread) -> int:
    """Return the process that works for a keeper, once there is one under limits."""
    while thread.is_alive():
        template = own._process.pid if own._process else 0
        if not template:
            continue
        children = Path(f"/proc/{template}/task/{template}/children").read_text().split()
        if children and str(bounds.MEMORY) in Path(f"/proc/{children[0]}/limits").read_text():
            return int(children[0])
    raise AssertionError("it was never there")


def test_the_kernel_holds_a_cell_and_its_template_dies_with_its_keeper(
    living: tuple[Keeper, threading.Thread, list[object]],
) -> None:
    own, thread, heard = living
    cell = cell_of(own, thread)
    said = Path(f"/proc/{cell}/limits").read_text().splitlines()
    soft = {line[:26].strip(): line[26:47].strip() for line in said}
    assert soft["Max address space"] == str(bounds.MEMORY)
    assert soft["Max file size"] == str(bounds.LARGEST_WRITTEN)
    assert soft["Max open files"] == str(bounds.OPEN_FILES)
    assert soft["Max core file size"] == "0"
    assert bounds.SECONDS <= int(soft["Max cpu time"]) <= bounds.SECONDS + 1
    environment = Path(f"/proc/{cell}/environ").read_bytes()
    assert {line.partition(b"=")[0] for line in environment.split(b"\0") if line} <= {
        *(name.encode() for name in keeper.ENVIRONMENT),
        b"LC_CTYPE",
    }
    assert set(keeper.ENVIRONMENT) == {"PATH", "LANG", "OPENPYXL_LXML"}
    assert own._control is not None
    own._control.shutdown(socket.SHUT_RDWR)  # as the kernel does when a keeper is killed
    thread.join()
    assert isinstance(heard[0], keeper.CellUnavailable)
    assert not Path(f"/proc/{cell}").exists()


def test_a_template_that_was_killed_is_started_again(tmp_path: Path) -> None:
    own = Keeper()
    path = tmp_path / "scan"
    path.write_bytes(scan_pdf(1))
    job = {"act": "judge", "kind": "scan", "path": str(path)}
    try:
        for _ in range(2):
            assert own.run(job, tmp_path).code == 0
            assert own._process is not None
            own._process.kill()
            own._process.wait()
    finally:
        own.stop()


def test_who_cannot_start_a_cell_says_later_and_blames_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "COMMAND", "import sys; sys.exit(1)")
    monkeypatch.setattr(asking, "KEEPER", Keeper())
    with pytest.raises(UploadRefused, match=NOT_NOW):
        look_at(scan_pdf(1))


def test_a_template_knows_nothing_of_ours() -> None:
    said = "import sys; sys.path.insert(0, sys.argv[1]); import boundary.cell.template; print(*sorted(sys.modules))"
    command = [sys.executable, "-I", "-c", said, str(ROOT)]
    found = subprocess.run(command, check=True, capture_output=True, text=True, env=keeper.ENVIRONMENT)
    loaded = set(found.stdout.split())
    assert not {name for name in loaded if name.startswith(("django", "celery", "psycopg", "redis", "yiyang"))}
    ours = {name for name in loaded if name.startswith(("boundary", "audit", "accounts"))}
    assert {name for name in ours if not name.startswith("boundary.cell")} == {
        "boundary",
        "boundary.refused",
        "boundary.revisions",
    }


def test_so_many_cells_at_once_and_no_more(tmp_path: Path) -> None:
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(slot(tmp_path, 2, patience=0))
        with pytest.raises(Busy), slot(tmp_path, 2, patience=0):
            pass
    with slot(tmp_path, 1, patience=0):
        pass


def test_a_slot_is_free_again_when_its_holder_dies(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with slot(tmp_path, 1):
            os._exit(0)
    os.waitpid(child, 0)
    with slot(tmp_path, 1, patience=0):
        pass


def test_waiting_for_a_slot_ends_with_a_word(settings: object, tmp_path: Path) -> None:
    settings.CELL_FOLDER, settings.CELLS = tmp_path, 1  # type: ignore[attr-defined]  # pytest-django's own
    (tmp_path / "scan").write_bytes(scan_pdf(1))
    with slot(tmp_path, 1), pytest.raises(UploadRefused, match=NOT_NOW):
        judge(tmp_path / "scan", Kind.SCAN, patience=Patience(for_a_slot=0))


def test_the_largest_honest_picture_fits() -> None:
    out = io.BytesIO()
    Image.new("L", (7_000, 9_900), "white").save(out, "JPEG")  # an A3 sheet at 600 dpi
    assert look_at(out.getvalue()).page_count == 1
