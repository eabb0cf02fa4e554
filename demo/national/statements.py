"""The rows, in SQL: some millions of them within minutes, the same for the same seed.

Chance is a hash of the row's number, what it is drawn for, and the seed. Numbers run across the regions: neighbours in
a table are of counties far apart, as they are where everybody writes at once. The tables `nation_…` are made in the
transaction and dropped with it.
"""

# A draw between 0 and 1, and one of whole numbers below `most`.
FUNCTIONS = """
CREATE FUNCTION pg_temp.chance(n bigint, what text) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT ((hashtextextended(what || n, %(seed)s) & 2147483647)::double precision) / 2147483648.0
$$;
CREATE FUNCTION pg_temp.below(n bigint, what text, most bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashtextextended(what || n, %(seed)s) & 2147483647) %% greatest(most, 1)
$$;
"""

# As many counties as the scale has, the big ones first: a few have a hundred homes, many have three. So a county is as
# big in half a nation as in a whole one.
COUNTIES = """
CREATE TEMPORARY TABLE nation_county ON COMMIT DROP AS
SELECT *, count(*) OVER () AS all_of, seats_above(ARRAY[id]) AS seats FROM (
SELECT id, code, name, row_number() OVER (ORDER BY hashtextextended(code, %(seed)s)) AS place, count(*) OVER () AS known
FROM regions_region r
WHERE NOT is_grouping AND (valid_to IS NULL OR valid_to > %(today)s)
    AND (level = 3 OR level = 2 AND NOT EXISTS (SELECT FROM regions_region b WHERE b.parent_id = r.id))
) c WHERE place <= ceil(known * %(counties)s);
CREATE UNIQUE INDEX ON nation_county (place);
ANALYZE nation_county;
"""

PLACED = """
CREATE TEMPORARY TABLE nation_placed ON COMMIT DROP AS
SELECT role, n, first + n AS id, c.id AS region_id, c.name AS county, c.code
FROM (
    SELECT 'elder_care' AS role, n, 0 AS first,
        CASE WHEN n <= all_of THEN n ELSE 1 + floor(all_of * power(pg_temp.chance(n, 'home'), 1.6)) END AS place
    FROM generate_series(1, %(homes)s) n, (SELECT all_of FROM nation_county LIMIT 1) a
    UNION ALL
    SELECT 'medical', n, %(homes)s,
        CASE WHEN n <= all_of THEN n ELSE 1 + floor(all_of * power(pg_temp.chance(n, 'clinic'), 1.6)) END
    FROM generate_series(1, %(clinics)s) n, (SELECT all_of FROM nation_county LIMIT 1) a
) drawn JOIN nation_county c ON c.place = drawn.place;
"""

INSTITUTIONS = """
INSERT INTO institutions_institution (id, role, name, uscc, operator_name, operator_uscc, address, legal_representative,
    phone, ownership, status, opened_on, closed_on, needs_approval, is_demo, region_id)
SELECT id, role,
    county || (ARRAY['福星','康宁','夕阳','松鹤','常青','颐乐','仁和','安康','春晖','慈善','同心','晚晴','静雅','金色',
        '孝亲',
        '瑞祥','和谐','百岁','长寿','怡和'])[1 + pg_temp.below(n, role || 'word', 20)] || n
    || CASE role WHEN 'medical'
        THEN (ARRAY['社区卫生服务中心','卫生院','人民医院','中医医院','诊所'])[1 + pg_temp.below(n, 'clinic kind', 5)]
        ELSE (ARRAY['养老院','敬老院','护理院','日间照料中心','互助院'])[1 + pg_temp.below(n, 'home kind', 5)] END,
    '', county || '民政服务中心', '', county || '建设路' || n || '号', '负责人' || n, '010-' || (10000000 + n),
    'public',
    CASE WHEN pg_temp.chance(n, role || 'closed') < 0.02 THEN 'closed' ELSE 'open' END, DATE '2012-01-01',
    CASE WHEN pg_temp.chance(n, role || 'closed') < 0.02
        THEN %(today)s::date - pg_temp.below(n, role || 'end', 2000)::int END, false, true, region_id
FROM nation_placed;
INSERT INTO institutions_medicalprofile (institution_id, kind, level, is_primary, licence_number, licence_valid_from,
    licence_valid_to, is_insurance_designated)
SELECT id,
    (ARRAY['community_health_centre','township_health_centre','general_hospital','tcm_hospital','clinic'])[
        1 + pg_temp.below(n, 'clinic kind', 5)],
    1, pg_temp.below(n, 'clinic kind', 5) NOT IN (2, 3), 'PDY' || n, DATE '2022-01-01',
    %(today)s::date - 60 + pg_temp.below(n, 'licence', 1200)::int, true
FROM nation_placed WHERE role = 'medical';
INSERT INTO institutions_eldercareprofile (institution_id, kind, beds, residents, residents_60, residents_65,
    residents_80, has_own_clinic, filing_number, filed_on)
SELECT id,
    (ARRAY['residential_care','township_elderly_home','residential_care','day_care_centre','mutual_aid_home'])[
        1 + pg_temp.below(n, 'home kind', 5)],
    30 + pg_temp.below(n, 'beds', 200), 0, 0, 0, 0, pg_temp.chance(n, 'own clinic') < 0.2, '民备' || n,
    DATE '2014-01-01' + pg_temp.below(n, 'filed', 3000)::int
FROM nation_placed WHERE role = 'elder_care';
"""

