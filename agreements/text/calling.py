"""What a text calls its two sides, told with whose names they are: 甲方（福星养老院）. Pure."""

from collections.abc import Mapping


def with_names(words: str, called: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return a sentence with each side's name behind the first place where it is called as in the text.

    `called` and `names` are by role. A side without a name, and one that is named there already, stays as it is.
    """
    for role, side in called.items():
        name = names.get(role, "")
        if name and f"{side}（{name}）" not in words:
            words = words.replace(side, f"{side}（{name}）", 1)
    return words
