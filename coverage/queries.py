"""The figures in SQL: from validity ranges, for any number of regions and days in one statement each.

Everything is judged as of its day: institutions by filing (备案), opening and closing day, agreements by their term,
filings by the day of acceptance. tests/coverage/oracle.py says the same slowly, in plain Python.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count

from agreements.models import Agreement
from coverage.figures import ENDING_DAYS, Counts, Coverage, FiledWith, InstitutionFigure, Obligation
from coverage.obligations import KINDS_TO_FILE, Book
from regions.models import Region

# What every statement below selects from. `why` says why an institution is not counted, or 'obliged'.
JUDGED = """
WITH obligation AS (
  SELECT * FROM jsonb_to_recordset(%(obligations)s::jsonb) AS o(
    number integer, kinds text[], filed boolean, civil_capacity boolean,
    partners integer, primary_partners integer, clinic_exempts boolean)
), place AS (
  SELECT * FROM jsonb_to_recordset(%(places)s::jsonb) AS p(region_id bigint, day date, number integer)
), candidate AS (
  SELECT i.id, i.name, i.region_id, e.kind, p.day,
    o.partners AS partners_asked, o.primary_partners AS primary_asked, o.clinic_exempts,
    coalesce((e.has_own_clinic OR e.own_clinic_until IS NOT NULL)
      AND coalesce(e.own_clinic_since <= p.day, true)
      AND coalesce(e.own_clinic_until >= p.day, true), false) AS has_clinic,
    e.own_clinic_since IS NULL AS clinic_undated,
    coalesce(i.opened_on, e.filed_on) IS NULL AS opening_undated,
    CASE
      WHEN i.status = 'closed' AND i.closed_on IS NULL THEN 'closed_undated'
      WHEN i.closed_on <= p.day THEN 'closed'
      WHEN e.kind IS NULL OR e.kind <> ALL (o.kinds) THEN 'other_kind'
      WHEN (o.filed OR e.kind = ANY (%(kinds_to_file)s)) AND e.filed_on IS NULL THEN 'unfiled'
      WHEN (o.filed OR e.kind = ANY (%(kinds_to_file)s)) AND e.filed_on > p.day THEN 'not_yet'
      WHEN e.kind <> ALL (%(kinds_to_file)s) AND coalesce(i.opened_on, e.filed_on) > p.day THEN 'not_yet'
      WHEN o.civil_capacity AND i.uscc = '' AND i.operator_name = '' THEN 'no_capacity'
      ELSE 'obliged'
    END AS why
  FROM place p
  JOIN obligation o ON o.number = p.number
  JOIN institutions_institution i ON i.region_id = p.region_id AND i.role = 'elder_care'
  LEFT JOIN institutions_eldercareprofile e ON e.institution_id = i.id
  -- Only a list of institutions asks for some; what is counted, asks for all.
  WHERE (%(kind)s IS NULL OR e.kind = %(kind)s)
    AND (%(called)s IS NULL OR position(%(called)s IN i.name) > 0)
    AND (%(ending)s IS NULL OR EXISTS (
      SELECT 1 FROM agreements_agreement a
      WHERE a.elder_care_id = i.id AND a.kind <> 'supplement' AND a.starts_on <= p.day AND a.last_day >= p.day
        AND a.expires_on <= p.day + %(ending)s::integer))
), signing AS (
  -- Asked of each institution by itself, its agreements and their filings once for all days: grouped beforehand, a
  -- county's page would read the nation's filings, and joined day by day each would be asked again on every day.
  SELECT h.id, s.*
  FROM (SELECT DISTINCT id FROM candidate WHERE why = 'obliged') h
  CROSS JOIN LATERAL (
    SELECT d.day,
      count(DISTINCT a.medical_id) AS partners,
      count(DISTINCT a.medical_id) FILTER (WHERE a.is_primary) AS primary_partners,
      count(*) AS agreements,
      count(*) FILTER (WHERE a.health_on <= d.day AND a.civil_affairs_on <= d.day) AS filed_both,
      count(*) FILTER (WHERE a.health_on <= d.day AND (a.civil_affairs_on <= d.day) IS NOT TRUE) AS filed_health,
      count(*) FILTER (WHERE a.civil_affairs_on <= d.day AND (a.health_on <= d.day) IS NOT TRUE) AS filed_civil_affairs,
      count(*) FILTER (
        WHERE (a.health_on <= d.day) IS NOT TRUE AND (a.civil_affairs_on <= d.day) IS NOT TRUE) AS filed_neither,
      count(*) FILTER (WHERE a.expires_on <= d.day + %(soon)s) AS ending_soon,
      count(*) FILTER (WHERE a.expires_on <= d.day + %(later)s) AS ending_later,
      count(*) FILTER (WHERE a.expires_on <= d.day + %(latest)s) AS ending_latest,
      min(a.expires_on) AS next_end
    FROM (
      SELECT g.medical_id, g.starts_on, g.last_day, g.expires_on, coalesce(m.is_primary, false) AS is_primary, x.*
      FROM agreements_agreement g
      LEFT JOIN institutions_medicalprofile m ON m.institution_id = g.medical_id
      CROSS JOIN LATERAL (
        SELECT
          min((f.decided_at AT TIME ZONE %(time_zone)s)::date) FILTER (WHERE u.kind = 'health') AS health_on,
          min((f.decided_at AT TIME ZONE %(time_zone)s)::date) FILTER (WHERE u.kind = 'civil_affairs')
            AS civil_affairs_on
        FROM filing_filing f JOIN institutions_authority u ON u.id = f.authority_id
        WHERE f.agreement_id = g.id AND f.state = 'accepted'
      ) x
      WHERE g.elder_care_id = h.id AND g.kind <> 'supplement'
        AND g.starts_on <= (SELECT max(day) FROM place) AND g.last_day >= (SELECT min(day) FROM place)
    ) a
    JOIN (SELECT DISTINCT day FROM place) d ON a.starts_on <= d.day AND a.last_day >= d.day
    GROUP BY d.day
  ) s
), judged AS (
  SELECT c.*, s.agreements, s.filed_both, s.filed_health, s.filed_civil_affairs, s.filed_neither,
    s.ending_soon, s.ending_later, s.ending_latest, s.next_end,
    coalesce(s.partners, 0) AS partners, coalesce(s.primary_partners, 0) AS primary_partners,
    CASE
      WHEN c.why <> 'obliged' THEN NULL
      WHEN s.partners >= c.partners_asked AND s.primary_partners >= c.primary_asked THEN 'signed'
      WHEN c.clinic_exempts AND c.has_clinic THEN 'own_clinic'
      ELSE 'uncovered'
    END AS coverage
  FROM candidate c LEFT JOIN signing s ON s.id = c.id AND s.day = c.day AND c.why = 'obliged'
)
"""

# In the order of the fields of Counts.
TOTALS = """
SELECT region_id, day,
  count(*) FILTER (WHERE why = 'obliged'),
  count(*) FILTER (WHERE coverage = 'signed'),
  count(*) FILTER (WHERE coverage = 'own_clinic'),
  count(*) FILTER (WHERE coverage = 'uncovered'),
  count(*) FILTER (WHERE coverage = 'uncovered' AND has_clinic),
  coalesce(sum(agreements), 0)::bigint,
  coalesce(sum(filed_both), 0)::bigint,
  coalesce(sum(filed_health), 0)::bigint,
  coalesce(sum(filed_civil_affairs), 0)::bigint,
  coalesce(sum(filed_neither), 0)::bigint,
  coalesce(sum(ending_soon), 0)::bigint,
  coalesce(sum(ending_later), 0)::bigint,
  coalesce(sum(ending_latest), 0)::bigint,
  count(*) FILTER (WHERE why = 'closed'),
  count(*) FILTER (WHERE why = 'closed_undated'),
  count(*) FILTER (WHERE why = 'other_kind'),
  count(*) FILTER (WHERE why = 'unfiled'),
  count(*) FILTER (WHERE why = 'not_yet'),
  count(*) FILTER (WHERE why = 'no_capacity'),
  count(*) FILTER (WHERE why = 'obliged' AND opening_undated),
  count(*) FILTER (WHERE why = 'obliged' AND has_clinic AND clinic_undated)