AUTHORITIES = """
INSERT INTO institutions_authority (kind, name, former_names, phone, closing_reason, number_form, number_key,
    number_turn, number_keys, is_demo, region_id)
SELECT k.kind, full_name || k.bureau, '', '010-12345678', '', '', '', 0, '{}', true, id
FROM regions_region, (VALUES ('health', '卫生健康局'), ('civil_affairs', '民政局')) k (kind, bureau)
WHERE NOT is_grouping AND (valid_to IS NULL OR valid_to > %(today)s)
    AND NOT EXISTS (SELECT FROM institutions_authority a WHERE a.region_id = regions_region.id AND a.kind = k.kind);
"""

# Six partners of a home, with each four terms of three years one after the other; of three of them the last one runs,
# but where a home has let all of them lapse.
# A partner is a clinic of the home's county, seldom one from anywhere.
AGREED = """
CREATE TEMPORARY TABLE nation_clinic ON COMMIT DROP AS
SELECT region_id, id, row_number() OVER (PARTITION BY region_id ORDER BY n) - 1 AS place,
    count(*) OVER (PARTITION BY region_id) AS all_of
FROM nation_placed WHERE role = 'medical';
CREATE UNIQUE INDEX ON nation_clinic (region_id, place);
ANALYZE nation_clinic;
CREATE TEMPORARY TABLE nation_agreed ON COMMIT DROP AS
SELECT a.id, h.n AS home, h.region_id, h.code, slot, turn, starts_on,
    (starts_on + interval '3 years')::date - 1 AS expires_on,
    CASE WHEN pg_temp.chance(a.id, 'stranger') < 0.05
        THEN %(homes)s + 1 + pg_temp.below(a.id, 'which', %(clinics)s) ELSE c.id END AS clinic,
    k.seats, t.id AS version_id, t.template_id, t.place AS text
FROM (
    SELECT n, slot, turn, ((turn * 6 + slot)::bigint * %(homes)s + n) AS id,
        %(today)s::date - pg_temp.below(n * 6 + slot, 'start', 1095)::int
        - ((3 - turn + CASE WHEN slot > 2 THEN 1 ELSE 0 END) || ' years')::interval * 3
        - CASE WHEN pg_temp.chance(n, 'lapsed') < 0.1 THEN interval '4 years' ELSE interval '0' END AS started
    FROM generate_series(1, %(homes)s) n, generate_series(0, 5) slot, generate_series(0, 3) turn
) a
CROSS JOIN LATERAL (SELECT started::date AS starts_on) s
JOIN nation_placed h ON h.role = 'elder_care' AND h.n = a.n
JOIN nation_county k ON k.id = h.region_id
JOIN LATERAL (
    SELECT id FROM nation_clinic c WHERE c.region_id = h.region_id AND c.place = (a.n + slot) %% c.all_of LIMIT 1
) c ON true
JOIN nation_text t ON t.place = slot %% %(texts)s;
CREATE INDEX ON nation_agreed (id);
ANALYZE nation_agreed;
"""

