"""Whether electronic signing is open at this site: so that nobody chooses or begins what cannot be finished."""

from __future__ import annotations

from sealing.keys import pepper
from sealing.keys.pepper import PepperGone
from sealing.pades import trial

CLOSED = "电子签约暂时关闭：{}。可以改用纸质签章，或者请平台管理员处理。"


def why_closed() -> str:
    """Return in words why nobody can sign electronically here, "" while it can be done.

    Asked where a side chooses how it signs, and where it signs. A trial seal is made once in each process.
    """
    try:
        pepper.read()
    except PepperGone as gone:
        return CLOSED.format(gone)
    return trial.why_closed()
