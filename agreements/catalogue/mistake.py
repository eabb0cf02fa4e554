"""What a check of a template says: where in the file, and what is wrong, with the right form."""

from __future__ import annotations

ROLES = ("medical", "elder_care")
Path = tuple[str | int, ...]
Mistake = tuple[Path, str]
