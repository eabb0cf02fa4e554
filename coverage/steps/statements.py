"""The steps of regions in SQL: how they are folded, stored, and read on any day.

Facts become spans of days, spans become changes by day, changes add up. `queries.py` counts one day by itself and stays
the definition; tests/coverage compares both, and both with an oracle that shares nothing with either.
"""

# ruff: noqa: S608 -- put together from the names below alone; whatever is asked are parameters

from coverage.figures import Counts

NAMES = Counts.names()
COLUMNS = ", ".join(NAMES)
NUMBERS = ", ".join(f"t.{name}" for name in NAMES)
NONE = ", ".join("NULL::integer" for _ in NAMES)
# Counted in agreements; all others are counted in institutions.
OF_AGREEMENTS = tuple(name for name in NAMES if name == "agreements" or name.startswith(("filed_", "ending_")))
OF_INSTITUTIONS = tuple(name for name in NAMES if name not in OF_AGREEMENTS)
LEFT_OUT = tuple(name.removeprefix("left_") for name in NAMES if name.startswith("left_"))
KEY = {name: number for number, name in enumerate(OF_AGREEMENTS)}
# Python reads no -infinity. What a law or a register dates is later.
FIRST, LAST = "date '0001-01-01'", "date '9999-12-31'"


def _each(form: str, names: tuple[str, ...] = NAMES) -> str:
    return ", ".join(form.format(name=name) for name in names)


