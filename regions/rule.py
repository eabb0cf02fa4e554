"""What a rule is: parameters of fixed types with their JSON schema, read from a data file. Knows nothing of Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, ClassVar, Self

MOST = 10_000  # working days are counted one by one, and forty years of them are no deadline
COUNT: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": MOST}
FLAG: dict[str, Any] = {"type": "boolean"}
TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
TEXTS: dict[str, Any] = {"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT}


def objects(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a list of objects with these properties, all of them required."""
    item = {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": dict(properties),
    }
    return {"type": "array", "minItems": 1, "items": item}


class Rule:
    """A rule with its parameters. `key` is its name in data files, `label` its name on screen."""

    key: ClassVar[str]
    label: ClassVar[str]
    parameters: ClassVar[Mapping[str, Any]]  # JSON schema of each parameter

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Return the JSON schema of the rule's parameters."""
        own = fields(cls)  # type: ignore[arg-type]  # every subclass is a dataclass
        return {
            "type": "object",
            "required": [field.name for field in own if field.default is MISSING],
            "additionalProperties": False,
            "properties": dict(cls.parameters),
        }

    @classmethod
    def from_json(cls, parameters: Mapping[str, Any]) -> Self:
        """Build the rule from checked parameters."""
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in parameters.items()})
