"""How the data classes of this room are stored: as plain JSON, without what holds its default."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def as_json(value: "DataclassInstance") -> dict[str, Any]:
    """Return a data class as JSON: fields by name, tuples as lists, members of an enumeration by value."""
    return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if not _holds_default(value, f)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return as_json(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, StrEnum) else value


def _holds_default(value: "DataclassInstance", f: Field[Any]) -> bool:
    default = f.default_factory() if f.default_factory is not MISSING else f.default
    return bool(getattr(value, f.name) == default)
