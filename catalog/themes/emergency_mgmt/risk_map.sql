-- 风险一张图：每镇街一行，风险点按四色计数，叠加未闭环隐患和实有人口。
WITH towns AS (
  SELECT town_code, max(town_name) AS town_name FROM base.address WHERE town_code IS NOT NULL GROUP BY town_code
),
points AS (
  SELECT town_name,
    sum(CASE WHEN risk_level = '1' THEN 1 ELSE 0 END) AS n_red,
    sum(CASE WHEN risk_level = '2' THEN 1 ELSE 0 END) AS n_orange,
    sum(CASE WHEN risk_level = '3' THEN 1 ELSE 0 END) AS n_yellow,
    sum(CASE WHEN risk_level = '4' THEN 1 ELSE 0 END) AS n_blue,
    sum(CASE WHEN risk_level IS NULL THEN 1 ELSE 0 END) AS n_unrated,
    sum(CASE WHEN has_location THEN 0 ELSE 1 END) AS n_unlocated
  FROM theme.emergency_mgmt__risk_point WHERE town_name IS NOT NULL GROUP BY town_name
),
hazards AS (
  SELECT town_name, count(*) AS n_open, sum(CASE WHEN rectify_deadline < DATE'{{as_of}}' THEN 1 ELSE 0 END) AS n_overdue
  FROM std.yjj__check__hazard
  WHERE town_name IS NOT NULL AND coalesce(rectify_status, '0') NOT IN ('2', '3', '4') GROUP BY town_name
),
people AS (
  SELECT town_code, sum(n_evidence) AS n_person FROM theme.population__resident_count GROUP BY town_code
)
SELECT t.town_code,
  t.town_name,
  CAST(coalesce(p.n_red, 0) AS BIGINT) AS n_red,
  CAST(coalesce(p.n_orange, 0) AS BIGINT) AS n_orange,
  CAST(coalesce(p.n_yellow, 0) AS BIGINT) AS n_yellow,
  CAST(coalesce(p.n_blue, 0) AS BIGINT) AS n_blue,
  CAST(coalesce(p.n_unrated, 0) AS BIGINT) AS n_unrated,
  CAST(coalesce(p.n_unlocated, 0) AS BIGINT) AS n_unlocated,
  CAST(coalesce(h.n_open, 0) AS BIGINT) AS n_open_hazards,
  CAST(coalesce(h.n_overdue, 0) AS BIGINT) AS n_overdue_hazards,
  CAST(coalesce(r.n_person, 0) AS BIGINT) AS n_person,
  CAST(10000.0 * (coalesce(p.n_red, 0) + coalesce(p.n_orange, 0)) / nullif(r.n_person, 0) AS DECIMAL(12, 2)) AS high_risk_per_10k
FROM towns AS t
LEFT JOIN points AS p ON p.town_name = t.town_name
LEFT JOIN hazards AS h ON h.town_name = t.town_name
LEFT JOIN people AS r ON r.town_code = t.town_code
