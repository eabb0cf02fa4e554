"""Files of regions that were left out: everything else is loaded, and nobody's start waits for them.

They are told where the command ran, and kept for the platform administrator's page until the folder is loaded again,
or is there no more when another is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from regions.left_out import FilesLeftOut
from regions.models import LeftOutProblem


@transaction.atomic
def _keep(what: str, loaded_from: str, problems: Sequence[str]) -> None:
    """Keep what was left out of a folder in place of what was kept of it before, and nothing of those that are gone."""
    folders = LeftOutProblem.objects.exclude(loaded_from="").values_list("loaded_from", flat=True).distinct()
    gone = [folder for folder in folders if not Path(folder).is_dir()]
    LeftOutProblem.objects.filter(Q(what=what, loaded_from=loaded_from) | Q(loaded_from__in=gone)).delete()
    LeftOutProblem.objects.bulk_create(
        LeftOutProblem(what=what, loaded_from=loaded_from, problem=problem) for problem in problems
    )


def tell(what: str, loaded_from: str, problems: Sequence[str]) -> None:
    """Keep what was left out of a folder. Raises FilesLeftOut when there is anything."""
    _keep(what, loaded_from, problems)
    if problems:
        raise FilesLeftOut(problems)
