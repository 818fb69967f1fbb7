-- 企业风险画像：安监台账上每个有信用代码的企业；等级取各风险中最高者，计分为本库口径，封顶 100 分。
WITH listed AS (
  SELECT uscc, max(org_name) AS org_name, max(town_name) AS town_name, min(risk_level) AS risk_level
  FROM std.yjj__risk__enterprise WHERE uscc IS NOT NULL GROUP BY uscc
),
checks AS (
  SELECT involved_uscc AS uscc, max(CAST(patrolled_at AS DATE)) AS checked_on,
    sum(CASE WHEN CAST(patrolled_at AS DATE) > add_months(DATE'{{as_of}}', -12) THEN 1 ELSE 0 END) AS n_hazards,
    sum(CASE WHEN risk_level = '1' AND coalesce(rectify_status, '0') NOT IN ('2', '3') THEN 1 ELSE 0 END) AS major_open
  FROM std.yjj__check__hazard
  WHERE involved_uscc IS NOT NULL AND CAST(patrolled_at AS DATE) <= DATE'{{as_of}}' GROUP BY involved_uscc
),
joined AS (
  SELECT l.uscc, l.org_name, l.town_name, l.risk_level, coalesce(c.n_hazards, 0) AS n_hazards, coalesce(c.major_open, 0) AS major_open,
    datediff(DATE'{{as_of}}', c.checked_on) AS gap
  FROM listed AS l LEFT JOIN checks AS c ON c.uscc = l.uscc
)
SELECT uscc,
  org_name,
  town_name,
  risk_level,
  CAST(n_hazards AS BIGINT) AS n_hazards,
  CAST(major_open AS BIGINT) AS major_open,
  CAST(gap AS BIGINT) AS check_gap_days,
  CAST(least(100, CASE risk_level WHEN '1' THEN 40 WHEN '2' THEN 30 WHEN '3' THEN 20 WHEN '4' THEN 10 ELSE 20 END
    + least(n_hazards, 10) * 2 + least(major_open, 2) * 15 + CASE WHEN gap IS NULL OR gap > 180 THEN 10 ELSE 0 END) AS BIGINT) AS score
FROM joined
