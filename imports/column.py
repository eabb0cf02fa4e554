"""What a column of a sheet is: one fact of an institution, and what may stand for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum

from institutions.models import Role

BOTH = frozenset(Role)


class Kind(Enum):
    TEXT = "text"
    CODE = "code"
    LICENCE = "licence"
    PHONE = "phone"
    REGION = "region"
    DAY = "day"
    COUNT = "count"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclasses.dataclass(frozen=True)
class Column:
    """One fact of an institution or of its side's profile, under the model's own field name."""

    field: str
    heading: str
    kind: Kind
    example: str | int
    roles: frozenset[Role] = BOTH
    is_required: bool = False  # for an institution that is not registered yet
    most: int = 100  # characters
    synonyms: tuple[str, ...] = ()
    words: Mapping[str, str | int] = dataclasses.field(default_factory=dict)  # as written → value, labels first
    options: tuple[str, ...] = ()  # the labels, for the drop-down
    hint: str = ""

    @property
    def in_profile(self) -> bool:
        return self.roles != BOTH
