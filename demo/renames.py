"""One institution of the demo that was renamed, by the verb: its agreements keep the old name."""

from datetime import timedelta

from django.utils import timezone

from demo.loading import registrar_of
from demo.past import on_day
from institutions import lifecycle
from institutions.models import Institution

RENAMED, TO, REASON = "yc-b", "越城区演示社会福利中心", "法人变更登记"
AGO = timedelta(days=9)


def load_renames(institutions: dict[str, Institution]) -> int:
    """Rename what is not renamed yet; return how many."""
    institution = institutions[RENAMED]
    if institution.name == TO:
        return 0
    day = timezone.localdate() - AGO
    with on_day(day):
        lifecycle.rename(institution, by=registrar_of(institution), to=TO, on=day, reason=REASON)
    return 1
