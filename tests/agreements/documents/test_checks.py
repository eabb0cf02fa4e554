"""What is missing on the machine is said at start, with the cure."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from agreements import checks


def test_this_machine_passes() -> None:
    assert [found for check in checks.CHECKS for found in check()] == []


def test_checks_run_with_djangos_own() -> None:
    assert not [found for found in run_checks() if str(found.id).startswith("agreements.")]


def test_missing_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "REQUIRED", ("No Such Font SC",))
    (found,) = checks.fonts_are_installed()
    assert (found.id, "No Such Font SC" in found.msg) == ("agreements.E001", True)
    assert "fonts-noto-cjk" in str(found.hint)


def test_missing_harfbuzz_subset_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "HARFBUZZ_SUBSET", ("libno-such-library.so.0",))
    (found,) = checks.harfbuzz_subset_is_installed()
    assert found.id == "agreements.E002"
    assert found.is_serious()


def test_storage_in_a_place_that_is_a_file(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.STORAGES = _stored_at(tmp_path / "file" / "media")
    assert [found.id for found in checks.storage_is_writable()] == ["agreements.E003"]


def test_storage_that_is_yet_to_be_made_and_a_bucket_pass(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = _stored_at(tmp_path / "a" / "b")
    assert checks.storage_is_writable() == []
    settings.STORAGES = {"default": {"BACKEND": "storages.backends.s3.S3Storage"}}
    assert checks.storage_is_writable() == []


@pytest.mark.parametrize("wrong", [{"TIME_ZONE": "UTC"}, {"USE_TZ": False}])
def test_wrong_time_zone(settings: Any, wrong: dict[str, Any]) -> None:
    for name, value in wrong.items():
        setattr(settings, name, value)
    assert [found.id for found in checks.time_zone_is_chinas()] == ["agreements.E004"]


def _stored_at(folder: Path) -> dict[str, Any]:
    return {"default": {"BACKEND": checks.FILE_SYSTEM_STORAGE, "OPTIONS": {"location": str(folder)}}}