FROM judged GROUP BY region_id, day
"""

# In the order of the fields of InstitutionFigure.
INSTITUTIONS = """
SELECT j.id, j.name, r.code, r.name, r.full_name, j.kind, j.coverage, j.has_clinic, j.partners, j.primary_partners,
  j.partners_asked, j.primary_asked, coalesce(j.agreements, 0), coalesce(j.filed_both, 0),
  coalesce(j.filed_health, 0), coalesce(j.filed_civil_affairs, 0), coalesce(j.filed_neither, 0), j.next_end,
  ended.last_end
FROM judged j
JOIN regions_region r ON r.id = j.region_id
LEFT JOIN LATERAL (
  SELECT max(a.last_day) AS last_end
  FROM agreements_agreement a
  WHERE a.elder_care_id = j.id AND a.kind <> 'supplement'
    AND a.starts_on <= j.day AND a.last_day < j.day
) ended ON true
WHERE j.why = 'obliged' AND (%(coverages)s IS NULL OR j.coverage = ANY (%(coverages)s))
  AND (%(clinic)s::boolean IS NULL OR j.has_clinic = %(clinic)s)
  AND CASE %(filed)s::text
    WHEN 'both' THEN j.filed_both > 0
    WHEN 'health' THEN j.filed_health > 0
    WHEN 'civil_affairs' THEN j.filed_civil_affairs > 0
    WHEN 'neither' THEN j.filed_neither > 0
    ELSE true END
