"""Fail at start, not at midnight: what printing needs from the machine and the settings."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Told

from agreements.documents.cut_fonts import missing
from agreements.text.fonts import HARFBUZZ_SUBSET
from boundary.printing import REQUIRED, FontMissing, font_file
from sealing.pades.trial import why_closed

FILE_SYSTEM_STORAGE = "boundary.storage.WholeFilesStorage"


def fonts_are_installed(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """A document in a substitute font looks wrong; without any Chinese font it is a page of boxes."""
    return [
        Error(
            f"The font “{family}” is not installed.",
            hint="Debian: apt-get install fonts-noto-cjk fontconfig. macOS: brew install font-noto-serif-cjk-sc "
            "font-noto-sans-cjk-sc.",
            id="agreements.E001",
        )
        for family in REQUIRED
        if not _is_installed(family)
    ]


def harfbuzz_subset_is_installed(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Without it every agreement takes some fifteen seconds instead of a third of one."""
    if any(_loads(name) for name in HARFBUZZ_SUBSET):
        return []
    return [
        Error(
            "The library HarfBuzz-subset is not installed: every PDF would take 45 times as long.",
            hint="Debian: apt-get install libharfbuzz-subset0. macOS: brew install harfbuzz.",
            id="agreements.E002",
        )
    ]


def fonts_are_cut(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Without the cuts everything prints the same from the whole fonts, slower."""
    lacks = missing(settings.FONTS_FOLDER)
    if not lacks:
        return []
    return [
        Told(
            f"Fonts have not been cut: {settings.FONTS_FOLDER} lacks {', '.join(lacks)}. Every PDF takes longer.",
            hint=f"./script/setup, or: python -m agreements.documents.cut_fonts {settings.FONTS_FOLDER}",
            id="agreements.W001",
        )
    ]


def storage_is_writable(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Only for a folder of this machine; a bucket is not asked at every start."""
    storages: Any = settings.STORAGES
    storage = storages["default"]
    if storage["BACKEND"] != FILE_SYSTEM_STORAGE:
        return []
    wanted = Path(storage.get("OPTIONS", {}).get("location") or settings.MEDIA_ROOT)
    there = next(folder for folder in (wanted, *wanted.parents) if folder.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"Files cannot be stored: {wanted} is not writable.",
            hint="Set MEDIA_ROOT to a folder that this user may write, or set S3_BUCKET.",
            id="agreements.E003",
        )
    ]


def time_zone_is_chinas(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Dates of agreements are days in China, and times are stored with their zone."""
    if settings.TIME_ZONE == "Asia/Shanghai" and settings.USE_TZ:
        return []
    return [
        Error(
            "TIME_ZONE must be Asia/Shanghai and USE_TZ on: an agreement's dates are days in China.",
            id="agreements.E004",
        )
    ]


def a_trial_seal_holds(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Where it does not, nobody begins to sign electronically what cannot be finished; paper stays open."""
    reason = why_closed()
    if not reason:
        return []
    return [Told(f"Electronic signing is closed: {reason}", hint="python -m pip check", id="agreements.W002")]


CHECKS = (
    a_trial_seal_holds,
    fonts_are_installed,
    harfbuzz_subset_is_installed,
    fonts_are_cut,
    storage_is_writable,
    time_zone_is_chinas,
)


def _is_installed(family: str) -> bool:
    try:
        font_file(family)
    except FontMissing:
        return False
    return True


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