FOLDED = f"""
WITH obligation AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(%(obligations)s::jsonb) AS o(
    number integer, kinds text[], filed boolean, civil_capacity boolean,
    partners integer, primary_partners integer, clinic_exempts boolean)
), span AS MATERIALIZED ( -- which obligation holds in a region, from a day up to the first on which another does
  SELECT * FROM jsonb_to_recordset(%(spans)s::jsonb) AS s(region_id bigint, since date, until date, number integer)
), home AS MATERIALIZED (
  SELECT i.id, i.region_id, e.kind, e.kind = ANY (%(kinds_to_file)s) AS must_file, e.filed_on, i.opened_on, i.closed_on,
    i.status = 'closed' AND i.closed_on IS NULL AS closed_undated,
    i.uscc = '' AND i.operator_name = '' AS no_capacity,
    e.has_own_clinic OR e.own_clinic_until IS NOT NULL AS ever_clinic, e.own_clinic_since, e.own_clinic_until,
    e.own_clinic_since IS NULL AS clinic_undated, coalesce(i.opened_on, e.filed_on) IS NULL AS opening_undated
  FROM institutions_institution i LEFT JOIN institutions_eldercareprofile e ON e.institution_id = i.id
  WHERE i.role = 'elder_care' AND i.region_id = ANY (%(regions)s)
), piece AS MATERIALIZED ( -- why an institution is counted or not; the pieces of one fill all days
  SELECT h.id, h.region_id, h.opening_undated, h.clinic_undated, p.why, p.since, p.until,
    o.partners AS partners_asked, o.primary_partners AS primary_asked, o.clinic_exempts
  FROM home h JOIN span s ON s.region_id = h.region_id JOIN obligation o ON o.number = s.number
  CROSS JOIN LATERAL (SELECT CASE
      WHEN h.closed_undated THEN 'closed_undated'
      WHEN h.kind IS NULL OR h.kind <> ALL (o.kinds) THEN 'other_kind'
      WHEN (o.filed OR h.must_file) AND h.filed_on IS NULL THEN 'unfiled'
      WHEN o.civil_capacity AND h.no_capacity THEN 'no_capacity'
      ELSE 'obliged' END AS why) w
  CROSS JOIN LATERAL (SELECT coalesce(h.closed_on, 'infinity') AS closes,
    CASE WHEN w.why IN ('obliged', 'no_capacity') THEN coalesce(greatest(
      CASE WHEN o.filed OR h.must_file THEN h.filed_on END,
      CASE WHEN NOT h.must_file THEN coalesce(h.opened_on, h.filed_on) END), {FIRST}) ELSE {FIRST} END AS opens) t
  CROSS JOIN LATERAL (VALUES
    ('not_yet', s.since, least(s.until, t.opens, t.closes)),
    (w.why, greatest(s.since, t.opens), least(s.until, t.closes)),
    ('closed', greatest(s.since, t.closes), s.until)) AS p(why, since, until)
  WHERE p.since < p.until
), deal AS MATERIALIZED (
  SELECT a.id, a.elder_care_id AS home, a.medical_id, coalesce(m.is_primary, false) AS is_primary,
    a.starts_on AS since, a.last_day + 1 AS until, a.expires_on
  FROM home h
  JOIN agreements_agreement a ON a.elder_care_id = h.id AND a.kind <> 'supplement' AND a.starts_on <= a.last_day
  LEFT JOIN institutions_medicalprofile m ON m.institution_id = a.medical_id
), owed AS ( -- the days on which an institution must be covered: on these alone its agreements count
  SELECT id AS home, region_id, unnest(range_agg(daterange(since, until))) AS days
  FROM piece WHERE why = 'obliged' GROUP BY id, region_id
), agreement_step AS ( -- cut to those days
  SELECT o.region_id, p.k, greatest(p.since, coalesce(lower(o.days), {FIRST})) AS since,
    least(p.until, upper(o.days)) AS until
  FROM deal d JOIN owed o ON o.home = d.home
  CROSS JOIN LATERAL (
    SELECT min((f.decided_at AT TIME ZONE %(time_zone)s)::date) FILTER (WHERE u.kind = 'health') AS health,
      min((f.decided_at AT TIME ZONE %(time_zone)s)::date) FILTER (WHERE u.kind = 'civil_affairs') AS civil
    FROM filing_filing f JOIN institutions_authority u ON u.id = f.authority_id
    WHERE f.agreement_id = d.id AND f.state = 'accepted') x
  CROSS JOIN LATERAL (VALUES
    ({KEY["agreements"]}, d.since, d.until),
    ({KEY["filed_both"]},
      CASE WHEN x.health IS NOT NULL AND x.civil IS NOT NULL THEN greatest(d.since, x.health, x.civil) END, d.until),
    ({KEY["filed_health"]},
      CASE WHEN x.health IS NOT NULL THEN greatest(d.since, x.health) END, least(d.until, x.civil)),
    ({KEY["filed_civil_affairs"]},
      CASE WHEN x.civil IS NOT NULL THEN greatest(d.since, x.civil) END, least(d.until, x.health)),
    ({KEY["filed_neither"]}, d.since, least(d.until, x.health, x.civil)),
    ({KEY["ending_30"]}, greatest(d.since, d.expires_on - %(soon)s), d.until),
    ({KEY["ending_60"]}, greatest(d.since, d.expires_on - %(later)s), d.until),
    ({KEY["ending_90"]}, greatest(d.since, d.expires_on - %(latest)s), d.until)) AS p(k, since, until)
  WHERE greatest(p.since, coalesce(lower(o.days), {FIRST})) < least(p.until, upper(o.days)) AND p.since < p.until
), agreements_change AS ( -- of the sums of agreements, by region and day
  SELECT region_id, day, {", ".join(f"coalesce(sum(v) FILTER (WHERE k = {KEY[n]}), 0)::integer AS {n}" for n in KEY)}
  FROM (
    SELECT region_id, since AS day, k, 1 AS v FROM agreement_step
    UNION ALL SELECT region_id, until, k, -1 FROM agreement_step
  ) each
  GROUP BY region_id, day
), level AS ( -- partners and own clinic of each institution, from one of its days to the next
  SELECT home, day, (sum(partners) OVER w)::integer AS partners,
    (sum(primary_partners) OVER w)::integer AS primary_partners, sum(clinic) OVER w > 0 AS clinic
  FROM (
    SELECT home, day, sum(partners) AS partners, sum(primary_partners) AS primary_partners, sum(clinic) AS clinic
    FROM (
      -- One partner however many agreements: their days together.
      SELECT r.home, e.day, e.v AS partners, CASE WHEN r.is_primary THEN e.v ELSE 0 END AS primary_partners, 0 AS clinic
      FROM (
        SELECT home, is_primary, unnest(range_agg(daterange(since, until))) AS days
        FROM deal GROUP BY home, medical_id, is_primary
      ) r
      CROSS JOIN LATERAL (VALUES (lower(r.days), 1), (upper(r.days), -1)) AS e(day, v)
      UNION ALL
      SELECT id, e.day, 0, 0, e.v FROM home
      CROSS JOIN LATERAL (
        VALUES (coalesce(own_clinic_since, {FIRST}), 1), (own_clinic_until + 1, -1)
      ) AS e(day, v)
      WHERE ever_clinic AND coalesce(own_clinic_since <= own_clinic_until, true) AND e.day IS NOT NULL
      UNION ALL
      SELECT id, since, 0, 0, 0 FROM piece
    ) each
    GROUP BY home, day
  ) daily
  WINDOW w AS (PARTITION BY home ORDER BY day)
), figure AS (
  SELECT p.region_id, p.id AS home, l.day, p.why, p.opening_undated, p.clinic_undated, l.clinic,
    CASE WHEN p.why <> 'obliged' THEN ''
      WHEN l.partners >= p.partners_asked AND l.primary_partners >= p.primary_asked THEN 'signed'
      WHEN p.clinic_exempts AND l.clinic THEN 'own_clinic' ELSE 'uncovered' END AS standing
  FROM level l JOIN piece p ON p.id = l.home AND l.day >= p.since AND l.day < p.until
), counted AS (
  SELECT region_id, home, day,
    (why = 'obliged')::integer AS obliged,
    (standing = 'signed')::integer AS signed,
    (standing = 'own_clinic')::integer AS own_clinic,
    (standing = 'uncovered')::integer AS uncovered,
    (standing = 'uncovered' AND clinic)::integer AS clinic_unexempt,
    {_each("(why = '{name}')::integer AS left_{name}", LEFT_OUT)},
    (why = 'obliged' AND opening_undated)::integer AS undated_opening,
    (why = 'obliged' AND clinic AND clinic_undated)::integer AS undated_clinic
  FROM figure
), institutions_change AS ( -- of the numbers of institutions, by region and day
  SELECT region_id, day, {_each("sum({name})::integer AS {name}", OF_INSTITUTIONS)}
  FROM (
    SELECT region_id, day, {_each("{name} - lag({name}, 1, 0) OVER w AS {name}", OF_INSTITUTIONS)}
    FROM counted WINDOW w AS (PARTITION BY home ORDER BY day)
  ) each
  GROUP BY region_id, day
), change AS (
  SELECT region_id, day, {_each("coalesce({name}, 0) AS {name}")}
  FROM institutions_change FULL JOIN agreements_change USING (region_id, day)
  WHERE day <= {LAST} AND (day = {FIRST} OR {" OR ".join(f"{name} <> 0" for name in NAMES)})
), month AS ( -- the last days of the months from a region's first change to its last, as far as anybody asks
  SELECT r.region_id, (m - interval '1 day')::date AS day
  FROM (
    SELECT region_id, greatest(min(day), %(first_month)s) AS first, least(max(day), %(last_month)s) AS last
    FROM change WHERE day <> {FIRST} GROUP BY region_id
  ) r
  CROSS JOIN generate_series(date_trunc('month', r.first::timestamp) + interval '1 month', r.last + 1, '1 month') m
), summed AS MATERIALIZED ( -- added up in integers: the sum of a bigint is numeric, and four times slower
  SELECT region_id, day, is_step, {_each("(sum({name}) OVER w)::integer AS {name}")}
  FROM (
    SELECT region_id, day, bool_or(is_step) AS is_step, {_each("sum({name})::integer AS {name}")}
    FROM (
      SELECT *, true AS is_step FROM change
      UNION ALL
      SELECT region_id, day, {", ".join("0" for _ in NAMES)}, false FROM month
    ) each
    GROUP BY region_id, day
  ) daily
  WINDOW w AS (PARTITION BY region_id ORDER BY day)
), step AS (
  SELECT region_id, day, {COLUMNS} FROM summed WHERE is_step
)
"""