ORDER BY r.code, j.name, j.id
"""

COVERAGES = "SELECT id, coverage FROM judged WHERE why = 'obliged'"


def totals(book: Book) -> dict[tuple[int, date], Counts]:
    """Return the counts of each region of the book on each day, by (region pk, day). One query.

    Regions in which no elder-care institution is registered are left out.
    """
    return {(row[0], row[1]): Counts(*row[2:]) for row in _ask(TOTALS, book)}


@dataclass(frozen=True)
class Narrowed:
    """Which institutions a list is to have; None asks for all. Names are searched for as they stand."""

    coverages: tuple[Coverage, ...] | None = None
    kind: str | None = None
    called: str | None = None
    clinic: bool | None = None
    filed: FiledWith | None = None  # has an agreement in force that is filed so
    ending: int | None = None  # has an agreement in force whose term ends within so many days


ALL = Narrowed()


def institutions(book: Book, narrowed: Narrowed = ALL) -> list[InstitutionFigure]:
    """Return the institutions that must be covered on the (one) day of the book, by region and name. One query."""
    names = [each.name for each in fields(InstitutionFigure)]
    rows = [dict(zip(names, row, strict=True)) for row in _ask(INSTITUTIONS, book, narrowed)]
    return [InstitutionFigure(**{**row, "coverage": Coverage(row["coverage"])}) for row in rows]


def coverages(book: Book) -> dict[int, Coverage]:
    """Return, by pk, what covers each institution that must be covered on the one day of the book. One query."""
    return {pk: Coverage(coverage) for pk, coverage in _ask(COVERAGES, book)}


def designated(counties: Iterable[Region], on: date) -> dict[int, int]:
    """Return how many of each county's own medical institutions have an agreement in force, by county pk. One query.

    This stands for “named by the county” (县级确定的签约机构), for which no list is kept.
    """
    agreements = Agreement.objects.in_force(on=on).exclude(kind="supplement")
    theirs = agreements.filter(medical__region__in=[each.pk for each in counties]).order_by()
    found = theirs.values_list("medical__region_id").annotate(found=Count("medical", distinct=True))
    return {pk: count for pk, count in found if pk is not None}


def _ask(select: str, book: Book, narrowed: Narrowed = ALL) -> list[tuple[Any, ...]]:
    obligations, places = _numbered(book)
    asked = {
        "obligations": json.dumps([{"number": n, **asdict(each)} for n, each in enumerate(obligations)]),
        "places": json.dumps(places),
        "kinds_to_file": list(KINDS_TO_FILE),
        "time_zone": settings.TIME_ZONE,
        **dict(zip(("soon", "later", "latest"), ENDING_DAYS, strict=True)),
        **{each.name: getattr(narrowed, each.name) for each in fields(Narrowed)},
        "coverages": None if narrowed.coverages is None else list(narrowed.coverages),
    }
    with connection.cursor() as cursor:
        cursor.execute(JUDGED + select, asked)
        return list(cursor.fetchall())


def _numbered(book: Book) -> tuple[Iterable[Obligation], list[dict[str, Any]]]:
    """Return the few different obligations, and for each region and day the number of its own."""
    numbers: dict[Obligation, int] = {}
    places = [
        {
            "region_id": region.pk,
            "day": day.isoformat(),
            "number": numbers.setdefault(book.obligation(region, day), len(numbers)),
        }
        for region in book.regions
        for day in book.days
    ]
    return numbers, places