AGREEMENTS = """
INSERT INTO agreements_agreement (id, number, state, answers, contacts, revision, created_at, updated_at, sent_at,
    drafting_way, return_reason, kind, medical_signed_on, elder_care_signed_on, certified_at, effective_on, starts_on,
    expires_on, ended_on, end_reason, rescission_reason, rescission_side, is_demo, created_by_id, drafted_by_id,
    elder_care_id, medical_id, predecessor_id, region_id, sent_by_id, frozen_id, template_id, template_version_id,
    concerns, names)
SELECT id, nation_number, state, '{}', '{}', 1, starts_on - 20, greatest(starts_on, last_on),
    starts_on - 15,
    'paper', '', kind, starts_on, starts_on, starts_on, starts_on, starts_on, expires_on,
    CASE state WHEN 'terminated' THEN last_on END,
    CASE state WHEN 'terminated' THEN '双方协商一致，提前终止。' ELSE '' END,
    '', '', true, %(by)s, home, home, clinic, predecessor, region_id, %(by)s,
    id, template_id, version_id, CASE WHEN clinic_region = region_id THEN seats
        ELSE seats_above(ARRAY[region_id, clinic_region]) END,
    searchable(least(home_name, clinic_name) || E'\n' || greatest(home_name, clinic_name))
FROM (
    SELECT *, 'YY' || extract(year FROM starts_on)::int || '-' || lpad(row_number() OVER (
            PARTITION BY extract(year FROM starts_on) ORDER BY id)::text, 6, '0') AS nation_number,
        CASE WHEN pg_temp.chance(id, 'ended') < 0.01 THEN 'terminated'
            WHEN expires_on >= %(today)s THEN 'in_force' ELSE 'expired' END AS state,
        CASE WHEN pg_temp.chance(id, 'ended') < 0.01
            THEN least(starts_on + 30 + pg_temp.below(id, 'when', 900)::int, %(today)s) ELSE
            least(expires_on, %(today)s) END AS last_on,
        CASE WHEN turn > 0 THEN 'renewal' ELSE 'original' END AS kind,
        CASE WHEN turn > 0 THEN id - 6 * %(homes)s END AS predecessor
    FROM nation_agreed g
    JOIN (SELECT id AS clinic_key, region_id AS clinic_region, name AS clinic_name FROM institutions_institution) p
        ON p.clinic_key = g.clinic
    JOIN (SELECT id AS home_key, name AS home_name FROM institutions_institution) h ON h.home_key = g.home
) a;
"""

# The words of a template with the two names in their places, and the digest that is the product's of them.
FROZEN = """
INSERT INTO agreements_frozentext (id, edition, body, digest, medical_signs, elder_care_signs, party_snapshots,
    frozen_at, void_reason, agreement_id, frozen_by_id, template_version_id)
SELECT a.id, 1, replace(replace(t.body, %(medical)s, m.name), %(elder_care)s, e.name)::jsonb,
    encode(sha256(convert_to(a.number || E'\\n1\\n' || replace(replace(t.plain, %(medical)s, m.name), %(elder_care)s,
        e.name), 'UTF8')), 'hex'),
    'paper', 'paper', jsonb_build_object(
        'medical', jsonb_build_object('id', m.id, 'region', mr.code, 'name', m.name, 'uscc', '', 'operator_name',
            m.operator_name, 'operator_uscc', '', 'address', m.address, 'legal_representative',
            m.legal_representative, 'phone', m.phone),
        'elder_care', jsonb_build_object('id', e.id, 'region', er.code, 'name', e.name, 'uscc', '', 'operator_name',
            e.operator_name, 'operator_uscc', '', 'address', e.address, 'legal_representative',
            e.legal_representative, 'phone', e.phone)),
    a.starts_on - 10, '', a.id, %(by)s, a.template_version_id
FROM agreements_agreement a
JOIN nation_agreed g ON g.id = a.id JOIN nation_text t ON t.place = g.text
JOIN institutions_institution m ON m.id = a.medical_id JOIN regions_region mr ON mr.id = m.region_id
JOIN institutions_institution e ON e.id = a.elder_care_id JOIN regions_region er ON er.id = e.region_id;
"""

SIGNATURES = """
INSERT INTO agreements_signature (role, kind, signatory_name, day, proof, entered_at, agreement_id, entered_by_id,
    frozen_id, on_behalf_of_id)
SELECT side, 'paper', '', a.starts_on, '{}', a.certified_at, a.id,
    CASE side WHEN 'medical' THEN %(partner)s ELSE %(by)s END, a.frozen_id,
    CASE side WHEN 'medical' THEN a.medical_id ELSE a.elder_care_id END
FROM agreements_agreement a, unnest(ARRAY['medical', 'elder_care']) side;
"""

