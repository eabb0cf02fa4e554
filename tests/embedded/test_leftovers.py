"""What a killed run left is ended by the next start; a stranger who got the same number is not."""

import signal
import subprocess
from pathlib import Path

from embedded import leftovers
from tests.embedded.conftest import PATIENCE


def waiting_process() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sh", "-c", "read forever"], stdin=subprocess.PIPE, process_group=0)


def test_ends_what_the_note_describes(tmp_path: Path) -> None:
    left = waiting_process()
    note = tmp_path / "web.child"
    leftovers.remember(note, left.pid)
    leftovers.end(tmp_path)
    left.communicate(timeout=PATIENCE)
    assert left.returncode == -signal.SIGKILL
    assert not note.exists()


def test_spares_a_stranger_with_the_same_number(tmp_path: Path) -> None:
    stranger = waiting_process()
    try:
        note = tmp_path / "web.child"
        note.write_text(f"{stranger.pid}\nMon Jan  1 00:00:00 2024 gunicorn yiyang.wsgi", encoding="utf-8")
        leftovers.end(tmp_path)
        assert stranger.poll() is None
        assert not note.exists()
    finally:
        stranger.communicate(timeout=PATIENCE)
