"""What a signatory can sign in one batch: what waits for them at one institution, and how far each was read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from agreements.lifecycle.batches import MOST, waiting_for
from agreements.lifecycle.reading import blanks_read, how_read, templates_read
from agreements.models import Agreement, HowRead, TemplateVersion
from chinese.dates import cn_day
from institutions.models import Institution, Role
from sealing.models import Seal
from sealing.seals import Paper, seals_usable_by


@dataclass(frozen=True)
class Choice:
    """One agreement; `how`: how it was read, None while it was not read whole."""

    agreement: Agreement
    text: int  # key of the frozen text
    other_side: str
    how: HowRead | None
    has_template: bool  # whether its template was read
    has_blanks: bool  # whether its blanks were

    @property
    def key(self) -> str:
        return str(self.text)

    @property
    def about(self) -> str:
        """What it is, so that two with one partner are told apart: its title, what it follows, when it was agreed."""
        row = self.agreement
        follows = f"，{row.get_kind_display()} {row.predecessor.number}" if row.predecessor else ""
        agreed = f"，{cn_day(timezone.localdate(row.agreed_at))}定稿" if row.agreed_at else ""
        return f"《{row.chosen_version.title}》{follows}{agreed}"


@dataclass(frozen=True)
class Choosing:
    """Of one institution, the nearest deadline first; `total` may be more than are shown at once."""

    user: User
    institution: Institution

    @cached_property
    def total(self) -> int:
        return waiting_for(self.user, self.institution).count()

    @cached_property
    def choices(self) -> list[Choice]:
        rows = list(waiting_for(self.user, self.institution).select_related("predecessor")[:MOST])
        read, templates = how_read(rows, by=self.user), templates_read(self.user)
        blanks = blanks_read([row.frozen_id for row in rows if row.frozen_id], self.user)
        return [
            Choice(
                row,
                row.frozen.pk,
                self._other_side(row),
                read.get(row.pk),
                row.frozen.template_version_id in templates,
                row.frozen.pk in blanks,
            )
            for row in rows
            if row.frozen is not None
        ]

    @property
    def read(self) -> list[Choice]:
        return [each for each in self.choices if each.how]

    @property
    def unread(self) -> list[Choice]:
        return [each for each in self.choices if not each.how]

    @property
    def templates(self) -> list[TemplateVersion]:
        """The templates of what was not read whole, that were not read yet either."""
        versions = {each.agreement.chosen_version for each in self.unread if not each.has_template}
        return sorted(versions, key=lambda version: version.pk)

    def gone(self, texts: Collection[int]) -> str:
        """Name the agreements of these texts, as far as they are the institution's, each with its other side."""
        own = Q(medical=self.institution) | Q(elder_care=self.institution)
        rows = Agreement.objects.filter(own, frozen_texts__in=texts).with_parties().order_by("number")
        return "、".join(f"{row.number}（{self._other_side(row)}，{row.state_words}）" for row in rows)

    def _other_side(self, row: Agreement) -> str:
        return row.party_name(Role.ELDER_CARE if row.medical_id == self.institution.pk else Role.MEDICAL)

    @property
    def papers(self) -> list[Paper]:
        """What there is to seal: by its templates, and first by none, as for a seal that may be put on anything."""
        slugs = {"", *(each.agreement.chosen_version.template.slug for each in self.choices)}
        return [Paper(template=slug) for slug in sorted(slugs)]

    @property
    def seals(self) -> list[Seal]:
        """Those that the person may put on all of a template's agreements. One that they may use on a single agreement
        is used on the page of that agreement."""
        today = timezone.localdate()
        found = {
            usable.seal.pk: usable.seal
            for paper in self.papers
            for usable in seals_usable_by(self.user, self.institution, on=today, paper=paper)
        }
        return sorted(found.values(), key=lambda seal: seal.pk)
