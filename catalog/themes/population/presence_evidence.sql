-- 在莞证据：每个在世自然人有哪些来源证明其在莞，住在哪里。权重为本库口径，封顶 100 分。
WITH mentions AS (
  SELECT canonical_id, s.resource AS resource, s.record_key AS record_key
  FROM (SELECT canonical_id, explode(_sources) AS s FROM base.person WHERE death_date IS NULL) AS exploded
),
located AS (
  SELECT address_id, max(village_code) AS village_code, max(grid_code) AS grid_code
  FROM base.address WHERE address_id IS NOT NULL GROUP BY address_id
),
evidence AS (
  -- place_rank：居住地以网格采集为先，其次居住登记，再次户籍地
  SELECT m.canonical_id, 'visited' AS kind, concat('1', p._key) AS place_rank,
    coalesce(p.village_code, substr(p.grid_code, 1, 12)) AS village_code, p.grid_code AS grid_code
  FROM std.zfw__zwgc__person AS p JOIN mentions AS m ON m.resource = 'zfw.zwgc.person' AND m.record_key = p._key
  WHERE coalesce(p.is_deleted, '0') = '0'
    AND CAST(coalesce(p.source_updated_at, p.source_created_at) AS DATE) > date_add(DATE'{{as_of}}', -90)
  UNION ALL
  SELECT m.canonical_id, 'permit', concat('2', r._key), a.village_code, a.grid_code
  FROM std.gaj__residence__person AS r JOIN mentions AS m ON m.resource = 'gaj.residence.person' AND m.record_key = r._key
  LEFT JOIN located AS a ON a.address_id = r.address_id
  WHERE coalesce(r.is_void, '0') = '0' AND (r.residence_leave_on IS NULL OR r.residence_leave_on > DATE'{{as_of}}')
  UNION ALL
  SELECT m.canonical_id, 'household', concat('3', h._key), h.village_code, CAST(NULL AS STRING)
  FROM std.gaj__household__person AS h JOIN mentions AS m ON m.resource = 'gaj.household.person' AND m.record_key = h._key
  WHERE h.household_register_status = '0'
    AND (h.household_division LIKE '4419%' OR h.household_division IN ('442502', '442527'))
  UNION ALL
  SELECT m.canonical_id, 'insured', concat('9', i._key), CAST(NULL AS STRING), CAST(NULL AS STRING)
  FROM std.rsj__si__insured AS i JOIN mentions AS m ON m.resource = 'rsj.si.insured' AND m.record_key = i._key
  WHERE i.insured_status = '1'
    AND i.contribution_month BETWEEN date_format(add_months(DATE'{{as_of}}', -3), 'yyyyMM') AND date_format(DATE'{{as_of}}', 'yyyyMM')
  UNION ALL
  SELECT m.canonical_id, 'study', concat('9', t._key), CAST(NULL AS STRING), CAST(NULL AS STRING)
  FROM std.jyj__student__status AS t JOIN mentions AS m ON m.resource = 'jyj.student.status' AND m.record_key = t._key
  WHERE t.student_status = '01'
),
flags AS (
  SELECT canonical_id,
    min_by(village_code, CASE WHEN village_code IS NOT NULL THEN place_rank END) AS village_code,
    min_by(grid_code, CASE WHEN grid_code IS NOT NULL THEN place_rank END) AS grid_code,
    max(CASE WHEN kind = 'household' THEN 1 ELSE 0 END) AS household,
    max(CASE WHEN kind = 'permit' THEN 1 ELSE 0 END) AS permit,
    max(CASE WHEN kind = 'insured' THEN 1 ELSE 0 END) AS insured,
    max(CASE WHEN kind = 'study' THEN 1 ELSE 0 END) AS study,
    max(CASE WHEN kind = 'visited' THEN 1 ELSE 0 END) AS visited
  FROM evidence GROUP BY canonical_id
)
SELECT canonical_id,
  substr(village_code, 1, 9) AS town_code,
  village_code,
  grid_code,
  household = 1 AS household,
  permit = 1 AS permit,
  insured = 1 AS insured,
  study = 1 AS study,
  visited = 1 AS visited,
  CAST(least(100, household * 30 + permit * 40 + insured * 40 + study * 40 + visited * 40) AS BIGINT) AS score
FROM flags