def _written(table: str, rows: str) -> str:
    """Return the parts of a statement that make a table say what `rows` do: only what differs is written."""
    return f"""
, gone_from_{table} AS (
  DELETE FROM coverage_{table} t WHERE t.region_id = ANY (%(regions)s)
    AND NOT EXISTS (SELECT 1 FROM {rows} n WHERE n.region_id = t.region_id AND n.day = t.day)
  RETURNING 1
), put_in_{table} AS (
  INSERT INTO coverage_{table} (region_id, day, {COLUMNS})
  SELECT n.region_id, n.day, {_each("n.{name}")}
  FROM {rows} n
  LEFT JOIN coverage_{table} t ON t.region_id = n.region_id AND t.day = n.day AND t.region_id = ANY (%(regions)s)
  WHERE t.region_id IS NULL OR ({NUMBERS}) IS DISTINCT FROM ({_each("n.{name}")})
  ON CONFLICT (region_id, day) DO UPDATE SET {_each("{name} = excluded.{name}")}
  RETURNING 1
)"""


STORE = f"""
, month_end AS (
  SELECT s.* FROM summed s JOIN month USING (region_id, day)
), seen AS (
  DELETE FROM coverage_mark
  WHERE home_id IN (SELECT id FROM institutions_institution WHERE region_id = ANY (%(regions)s)) -- of whatever role now
){_written("step", "step")}{_written("monthend", "month_end")}
, emptied AS (
  DELETE FROM coverage_foldedregion c WHERE c.region_id = ANY (%(regions)s)
    AND NOT EXISTS (SELECT 1 FROM step n WHERE n.region_id = c.region_id)
), folded AS (
  INSERT INTO coverage_foldedregion (region_id, version, folded_at, days, first_month, last_month)
  SELECT n.region_id, %(version)s, now(), count(*), min(m.first), min(m.last)
  FROM step n
  LEFT JOIN (SELECT region_id, min(day) AS first, max(day) AS last FROM month GROUP BY region_id) m USING (region_id)
  GROUP BY n.region_id
  ON CONFLICT (region_id) DO UPDATE SET version = excluded.version, folded_at = excluded.folded_at,
    days = excluded.days, first_month = excluded.first_month, last_month = excluded.last_month
)
SELECT (SELECT count(*) FROM step),
  (SELECT count(*) FROM put_in_step) + (SELECT count(*) FROM gone_from_step)
  + (SELECT count(*) FROM put_in_monthend) + (SELECT count(*) FROM gone_from_monthend)
"""

