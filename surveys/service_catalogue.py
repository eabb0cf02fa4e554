"""The catalogue of services, in the order and the words of the notice. Data: see data/services.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from regions.datafile import read_checked

FILE = Path(__file__).parent / "data" / "services.yaml"
TEXT = {"type": "string", "minLength": 1}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


SCHEMA = _object(
    source=_object(
        file=TEXT,
        digest={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        document_number=TEXT,
        quote=TEXT,
    ),
    services={
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": _object(id={"type": "string", "pattern": "^[a-z_]{2,40}$"}, label=TEXT),
    },
)


@dataclass(frozen=True)
class Service:
    id: str
    label: str


@dataclass(frozen=True)
class Catalogue:
    """`digest` is the SHA-256 of the official text in which `quote` stands."""

    file: str
    digest: str
    document_number: str
    quote: str
    services: tuple[Service, ...]

    def chosen(self, ids: Iterable[str]) -> list[Service]:
        """Return these services in the notice's order; an id that is no longer in the catalogue is left out."""
        wanted = set(ids)
        return [service for service in self.services if service.id in wanted]


@cache
def catalogue() -> Catalogue:
    """Return the catalogue; read once. Raises DataFileError for a file that does not fit its schema."""
    data = read_checked(FILE, SCHEMA).data
    services = tuple(Service(each["id"], each["label"]) for each in data["services"])
    return Catalogue(**data["source"], services=services)
