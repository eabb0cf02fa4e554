"""Named, typed openings of a lower app that higher apps fill when ready (docs/architecture.md lists them)."""

from sockets.socket import Socket

__all__ = ["Socket"]
