"""Said at start, not at midnight: a key or a certificate with which no anchor can be made."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured

from audit import platform_key, timestamping


def check_anchoring(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    return [*_key_faults(Path(settings.PLATFORM_KEY_FILE)), *_certificate_faults()]


def _key_faults(path: Path) -> Iterator[CheckMessage]:
    if not path.exists():
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            yield Error(f"The platform's key cannot be made in {folder}.", hint="PLATFORM_KEY_FILE", id="audit.E001")
        return
    try:
        platform_key.public_key()
    except (OSError, ValueError, TypeError, ImproperlyConfigured) as fault:
        yield Error(f"The platform's key cannot be used: {fault}", hint="PLATFORM_KEY_FILE", id="audit.E002")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Warning(f"Others can read {path}.", hint="chmod 600", id="audit.W001")


def _certificate_faults() -> Iterator[CheckMessage]:
    try:
        timestamping.certificates()
    except (OSError, ValueError) as fault:
        yield Error(f"TSA_CERTIFICATE cannot be read: {fault}", id="audit.E003")
