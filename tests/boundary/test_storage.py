"""Files that cannot be written whole: nothing of them stays."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from boundary.storage import PARTS, PARTS_ARE_KEPT, WholeFilesStorage, drop_parts

ROOM = 100_000


@pytest.fixture
def storage(tmp_path: Path) -> WholeFilesStorage:
    return WholeFilesStorage(location=tmp_path)


@contextmanager
def little_room() -> Iterator[None]:
    """Let the kernel refuse what this process writes beyond a few bytes of a file, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def test_of_a_file_that_does_not_fit_nothing_stays(storage: WholeFilesStorage, tmp_path: Path) -> None:
    with little_room(), pytest.raises(OSError, match="too large"):
        storage.save("scans/a.pdf", ContentFile(b"x" * 2 * ROOM))
    assert files(tmp_path) == {}
    assert storage.save("scans/a.pdf", ContentFile(b"x" * 2 * ROOM)) == "scans/a.pdf"
    assert files(tmp_path) == {"scans/a.pdf": 2 * ROOM}


def test_a_name_that_is_taken_leads_to_another(storage: WholeFilesStorage, tmp_path: Path) -> None:
    first, second = (storage.save("scans/a.pdf", ContentFile(each)) for each in (b"first", b"second!"))
    assert first != second
    assert files(tmp_path) == {first: 5, second: 7}
    assert storage._move(storage_part(storage, b"third"), first) not in {first, second}
    assert (tmp_path / first).read_bytes() == b"first"


def storage_part(storage: WholeFilesStorage, content: bytes) -> Path:
    part = Path(storage.path(f"{PARTS}/third"))
    part.write_bytes(content)
    return part


def test_what_killed_processes_left_is_removed_a_day_later() -> None:
    folder = Path(default_storage.path(PARTS))
    folder.mkdir(parents=True, exist_ok=True)
    old, new = folder / "old", folder / "new"
    for part in (old, new):
        part.write_bytes(b"half of a")
    then = time.time() - PARTS_ARE_KEPT - 60
    os.utime(old, (then, then))
    assert drop_parts() == 1
    assert (old.exists(), new.exists()) == (False, True)
    new.unlink()
