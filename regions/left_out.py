"""What a loader says of files that it left out. Knows no rows: a start names it before there are any."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management import CommandError

CURE = "以上文件没有载入，其余的都已载入；原来已载入的版本照旧使用。请改正后再运行一次。"


class FilesLeftOut(CommandError):
    """Mistakes in some regions' files, told when all others have been loaded. A start tells it and goes on."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join([*problems, CURE]))
        self.problems = tuple(problems)
