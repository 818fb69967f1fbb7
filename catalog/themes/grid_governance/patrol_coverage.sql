-- 巡查覆盖：每网格每月。应巡对象为截止日清单上的出租房屋和重点场所，每个每月至少一次。
WITH due AS (
  SELECT grid_code, concat('H', house_code) AS target FROM std.zfw__zwgc__house WHERE is_rental = '1' AND grid_code IS NOT NULL
  UNION
  SELECT grid_code, concat('P', place_code) FROM std.zfw__zwgc__place WHERE grid_code IS NOT NULL
),
patrols AS (
  SELECT grid_code, date_format(patrolled_at, 'yyyy-MM') AS stat_month, patrol_result,
    concat('H', house_code) AS house, concat('P', place_code) AS place
  FROM std.zfw__zwgc__patrol
  WHERE patrolled_at IS NOT NULL AND grid_code IS NOT NULL AND CAST(patrolled_at AS DATE) <= DATE'{{as_of}}'
),
due_counts AS (
  SELECT grid_code, count(*) AS n_due FROM due GROUP BY grid_code
),
seen AS (
  SELECT stat_month, grid_code, house AS target FROM patrols WHERE house IS NOT NULL
  UNION
  SELECT stat_month, grid_code, place FROM patrols WHERE place IS NOT NULL
),
done AS (
  SELECT s.stat_month, s.grid_code, count(*) AS n_done
  FROM seen AS s JOIN due AS d ON d.grid_code = s.grid_code AND d.target = s.target
  GROUP BY s.stat_month, s.grid_code
),
results AS (
  SELECT stat_month, grid_code, count(*) AS n_patrols, sum(CASE WHEN patrol_result IN ('2', '3') THEN 1 ELSE 0 END) AS n_found
  FROM patrols GROUP BY stat_month, grid_code
),
cells AS (
  SELECT stat_month, grid_code FROM results
  UNION
  SELECT date_format(DATE'{{as_of}}', 'yyyy-MM'), grid_code FROM due_counts
)
SELECT c.grid_code,
  c.stat_month,
  CAST(coalesce(u.n_due, 0) AS BIGINT) AS n_due,
  CAST(coalesce(d.n_done, 0) AS BIGINT) AS n_done,
  CAST(100.0 * coalesce(d.n_done, 0) / nullif(u.n_due, 0) AS DECIMAL(9, 2)) AS cover_pct,
  CAST(100.0 * r.n_found / nullif(r.n_patrols, 0) AS DECIMAL(9, 2)) AS found_pct
FROM cells AS c
LEFT JOIN due_counts AS u ON u.grid_code = c.grid_code
LEFT JOIN done AS d ON d.grid_code = c.grid_code AND d.stat_month = c.stat_month
LEFT JOIN results AS r ON r.grid_code = c.grid_code AND r.stat_month = c.stat_month