# What is over was accepted; of what runs some is on its way, and some nobody has handed in.
FILINGS = """
INSERT INTO filing_filing (state, round, due_on, due_basis, is_platform_default, submitted_at, remark, review_due_on,
    taken_up_at, decided_at, number, reasons, correction_due_on, closing_reason, created_at, agreement_id, authority_id,
    decided_by_id, submitted_by_id, taken_up_by_id, concerns, decided_as, clock_on, is_at_work)
SELECT state, 1, starts_on + 30, '平台默认期限', true,
    CASE WHEN state <> 'due' THEN starts_on + 10 END, '', CASE WHEN state <> 'due' THEN starts_on + 30 END,
    CASE WHEN state IN ('under_review', 'accepted', 'returned') THEN starts_on + 12 END,
    CASE WHEN state IN ('accepted', 'returned') THEN least(starts_on + 14, %(today)s) END,
    CASE state WHEN 'accepted' THEN full_name || short || '医养备〔' || extract(year FROM starts_on)::int || '〕'
        || lpad(counted::text, 4, '0') || '号' ELSE '' END,
    CASE state WHEN 'returned' THEN '扫描件不清晰，请重新上传。' ELSE '' END,
    CASE state WHEN 'returned' THEN starts_on + 40 END, '', starts_on, agreement_id, authority_id,
    CASE WHEN state IN ('accepted', 'returned') THEN %(bureau)s END, CASE WHEN state <> 'due' THEN %(by)s END,
    CASE WHEN state IN ('under_review', 'accepted', 'returned') THEN %(bureau)s END, seats,
    CASE WHEN state IN ('accepted', 'returned') THEN bureau ELSE '' END,
    CASE state WHEN 'accepted' THEN NULL WHEN 'returned' THEN starts_on + 40 ELSE starts_on + 30 END,
    state <> 'accepted'
FROM (
    SELECT a.id AS agreement_id, u.id AS authority_id, a.starts_on, r.full_name, k.seats, u.name AS bureau,
        CASE u.kind WHEN 'health' THEN '卫健' ELSE '民政' END AS short,
        row_number() OVER (PARTITION BY u.id, extract(year FROM a.starts_on) ORDER BY a.id) AS counted,
        CASE WHEN a.state = 'expired' OR draw < 0.85 THEN 'accepted'
            WHEN draw < 0.90 THEN 'submitted' WHEN draw < 0.93 THEN 'under_review' WHEN draw < 0.95 THEN 'returned'
            ELSE 'due' END AS state
    FROM agreements_agreement a JOIN regions_region r ON r.id = a.region_id JOIN nation_county k ON k.id = r.id
    JOIN institutions_authority u ON u.region_id = a.region_id AND u.closed_on IS NULL
    CROSS JOIN LATERAL (SELECT pg_temp.chance(a.id, u.kind) AS draw) d
) f;
"""

IN_ORDER = (COUNTIES, PLACED, INSTITUTIONS, AGREED, AGREEMENTS, FROZEN, SIGNATURES, FILINGS)

# What the triggers would have refused row by row, asked of all at once; each must find nothing.
VERIFIED = {
    "a day of signing without its signature": """
        SELECT count(*) FROM agreements_agreement a CROSS JOIN (VALUES ('medical'), ('elder_care')) s (side)
        LEFT JOIN agreements_signature g ON g.agreement_id = a.id AND g.role = s.side AND g.frozen_id = a.frozen_id
            AND g.superseded_at IS NULL
        WHERE g.day IS DISTINCT FROM CASE s.side WHEN 'medical' THEN a.medical_signed_on
            ELSE a.elder_care_signed_on END""",
    "a text of another agreement, or of another edition of its template": """
        SELECT count(*) FROM agreements_agreement a LEFT JOIN agreements_frozentext f ON f.id = a.frozen_id
        WHERE (f.agreement_id IS DISTINCT FROM a.id OR f.voided_at IS NOT NULL
            OR f.template_version_id IS DISTINCT FROM a.template_version_id)""",
    "an agreement or a filing that is not noted whom it concerns": """
        SELECT count(*) FROM agreements_agreement a JOIN filing_filing f ON f.agreement_id = a.id
        JOIN regions_region r ON r.id = a.region_id
        WHERE a.id %% 97 = 0 AND (NOT a.concerns @> seats_above(ARRAY[r.id])
            OR f.concerns <> seats_above(ARRAY[r.id]))""",
    "an agreement that is not noted by which names it is found": """
        SELECT count(*) FROM agreements_agreement a
        WHERE a.id %% 97 = 0 AND a.names <> names_of(ARRAY[a.medical_id, a.elder_care_id], a.frozen_id)""",
    "what runs although its days are over, or ended although they are not": """
        SELECT count(*) FROM agreements_agreement
            WHERE (state = 'in_force') <> (expires_on >= %(today)s AND ended_on IS NULL)""",
}
