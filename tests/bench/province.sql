-- A province of :households households with five rounds, the same every time: every choice is a hash of a number.
-- Written past the triggers and foreign keys (session_replication_role), as a restored backup is.
-- in: :households, :communes, :today; the areas of tests/make/people.py are there.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '256MB';
SET maintenance_work_mem = '512MB';
-- made again at the end: a tenth of the time
DROP INDEX ix_member_name_folded;
ALTER TABLE recognition DROP CONSTRAINT ex_recognition_days;

CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, of bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
SELECT (hashint8extended($1, $2) & 2147483647) % $3
$$;
CREATE FUNCTION pg_temp.named(what text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5($1 || $2)::uuid $$;

-- Areas: ten districts, :communes communes, nine hamlets each. Those that are there already are the first.
CREATE TEMP TABLE district AS SELECT row_number() OVER (ORDER BY new, code) AS n, id FROM (
    SELECT 0 AS new, code, id FROM area WHERE level = 'district'
    UNION ALL SELECT 1, 'B' || n, pg_temp.named('district', n) FROM generate_series(10, 18) AS n
) AS d;
CREATE TEMP TABLE commune AS SELECT row_number() OVER (ORDER BY new, code) AS n, id, new, code FROM (
    SELECT 0 AS new, code, id FROM area WHERE level = 'commune'
    UNION ALL SELECT 1, 'B' || n, pg_temp.named('commune', n) FROM generate_series(10001, 10000 + :communes - 3) AS n
) AS c;
INSERT INTO area (id, code, level, name, name_folded, name_toned, local_kind, area_type, valid_from, source)
SELECT id, 'BH' || n, 'district', 'Huyện ' || n, 'huyen ' || n, 'huyện ' || n, 'huyen', NULL, DATE '2004-07-08', 'bench'
FROM district WHERE n > 1
UNION ALL
SELECT id, code, 'commune', 'Xã ' || n, 'xa ' || n, 'xã ' || n, 'xa', 'rural', DATE '2004-07-08', 'bench'
FROM commune WHERE new = 1
UNION ALL
SELECT pg_temp.named('hamlet', c.n * 100 + k), c.code || '-B' || k, 'hamlet', k::text, k::text, k::text, 'xom', NULL,
    DATE '2004-07-08', 'bench'
FROM commune c, generate_series(1, 9) AS k WHERE NOT EXISTS (SELECT FROM area_parent p WHERE p.parent_id = c.id);
INSERT INTO area_parent (area_id, parent_id, valid_from)
SELECT d.id, p.id, DATE '2004-07-08' FROM district d, area p WHERE d.n > 1 AND p.level = 'province'
UNION ALL
SELECT c.id, d.id, DATE '2004-07-08' FROM commune c JOIN district d ON d.n = 1 + c.n % 10 WHERE c.new = 1
UNION ALL
SELECT pg_temp.named('hamlet', c.n * 100 + k), c.id, DATE '2004-07-08'
FROM commune c, generate_series(1, 9) AS k WHERE NOT EXISTS (SELECT FROM area_parent p WHERE p.parent_id = c.id);
CREATE TEMP TABLE hamlet AS
SELECT row_number() OVER (ORDER BY a.code) AS n, a.id, p.parent_id AS commune_id
FROM area a JOIN area_parent p ON p.area_id = a.id WHERE a.level = 'hamlet';
CREATE TEMP TABLE scale AS SELECT count(*) AS hamlets FROM hamlet;
INSERT INTO area_statistic (id, area_id, as_of, households, persons, source, recorded_at)
SELECT pg_temp.named('total', h.n * 10 + y), h.id, make_date(2020 + y, 12, 15), 900 + pg_temp.pick(h.n, y, 50),
    3300 + pg_temp.pick(h.n, y, 200), 'Thống kê', make_timestamptz(2020 + y, 12, 20, 9, 0, 0)
FROM hamlet h, generate_series(0, 5) AS y;

-- Households: six in ten from the round of 2021 on, one in ten more each year. `changed_in`: the year of an edit of the
-- household, 0 where there was none.
CREATE TEMP TABLE home AS
SELECT one.n, pg_temp.named('household', one.n) AS id, h.id AS hamlet_id, h.commune_id, h.n AS hamlet_n,
    2021 + greatest(pg_temp.pick(one.n, 1, 10) - 5, 0)::int AS since,
    (CASE WHEN pg_temp.pick(one.n, 2, 10) < 3 THEN 2022 + pg_temp.pick(one.n, 3, 5) ELSE 0 END)::int AS changed_in,
    pg_temp.pick(one.n, 4, 100) = 0 AS moved
FROM generate_series(1, :households) AS one (n)
JOIN scale ON true JOIN hamlet h ON h.n = 1 + one.n % scale.hamlets;
CREATE UNIQUE INDEX ON home (n);
ANALYZE home;
INSERT INTO household (id, hamlet_id, residence, no_labour_capacity, head_member_id, status, version, created_at, updated_at)
SELECT id, hamlet_id, 'permanent', n % 40 = 0, pg_temp.named('member', n * 10 + 1), 'active',
    1 + (changed_in > since OR moved)::int, make_timestamptz(since, 9, 5, 9, 0, 0),
    greatest(make_timestamptz(since, 9, 5, 9, 0, 0),
        CASE WHEN changed_in > since THEN make_timestamptz(changed_in, 3, 5, 9, 0, 0) END,
        CASE WHEN moved THEN make_timestamptz(since + 1, 5, 5, 9, 0, 0) END)
FROM home;
-- 3 to 4 persons; one in four changed once.
CREATE TEMP TABLE person AS
SELECT pg_temp.named('member', home.n * 10 + k) AS id, home.n * 10 + k AS n, home.id AS household_id, k, home.since,
    (CASE WHEN pg_temp.pick(home.n * 10 + k, 5, 4) = 0 THEN least(home.since + 1 + pg_temp.pick(home.n, k, 4), 2026) ELSE 0 END)::int
    AS changed_in
FROM home CROSS JOIN LATERAL generate_series(1, 3 + (home.n % 10 > 2)::int) AS k;
INSERT INTO member (id, household_id, full_name, name_folded, name_toned, name_sort, sex, birth_year, relation_to_head,
    ethnicity, schooling, right_level, labour_status, labour_contract, health_insurance, social_allowance, merit_person,
    disability, left_on, left_reason, version, created_at, updated_at)
SELECT id, household_id, 'Nguyễn Văn Mẫu', 'nguyen van mau', 'nguyễn văn mẫu', 'mau',
    CASE WHEN n % 2 = 0 THEN 'male' ELSE 'female' END,
    CASE WHEN k < 3 THEN 1940 + pg_temp.pick(n, 6, 60) ELSE 1990 + pg_temp.pick(n, 6, 31) END,
    CASE k WHEN 1 THEN 'head' WHEN 2 THEN 'spouse' ELSE 'child' END,
    CASE WHEN pg_temp.pick(household_id_n, 7, 20) = 0 THEN 'tay' ELSE 'kinh' END,
    CASE WHEN k > 2 THEN 'primary' END, CASE WHEN k > 2 THEN n % 5 > 0 END,
    CASE WHEN k < 3 THEN 'working' ELSE 'studying' END, CASE WHEN k < 3 THEN n % 3 = 0 END, n % 5 > 0, n % 11 = 0,
    n % 50 = 0, CASE WHEN n % 30 = 0 THEN 'severe' ELSE 'none' END,
    CASE WHEN n % 200 = 0 THEN DATE '2024-06-01' END, CASE WHEN n % 200 = 0 THEN 'died' END,
    1 + (changed_in > 0)::int, make_timestamptz(since, 9, 5, 9, 0, 0),
    CASE WHEN changed_in > 0 THEN make_timestamptz(changed_in, 3, 5, 9, 0, 0) ELSE make_timestamptz(since, 9, 5, 9, 0, 0) END
FROM (SELECT *, n / 10 AS household_id_n FROM person) AS p;

-- The history: first versions, edits, moves.
INSERT INTO record_version (record_id, version, entity, change, origin, changed_at)
SELECT id, 1, 'household', NULL::jsonb, 'load', make_timestamptz(since, 9, 5, 9, 0, 0) FROM home
UNION ALL SELECT id, 1, 'member', NULL, 'load', make_timestamptz(since, 9, 5, 9, 0, 0) FROM person
UNION ALL
SELECT id, 2, 'household', CASE WHEN moved THEN jsonb_build_object('hamlet_id', jsonb_build_array(from_id, hamlet_id))
        ELSE '{"no_labour_capacity": [true, false]}' END, 'web',
    greatest(CASE WHEN changed_in > since THEN make_timestamptz(changed_in, 3, 5, 9, 0, 0) END,
        CASE WHEN moved THEN make_timestamptz(since + 1, 5, 5, 9, 0, 0) END)
FROM home JOIN LATERAL (SELECT h.id AS from_id FROM hamlet h WHERE h.n = 1 + home.hamlet_n % 100) AS f ON true
WHERE changed_in > since OR moved
UNION ALL
SELECT id, 2, 'member', '{"health_insurance": [false, true], "labour_status": [null, "working"]}', 'tablet',
    make_timestamptz(changed_in, 3, 5, 9, 0, 0)
FROM person WHERE changed_in > 0;
INSERT INTO household_move (id, household_id, from_hamlet_id, to_hamlet_id, moved_on, recorded_at)
SELECT pg_temp.named('move', home.n), home.id, h.id, home.hamlet_id, make_date(since + 1, 5, 5),
    make_timestamptz(since + 1, 5, 5, 9, 0, 0)
FROM home JOIN hamlet h ON h.n = 1 + home.hamlet_n % 100 WHERE moved;

-- Rounds of each commune and year, with their decision of 12 December; reviews, cases and classes of who took part.
CREATE TEMP TABLE round AS
SELECT pg_temp.named('round', c.n * 10 + y) AS id, pg_temp.named('decision', c.n * 10 + y) AS decision_id, c.id AS commune_id,
    2020 + y::int AS year
FROM commune c, generate_series(1, 5) AS y;
INSERT INTO review_round (id, area_id, kind, year, standard_code, standard_version, procedure_code, procedure_version,
    upper_level, opens_on, closes_on, stage, version, created_at, updated_at)
SELECT id, commune_id, 'periodic', year, 'vn-2022', 1, 'qd-24-2021', 1, 'none', make_date(year, 9, 1),
    make_date(year, 12, 14), 'closed', 1, make_date(year, 9, 1), make_date(year, 12, 14) FROM round;
INSERT INTO recognition_decision (id, area_id, round_id, kind, state, number, decided_on, signatory, version, recorded_at,
    updated_at)
SELECT decision_id, commune_id, id, 'main', 'signed', '1/QĐ-UBND', make_date(year, 12, 12), 'Chủ tịch', 1,
    make_date(year, 12, 12), make_date(year, 12, 12) FROM round;
-- poor, near-poor or neither: a step down now and then, seldom one up
CREATE TEMP TABLE part AS
SELECT home.n * 10 + round.year - 2020 AS n, home.id AS household_id, home.hamlet_id, round.id AS round_id,
    round.decision_id, round.year, home.since,
    least(greatest(pg_temp.pick(home.n, 8, 2) + (round.year - home.since) / 2 - (pg_temp.pick(home.n, round.year, 20) = 0)::int, 0), 2)
    AS level,
    CASE WHEN round.year > home.since THEN
        least(greatest(pg_temp.pick(home.n, 8, 2) + (round.year - 1 - home.since) / 2 - (pg_temp.pick(home.n, round.year - 1, 20) = 0)::int, 0), 2)
    END AS level_before
FROM home JOIN round ON round.commune_id = home.commune_id AND round.year >= home.since;
INSERT INTO recognition (id, household_id, decision_id, poverty_class, days, recorded_at)
SELECT pg_temp.named('recognition', n), household_id, decision_id, (ARRAY['poor', 'near_poor', 'not_poor'])[1 + level],
    daterange(make_date(year, 12, 12), CASE WHEN year < 2025 THEN make_date(year + 1, 12, 12) END), make_date(year, 12, 12)
FROM part;
INSERT INTO decision_household (decision_id, household_id, hamlet_id, review_id, poverty_class, class_before, movement,
    persons)
SELECT decision_id, household_id, hamlet_id, pg_temp.named('review', n), (ARRAY['poor', 'near_poor', 'not_poor'])[1 + level],
    (ARRAY['poor', 'near_poor', 'not_poor'])[1 + level_before],
    CASE WHEN level_before IS NULL THEN (ARRAY['new_poor', 'new_near_poor', 'stays_not_poor'])[1 + level]
        WHEN level = level_before THEN 'stays' WHEN level < level_before AND level = 0 THEN 'relapsed_poor'
        WHEN level < level_before THEN 'relapsed_near_poor' WHEN level_before = 0 THEN 'escaped_poor'
        ELSE 'escaped_near_poor' END, 4
FROM part;
INSERT INTO review (id, round_id, household_id, kind, form_code, form_version, surveyed_on, answers, members, causes,
    needs, attachments, standard_code, standard_version, b1, b2, proposed_class, deprivations, undetermined, warnings,
    differs_from_device, in_force, version, created_at, updated_at)
SELECT pg_temp.named('review', n), round_id, household_id, 'survey', 'form-b', 1, make_date(year, 10, 5),
    '{"house_material": "brick", "water_source": "well", "toilet": "pit", "electricity_month": 60, "land": 300, "cattle": 1, "pigs": 2, "poultry": 20}',
    '[]', ARRAY['no_land'], ARRAY['credit'], '[]', 'vn-2022', 1, 100 + pg_temp.pick(n, 9, 60), 10 * pg_temp.pick(n, 10, 8),
    (ARRAY['poor', 'near_poor', 'not_poor'])[1 + level],
    (ARRAY[
        '{employment,clean_water}', '{hygienic_toilet}', '{}',
        '{health_insurance,dependants,telecom_service}',
        '{housing_quality,housing_area,info_devices}'
    ]::text[])[1 + pg_temp.pick(n, 11, 5)]::text[],
    CASE WHEN n % 20 = 0 THEN '{nutrition}'::text[] ELSE '{}' END, '[]', false, true, 1,
    make_timestamptz(year, 10, 6, 9, 0, 0), make_timestamptz(year, 10, 6, 9, 0, 0)
FROM part;
INSERT INTO review_case (id, round_id, household_id, hamlet_id, ground, stage, review_id, decision_id, version, created_at,
    updated_at)
SELECT pg_temp.named('case', n), round_id, household_id, hamlet_id, 'added', 'recognised', pg_temp.named('review', n),
    decision_id, 1, make_date(year, 9, 1), make_date(year, 12, 12)
FROM part;

-- What the communes did: every year and commune a round of support, a round for schools, a project, a course, a training.
CREATE TEMP TABLE work AS
SELECT pg_temp.named('work', (c.n * 10 + y) * 10 + k.k) AS id, c.id AS commune_id, c.n AS commune_n, 2020 + y::int AS year,
    k.kind, k.k
FROM commune c, generate_series(3, 6) AS y,
    unnest(ARRAY['support_round', 'vocational_course', 'community_project', 'staff_training', 'housing_case'])
    WITH ORDINALITY AS k (kind, k);
INSERT INTO intervention (id, area_id, kind, year, title, stage, fields, funded, committed_vnd, disbursed_vnd,
    delivered_vnd, version, created_at, updated_at)
SELECT id, commune_id, kind, year, kind, 'open', CASE kind WHEN 'community_project' THEN '{"is_model": true}'::jsonb ELSE '{}' END,
    false, 0, 0, 0, 1, make_date(year, 1, 10), make_date(year, 1, 10) FROM work;
INSERT INTO intervention_step (id, intervention_id, position, step, stage_before, stage_after, taken_on, fields, recorded_at)
SELECT md5(id || step)::uuid, id, position, step, 'planned', 'open', taken_on, fields::jsonb, taken_on
FROM work, LATERAL (VALUES
    (1, CASE kind WHEN 'staff_training' THEN 'hold' ELSE 'start' END, make_date(year, 2, 10), '{}'),
    (2, 'check_12_months', make_date(year + 1, 2, 10), '{"alive": true, "replicated": false}')
) AS s (position, step, taken_on, fields)
WHERE (position = 1 OR kind = 'community_project') AND taken_on < :today;
INSERT INTO delivery (id, intervention_id, household_id, member_id, delivered_on, outcome, received_by, attachments,
    version, created_at, updated_at)
SELECT pg_temp.named('delivery', (home.n * 10 + w.year - 2020) * 10 + w.k), w.id, home.id,
    CASE WHEN home.n % 2 = 0 THEN pg_temp.named('member', home.n * 10 + 3) END, make_date(w.year, 3, 5), 'delivered',
    'Chủ hộ', '[]', 1, make_date(w.year, 3, 5), make_date(w.year, 3, 5)
FROM home JOIN work w ON w.commune_id = home.commune_id AND (w.kind = 'support_round' AND pg_temp.pick(home.n, w.year, 3) = 0
    OR w.kind = 'housing_case' AND pg_temp.pick(home.n, w.year, 50) = 1)
WHERE w.year > home.since AND make_date(w.year, 3, 5) < :today;
INSERT INTO participant (id, intervention_id, role, household_id, member_id, state, joined_on, ended_on, fields, version,
    created_at, updated_at)
SELECT pg_temp.named('participant', home.n * 10 + w.year - 2020), w.id, 'learner', home.id,
    pg_temp.named('member', home.n * 10 + 2), CASE WHEN w.year < 2026 THEN 'finished' ELSE 'enrolled' END,
    make_date(w.year, 4, 5), CASE WHEN w.year < 2026 THEN make_date(w.year, 8, 5) END, '{}',
    CASE WHEN w.year < 2026 THEN 2 ELSE 1 END, make_date(w.year, 4, 5),
    CASE WHEN w.year < 2026 THEN make_date(w.year, 8, 5) ELSE make_date(w.year, 4, 5) END
FROM home JOIN work w ON w.commune_id = home.commune_id AND w.kind = 'vocational_course'
    AND pg_temp.pick(home.n, w.year + 5000, 25) = 0
WHERE w.year > home.since AND make_date(w.year, 4, 5) < :today;
INSERT INTO earlier_state (record_id, version, replaced_at, was)
SELECT id, 1, updated_at, jsonb_build_object('state', 'enrolled', 'ended_on', NULL, 'fields', '{}'::jsonb, 'updated_at', created_at)
FROM participant WHERE version = 2;
INSERT INTO participant (id, intervention_id, role, outsider, state, joined_on, fields, version, created_at, updated_at)
SELECT pg_temp.named('trainee', (w.commune_n * 100 + w.year - 2000) * 100 + one), w.id, 'trainee',
    jsonb_build_object('sex', CASE WHEN one % 2 = 0 THEN 'male' ELSE 'female' END), 'enrolled', make_date(w.year, 2, 10),
    '{"category": "commune_officer", "poverty_officer": true}', 1, make_date(w.year, 2, 10), make_date(w.year, 2, 10)
FROM work w, generate_series(1, 12) AS one WHERE w.kind = 'staff_training';
INSERT INTO support_need (id, household_id, member_id, kind, noted_on, state, ended_on, version, created_at, updated_at)
SELECT pg_temp.named('need', home.n * 10 + k), home.id, CASE WHEN k > 2 THEN pg_temp.named('member', home.n * 10 + 2) END,
    (ARRAY['credit', 'housing', 'job', 'vocational_training'])[k], make_date(since, 10, 5),
    CASE WHEN home.n % 3 = 0 THEN 'met' ELSE 'open' END, CASE WHEN home.n % 3 = 0 THEN make_date(since + 1, 7, 5) END,
    1 + (home.n % 3 = 0)::int, make_date(since, 10, 5), make_date(since + (home.n % 3 = 0)::int, 7, 5)
FROM home, generate_series(1, 4) AS k WHERE pg_temp.pick(home.n, k + 20, 8) = 0 AND since < 2026;
INSERT INTO loan (id, household_id, policy, purpose, amount_vnd, outstanding_vnd, lent_on, term_months, state, state_since,
    version, created_at, updated_at)
SELECT pg_temp.named('loan', n), id, 'credit_poor', 'production', 50000000, CASE WHEN n % 4 = 0 THEN 0 ELSE 30000000 END,
    make_date(since + 1, 4, 5), 60, CASE WHEN n % 4 = 0 THEN 'repaid' ELSE 'active' END,
    CASE WHEN n % 4 = 0 THEN make_date(since + 1, 9, 5) ELSE make_date(since + 1, 4, 5) END, 1 + (n % 4 = 0)::int,
    make_date(since + 1, 4, 5), CASE WHEN n % 4 = 0 THEN make_date(since + 1, 9, 5) ELSE make_date(since + 1, 4, 5) END
FROM home WHERE pg_temp.pick(n, 30, 5) = 0;
INSERT INTO earlier_state (record_id, version, replaced_at, was)
SELECT id, 1, updated_at, jsonb_build_object('state', 'active', 'state_since', lent_on, 'updated_at', created_at)
FROM loan WHERE version = 2;

CREATE INDEX ix_member_name_folded ON member USING gin (name_folded gin_trgm_ops);
ALTER TABLE recognition ADD CONSTRAINT ex_recognition_days EXCLUDE USING gist (household_id WITH =, days WITH &&);
SET session_replication_role = origin;
VACUUM ANALYZE;
