"""One agreement as it was on a day, for the page of an institution."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from agreements.models import Agreement
from agreements.models.agreement import AgreementKind
from filing.models import Filing
from frame.chips import Chip
from institutions.models import Authority

RUNNING = Chip("当日生效中", "tick", "pine")
COMING = Chip("当日尚未开始", "hourglass", "amber")
OVER = Chip("当日已结束", "cross", "grey")


@dataclass(frozen=True)
class AgreementOnDay:
    agreement: Agreement
    on: date

    @property
    def chip(self) -> Chip:
        starts_on, last_day = self.agreement.starts_on, self.agreement.last_day
        if starts_on is None or starts_on > self.on:
            return COMING
        return OVER if last_day is not None and last_day < self.on else RUNNING

    @property
    def counts(self) -> bool:
        """Whether it covers by itself: a supplement never does."""
        return self.agreement.kind != AgreementKind.SUPPLEMENT

    @property
    def accepted(self) -> list[tuple[str, date | None]]:
        """Each kind of authority, and the day of its acceptance if that is not after the day asked about."""
        return [(kind.label, self._accepted_on(kind)) for kind in Authority.Kind]

    def _accepted_on(self, kind: Authority.Kind) -> date | None:
        for filing in self.agreement.filings.all():
            if filing.state == Filing.State.ACCEPTED and filing.authority.kind == kind and filing.decided_at:
                decided_on = timezone.localdate(filing.decided_at)
                return decided_on if decided_on <= self.on else None
        return None
