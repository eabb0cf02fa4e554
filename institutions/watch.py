"""The watch over licences and filings: each lapse is logged once, and people are told before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from audit.log import append_many
from chinese.dates import cn_day
from institutions.events import Lapsed
from institutions.models import Document, Institution, Lapse, Role
from institutions.reaching import people_by_institution, reviewers_by_region
from institutions.validity import document_of, last_day_expression, last_day_of
from jobs import rounds
from notifications import ladders
from notifications.ladders import Ladder, Reminder, Words

BATCH = 500
ROUND = rounds.declare("institutions.remind", "执业许可和备案有效期的提醒")
STALE = 30  # days; a lapse that is entered long afterwards is no news
RUNGS = (-90, -30, -7, 1)


def watch(*, within: rounds.Slice) -> None:
    """Note what has lapsed and remind of what will, as far as a slice goes: what was noted is not found again."""
    note_lapses(within=within)
    remind(within=within)


def note_lapses(*, on: date | None = None, within: rounds.Slice | None = None) -> int:
    """Log every licence and filing whose last day has passed and that was not noted yet; return how many.

    Missed days are caught up. Safe to run twice and beside itself: the rows are locked, and a unique key stands behind.
    """
    noted, part = 0, within or rounds.Whole()
    while part.goes_on() and (batch := _note_batch(on or timezone.localdate())):
        noted += batch
        if batch < BATCH:
            break
    return noted


def remind(*, on: date | None = None, within: rounds.Slice | None = None) -> int:
    """Tell what is due on a day (default: today) and was not told; return how many notices are new."""
    return ladders.sweep(ROUND, (LICENCE_ENDS, FILING_ENDS), on=on, within=within)


def _note_batch(on: date) -> int:
    with transaction.atomic():
        held = [row.pk for row in _lapsed(on).select_for_update(no_key=True, of=("self",))[:BATCH]]
        # Read again under the lock: another sweep, or a renewal, may have been quicker.
        rows = list(Institution.objects.with_profiles().filter(pk__in=held).order_by("pk"))
        known = set(Lapse.objects.filter(institution__in=rows).values_list("institution", "document", "last_day"))
        new = [lapse for row in rows if (lapse := _lapse_of(row, on)) and _key(lapse) not in known]
        Lapse.objects.bulk_create(new)
        append_many(by=None, about=[(each.institution, _event(each)) for each in new])
    return len(new)


def _lapsed(on: date) -> QuerySet[Institution]:
    """What is not closed, whose last day has passed, and of which that is not noted."""
    noted = Lapse.objects.filter(institution=OuterRef("pk"), last_day=OuterRef("last_day"))
    watched = Institution.objects.exclude(status=Institution.Status.CLOSED).with_profiles()
    dated = watched.annotate(last_day=last_day_expression()).filter(last_day__lt=on)
    return dated.filter(~Exists(noted)).order_by("pk")


def _lapse_of(row: Institution, on: date) -> Lapse | None:
    last_day = last_day_of(row)
    if last_day is None or last_day >= on:
        return None
    return Lapse(institution=row, document=document_of(row), last_day=last_day)


def _key(lapse: Lapse) -> tuple[int, str, date]:
    return lapse.institution.pk, lapse.document, lapse.last_day


def _event(lapse: Lapse) -> Lapsed:
    return Lapsed(document=Document(lapse.document), last_day=lapse.last_day)


def _watched(side: Q) -> QuerySet[Institution]:
    return Institution.objects.filter(side).exclude(status=Institution.Status.CLOSED).with_profiles()


def _own_people_and_bureau(rows: Sequence[Institution]) -> Callable[[Institution], list[int]]:
    """Its own people, and the reviewers of the bureau that watches it; two queries a batch and bureau."""
    own = people_by_institution([row.pk for row in rows])
    regions = [row.region for row in rows]
    bureaus = {kind: reviewers_by_region(regions, kind) for kind in {row.watched_by for row in rows}}

    def of(row: Institution) -> list[int]:
        return list(dict.fromkeys([*own[row.pk], *bureaus[row.watched_by][row.region_id]]))

    return of


def _words(row: Institution, days: int) -> Words:
    document, last_day = Document(document_of(row)), last_day_of(row)
    what = "执业许可证" if document is Document.LICENCE else "养老机构备案"
    when = "已失效" if days > 0 else (f"还有 {-days} 天到期" if days else "今天到期")
    need = "续期并登记新的有效期之前不能签约。" if days > 0 else "请在到期前办理续期，并在机构页面登记新的有效期。"
    lines = [f"机构：{row.name}", f"最后有效日：{cn_day(last_day)}", need]
    return Words(f"{what}{when}：{row.name}", "\n".join(lines), reverse("institution-detail", args=[row.pk]))


LICENCE_ENDS = Reminder(
    Ladder("institution_licence_ends", RUNGS, stale_after=STALE),
    rows=lambda: _watched(Q(role=Role.MEDICAL) & ~Q(medical_profile__licence_number="")),
    day=F("medical_profile__licence_valid_to"),
    people=_own_people_and_bureau,
    words=_words,
)
FILING_ENDS = Reminder(
    Ladder("institution_filing_ends", RUNGS, stale_after=STALE),
    rows=lambda: _watched(Q(role=Role.ELDER_CARE)),
    day=F("elder_care_profile__filing_valid_to"),
    people=_own_people_and_bureau,
    words=_words,
)
