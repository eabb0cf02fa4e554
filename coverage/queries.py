"""The figures in SQL: from validity ranges, for any number of regions and days in one statement each.

Everything is judged as of its day: institutions by filing (备案), opening and closing day, agreements by their term,
filings by the day of acceptance. tests/coverage/oracle.py says the same slowly, in plain Python.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count

from agreements.models import Agreement
from coverage.figures import ENDING_DAYS, Counts, Coverage, InstitutionFigure, Obligation
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
), in_force AS (
  SELECT c.id, c.day, a.medical_id, a.expires_on, coalesce(m.is_primary, false) AS is_primary,
    coalesce(x.health_on <= c.day, false) AS health, coalesce(x.civil_affairs_on <= c.day, false) AS civil_affairs
  FROM candidate c
  JOIN agreements_agreement a ON a.elder_care_id = c.id AND a.kind <> 'supplement'
    AND a.starts_on <= c.day AND a.last_day >= c.day
  LEFT JOIN institutions_medicalprofile m ON m.institution_id = a.medical_id
  -- Asked of each agreement that counts: grouped beforehand, a county's page would read the nation's filings.
  LEFT JOIN LATERAL (
    SELECT min((f.decided_at AT TIME ZONE %(time_zone)s)::date) FILTER (WHERE u.kind = 'health') AS health_on,
      min((f.decided_at AT TIME ZONE %(time_zone)s)::date) FILTER (WHERE u.kind = 'civil_affairs') AS civil_affairs_on
    FROM filing_filing f JOIN institutions_authority u ON u.id = f.authority_id
    WHERE f.agreement_id = a.id AND f.state = 'accepted'
  ) x ON true
  WHERE c.why = 'obliged'
), signing AS (
  SELECT id, day,
    count(DISTINCT medical_id) AS partners,
    count(DISTINCT medical_id) FILTER (WHERE is_primary) AS primary_partners,
    count(*) AS agreements,
    count(*) FILTER (WHERE health AND civil_affairs) AS filed_both,
    count(*) FILTER (WHERE health AND NOT civil_affairs) AS filed_health,
    count(*) FILTER (WHERE civil_affairs AND NOT health) AS filed_civil_affairs,
    count(*) FILTER (WHERE NOT health AND NOT civil_affairs) AS filed_neither,
    count(*) FILTER (WHERE expires_on <= day + %(soon)s) AS ending_soon,
    count(*) FILTER (WHERE expires_on <= day + %(later)s) AS ending_later,
    count(*) FILTER (WHERE expires_on <= day + %(latest)s) AS ending_latest,
    min(expires_on) AS next_end
  FROM in_force GROUP BY id, day
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
  FROM candidate c LEFT JOIN signing s ON s.id = c.id AND s.day = c.day
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
SELECT j.id, j.name, r.code, r.name, j.kind, j.coverage, j.has_clinic, j.partners, j.primary_partners,
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
WHERE j.why = 'obliged' AND (%(coverage)s IS NULL OR j.coverage = %(coverage)s)
ORDER BY r.code, j.name, j.id
"""

COVERAGES = "SELECT id, coverage FROM judged WHERE why = 'obliged'"


def totals(book: Book) -> dict[tuple[int, date], Counts]:
    """Return the counts of each region of the book on each day, by (region pk, day). One query.

    Regions in which no elder-care institution is registered are left out.
    """
    return {(row[0], row[1]): Counts(*row[2:]) for row in _ask(TOTALS, book)}


def institutions(book: Book, *, coverage: Coverage | None = None) -> list[InstitutionFigure]:
    """Return every institution that must be covered on the (one) day of the book, by region and name. One query."""
    names = [each.name for each in fields(InstitutionFigure)]
    rows = [dict(zip(names, row, strict=True)) for row in _ask(INSTITUTIONS, book, coverage=coverage)]
    return [InstitutionFigure(**{**row, "coverage": Coverage(row["coverage"])}) for row in rows]


def coverages(book: Book) -> dict[int, Coverage]:
    """Return, by pk, what covers each institution that must be covered on the one day of the book. One query."""
    return {pk: Coverage(coverage) for pk, coverage in _ask(COVERAGES, book)}


def designated(region: Region, on: date) -> dict[int, int]:
    """Return how many of a county's own medical institutions have an agreement in force, by county pk. One query.

    This stands for “named by the county” (县级确定的签约机构), for which no list is kept.
    """
    agreements = Agreement.objects.in_force(on=on).exclude(kind="supplement")
    below = agreements.filter(medical__region__code__startswith=region.prefix).order_by()
    found = below.values_list("medical__region_id").annotate(found=Count("medical", distinct=True))
    return {pk: count for pk, count in found if pk is not None}


def _ask(select: str, book: Book, **more: Any) -> list[tuple[Any, ...]]:
    obligations, places = _numbered(book)
    asked = {
        "obligations": json.dumps([{"number": n, **asdict(each)} for n, each in enumerate(obligations)]),
        "places": json.dumps(places),
        "kinds_to_file": list(KINDS_TO_FILE),
        "time_zone": settings.TIME_ZONE,
        **dict(zip(("soon", "later", "latest"), ENDING_DAYS, strict=True)),
        **more,
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