# Before anything is read of these regions.
SEEN = "DELETE FROM coverage_mark WHERE region_id = ANY (%(regions)s)"

STEPS = f"SELECT region_id, day, {COLUMNS} FROM step ORDER BY region_id, day"

# The asked days of folded steps that are not stored: looked for before they leave the database.
FOLDED_ON = f"""
SELECT t.region_id, d.day, {NUMBERS}
FROM (
  SELECT *, lead(day, 1, 'infinity') OVER (PARTITION BY region_id ORDER BY day) AS until FROM step
) t
JOIN unnest(%(days)s::date[]) d(day) ON d.day >= t.day AND d.day < t.until
"""

MARKED = """
  SELECT region_id FROM coverage_mark WHERE region_id IS NOT NULL
  UNION
  SELECT i.region_id FROM coverage_mark m JOIN institutions_institution i ON i.id = m.home_id"""

# In one snapshot: each region's figures on one day, the sums of all on others, and which have changed meanwhile. A
# region that was never folded has a mark from the moment it has an institution.
READ = f"""
WITH marked AS MATERIALIZED ({MARKED}
), place AS MATERIALIZED (
  SELECT r.id AS region_id, m.region_id IS NOT NULL OR c.version <> %(version)s AS is_changed,
    c.first_month, c.last_month
  FROM coverage_foldedregion c FULL JOIN marked m USING (region_id) JOIN regions_region r ON r.id = region_id
  WHERE r.code LIKE %(below)s
)
SELECT p.region_id, %(on)s::date, {NUMBERS}
FROM place p
CROSS JOIN LATERAL (
  SELECT * FROM coverage_step t WHERE t.region_id = p.region_id AND t.day <= %(on)s ORDER BY t.day DESC LIMIT 1
) t
WHERE NOT p.is_changed
UNION ALL
SELECT NULL, day, {_each("sum({name})")}
FROM (
  SELECT t.day, {NUMBERS}
  FROM place p JOIN coverage_monthend t ON t.region_id = p.region_id AND t.day = ANY (%(months)s::date[])
  WHERE NOT p.is_changed
  UNION ALL
  SELECT d.day, {NUMBERS}
  FROM place p CROSS JOIN (
    SELECT day, true AS is_month FROM unnest(%(months)s::date[]) day
    UNION ALL SELECT day, false FROM unnest(%(days)s::date[]) day
  ) d
  CROSS JOIN LATERAL (
    SELECT * FROM coverage_step t WHERE t.region_id = p.region_id AND t.day <= d.day ORDER BY t.day DESC LIMIT 1
  ) t
  WHERE NOT p.is_changed AND (d.is_month AND d.day BETWEEN p.first_month AND p.last_month) IS NOT TRUE
) each
GROUP BY day
UNION ALL
SELECT region_id, NULL, {NONE} FROM place WHERE is_changed
"""

STALE = f"""
WITH marked AS ({MARKED})
SELECT region_id FROM marked
UNION SELECT region_id FROM coverage_foldedregion WHERE version <> %(version)s
ORDER BY region_id
"""

KEPT_ON = f"""
WITH marked AS ({MARKED})
SELECT c.region_id, d.day, {NUMBERS}
FROM coverage_foldedregion c
CROSS JOIN unnest(%(days)s::date[]) AS d(day)
CROSS JOIN LATERAL (
  SELECT * FROM coverage_step t WHERE t.region_id = c.region_id AND t.day <= d.day ORDER BY t.day DESC LIMIT 1
) t
WHERE c.region_id = ANY (%(regions)s) AND c.version = %(version)s AND c.region_id NOT IN (SELECT region_id FROM marked)
"""
