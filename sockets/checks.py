"""Fail at start, not at midnight: what nobody fills would silently not happen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error

from sockets.socket import ALL


def mandatory_sockets_are_filled(**_: Any) -> Iterable[CheckMessage]:
    """Return an error for each mandatory socket without an answer."""
    return [
        Error(
            f"Nobody fills the socket {socket.name}.",
            hint="The app that fills it is missing from INSTALLED_APPS, or its AppConfig.ready does not fill it.",
            obj=socket.name,
            id="sockets.E001",
        )
        for socket in ALL.values()
        if socket.is_mandatory and not socket.answers
    ]
