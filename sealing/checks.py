"""Said at start: what electronic signing lacks. None of it ends the start, for paper goes on without."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import connections
from django.utils import timezone

from sealing.authority import files
from sealing.keys import pepper
from sealing.keys.licensed import roots
from sealing.models import Certificate

# A certificate that is issued now must not outlast the authority's: so long before the end it has to be renewed.
RENEW_BEFORE = timedelta(days=90)


def check_signing(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Name what closes electronic signing, and what soon will. Not yet made is no fault: the start makes it."""
    return [*_authority_faults(), *_pepper_faults(), *_root_faults(), *_module_faults()]


def check_signing_files(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Name the files that are gone although certificates rest on them: they come from the backup alone.

    Asks the database, so it runs only where that is asked for, after the migrations.
    """
    if not any(map(_has_issued, databases or ())):
        return []
    hint = "restore the folder keys/ from the backup (docs/operations.md)"
    gone = [each for each in (files.folder() / files.KEY, pepper.path()) if not each.exists()]
    return [Warning(f"Electronic signing is closed: {each} is gone.", hint=hint, id="sealing.W006") for each in gone]


def _has_issued(alias: str) -> bool:
    """Return whether any certificate was; none was before the tables are made."""
    if Certificate._meta.db_table not in connections[alias].introspection.table_names():
        return False
    return Certificate.objects.using(alias).ours().exists()


def _authority_faults() -> Iterator[CheckMessage]:
    if not files.exists():
        return
    hint = "./script/manage signing_authority status"
    if reason := files.why_closed():
        yield Warning(f"Electronic signing is closed: {reason}", hint=hint, id="sealing.W001")
        return
    ends = files.opened().certificate.not_valid_after_utc
    if ends < timezone.now() + timedelta(days=settings.CERTIFICATE_DAYS) + RENEW_BEFORE:
        yield Warning(
            f"The signing authority's certificate ends on {ends:%Y-%m-%d}: nothing is issued that outlasts it.",
            hint="./script/manage signing_authority renew",
            id="sealing.W002",
        )
    yield from _open_to_others(files.folder() / files.KEY)


def _pepper_faults() -> Iterator[CheckMessage]:
    path = pepper.path()
    if not path.exists():
        return
    try:
        pepper.read()
    except pepper.PepperGone as fault:
        yield Warning(f"Electronic signing is closed: {fault}", hint="PIN_PEPPER_FILE", id="sealing.W003")
        return
    yield from _open_to_others(path)


def _root_faults() -> Iterator[CheckMessage]:
    try:
        roots()
    except (OSError, ValueError) as fault:
        yield Warning(f"LICENSED_ROOTS cannot be read, none is trusted: {fault}", id="sealing.W005")


def _module_faults() -> Iterator[CheckMessage]:
    for module in settings.PKCS11_MODULES.split():
        if not Path(module).is_file():
            yield Warning(
                f"PKCS11_MODULES names {module}, which is not there: keys in its tokens sign nothing.",
                id="sealing.W007",
            )


def _open_to_others(path: Path) -> Iterator[CheckMessage]:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Warning(f"Others can read {path}.", hint="chmod 600", id="sealing.W004")
