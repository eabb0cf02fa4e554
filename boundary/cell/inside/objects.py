"""Values of a PDF as what they are: each of a stranger's may be of another type than it should, or not there at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from boundary.cell import bounds
from boundary.refused import TOO_COMPLEX, UploadRefused

Holder = pikepdf.Dictionary | pikepdf.Stream
NOTHING = pikepdf.Dictionary()


def is_holder(value: Any) -> bool:
    """Whether a value has entries: a dictionary, or a stream with its own."""
    return isinstance(value, pikepdf.Dictionary | pikepdf.Stream)


def entry(holder: Any, key: str) -> Any:
    """Return an entry with references followed; None where there is none, or the holder holds none."""
    return holder.get(key) if is_holder(holder) else None


def called(holder: Any, key: str) -> Any:
    """Return an entry under a key that a stranger chose: older Chinese programs write names that are no UTF-8."""
    if key.isascii() and key.isprintable() and len(key) > 1:
        return entry(holder, key)
    return dict(entries(holder)).get(key)


def entries(holder: Any) -> list[tuple[str, Any]]:
    """Return all entries of a dictionary or a stream; none of anything else."""
    return [(str(key), value) for key, value in holder.items()] if is_holder(holder) else []


def dictionary(holder: Any, key: str) -> pikepdf.Object:
    """Return an entry that is a dictionary, an empty one where it is none."""
    value = entry(holder, key)
    return value if isinstance(value, pikepdf.Dictionary) else NOTHING


def several(value: Any) -> Iterator[Any]:
    """Yield the elements of an array; nothing of anything else."""
    if isinstance(value, pikepdf.Array):
        yield from value


def name(value: Any) -> str:
    """Return a name with its slash, "" for anything else, and for a name that is no UTF-8: none that means anything."""
    try:
        return str(value) if isinstance(value, pikepdf.Name) else ""
    except UnicodeDecodeError:
        return ""


def number(value: Any) -> int:
    """Return a whole number, 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def words(value: Any) -> str:
    """Return a text, "" for anything else."""
    return str(value) if isinstance(value, pikepdf.String) else ""


def everything(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Yield every object and every value that lies within one. Raises UploadRefused above the limits."""
    if len(pdf.objects) > bounds.MOST_OBJECTS:
        raise UploadRefused(TOO_COMPLEX)
    seen = 0
    for each in pdf.objects:
        waiting = [(each, 0)]
        while waiting:
            value, depth = waiting.pop()
            seen += 1
            if seen > bounds.MOST_PARTS or depth > bounds.DEEPEST:
                raise UploadRefused(TOO_COMPLEX)
            yield value
            waiting += [(inner, depth + 1) for inner in _within(value)]


def _within(value: Any) -> Iterator[Any]:
    """Yield the values that lie directly in one: what is referred to has its own turn."""
    inner = (held for _, held in entries(value)) if is_holder(value) else several(value)
    return (each for each in inner if isinstance(each, pikepdf.Object) and not each.is_indirect)
