"""Fail at start: how files are given out, and how often things may be asked for, as the settings say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from limits import parse_many


def one_way_to_give_out_files(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """A proxy gives out files of this machine; what lies in a bucket it cannot find."""
    if not (settings.FILES_BY_PROXY and settings.S3_BUCKET):
        return []
    return [
        Error(
            "FILES_BY_PROXY and S3_BUCKET exclude each other.",
            hint="Files in a bucket are given out by short-lived signed addresses: set FILES_BY_PROXY=no.",
            id="boundary.E001",
        )
    ]


def a_proxy_that_is_there(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Without a proxy an X-Accel-Redirect is an empty file for the person who asked."""
    if not settings.FILES_BY_PROXY or settings.BEHIND_PROXY:
        return []
    return [
        Error(
            "FILES_BY_PROXY is on, but BEHIND_PROXY is not.",
            hint="Set BEHIND_PROXY=yes when nginx stands before the platform, else FILES_BY_PROXY=no.",
            id="boundary.E002",
        )
    ]


def limits_can_be_read(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    return [
        Error(f"RATE_LIMITS: {what} of {whose} is “{text}”, which is no limit.", id="boundary.E003")
        for what, by in settings.RATE_LIMITS.items()
        for whose, text in by.items()
        if not _can_be_read(text)
    ]


CHECKS = (one_way_to_give_out_files, a_proxy_that_is_there, limits_can_be_read)


def _can_be_read(text: str) -> bool:
    try:
        return bool(parse_many(text))
    except ValueError:
        return False
