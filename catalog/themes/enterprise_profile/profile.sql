-- 企业画像：法人库每个主体一行，登记、用工、信用、安全和诉求放在一起。
WITH insured AS (
  SELECT uscc, count(DISTINCT si_person_no) AS n FROM std.rsj__si__insured
  WHERE uscc IS NOT NULL AND insured_status = '1'
    AND contribution_month BETWEEN date_format(add_months(DATE'{{as_of}}', -3), 'yyyyMM') AND date_format(DATE'{{as_of}}', 'yyyyMM')
  GROUP BY uscc
),
hazards AS (
  SELECT involved_uscc AS uscc, count(*) AS n FROM std.yjj__check__hazard
  WHERE involved_uscc IS NOT NULL AND CAST(patrolled_at AS DATE) > add_months(DATE'{{as_of}}', -12) GROUP BY involved_uscc
),
complaints AS (
  SELECT involved_uscc AS uscc, count(*) AS n FROM std.zsj__hotline__order
  WHERE involved_uscc IS NOT NULL AND request_kind IN ('3', '4') AND CAST(accepted_at AS DATE) > add_months(DATE'{{as_of}}', -12)
  GROUP BY involved_uscc
),
risks AS (
  SELECT uscc, min(risk_level) AS risk_level FROM std.yjj__risk__enterprise WHERE uscc IS NOT NULL GROUP BY uscc
),
conflicts AS (
  SELECT canonical_id, count(DISTINCT element) AS n FROM base.organisation__conflicts GROUP BY canonical_id
)
SELECT o.canonical_id,
  o.uscc,
  o.org_name,
  CASE WHEN o.uscc LIKE '91%' THEN '企业' WHEN o.uscc LIKE '92%' THEN '个体工商户' WHEN o.uscc LIKE '11%' THEN '机关'
    WHEN o.uscc LIKE '12%' THEN '事业单位' WHEN o.uscc LIKE '5%' THEN '社会组织' WHEN o.uscc LIKE 'N%' THEN '集体经济组织'
    ELSE '其他' END AS subject_kind,
  o.org_division AS town_code,
  o.industry_code,
  o.org_status,
  o.established_on,
  CAST(floor(months_between(DATE'{{as_of}}', o.established_on) / 12) AS BIGINT) AS age_years,
  o.registered_capital,
  o.tax_status,
  CAST(coalesce(i.n, 0) AS BIGINT) AS n_insured,
  coalesce(e.n_permits, CAST(0 AS BIGINT)) AS n_permits,
  coalesce(e.n_penalties_3y, CAST(0 AS BIGINT)) AS n_penalties_3y,
  coalesce(e.is_abnormal, FALSE) AS is_abnormal,
  coalesce(e.is_dishonest, FALSE) AS is_dishonest,
  r.risk_level,
  CAST(coalesce(h.n, 0) AS BIGINT) AS n_hazards,
  CAST(coalesce(q.n, 0) AS BIGINT) AS n_complaints,
  CAST(coalesce(c.n, 0) AS BIGINT) AS n_conflicts
FROM base.organisation AS o
LEFT JOIN theme.public_credit__entity_credit AS e ON e.canonical_id = o.canonical_id
LEFT JOIN insured AS i ON i.uscc = o.uscc
LEFT JOIN hazards AS h ON h.uscc = o.uscc
LEFT JOIN complaints AS q ON q.uscc = o.uscc
LEFT JOIN risks AS r ON r.uscc = o.uscc
LEFT JOIN conflicts AS c ON c.canonical_id = o.canonical_id
