"""What a check of a template says: where in the file, and what is wrong, with the right form."""

from __future__ import annotations

UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn"})  # categories of Unicode that no reader sees and no font prints
ROLES = ("medical", "elder_care")
Path = tuple[str | int, ...]
Mistake = tuple[Path, str]
