-- 隐患闭环：每镇街每周（按检查日所在周的周一）。
WITH found AS (
  SELECT coalesce(town_name, '不详') AS town_name,
    date_add(CAST(patrolled_at AS DATE), -pmod(datediff(CAST(patrolled_at AS DATE), DATE'1970-01-05'), 7)) AS week_on,
    CASE WHEN rectify_deadline <= DATE'{{as_of}}' THEN 1 ELSE 0 END AS is_due,
    CASE WHEN rectify_status IN ('2', '3') THEN 1 ELSE 0 END AS is_rectified,
    CASE WHEN rectify_status IN ('2', '3') AND coalesce(CAST(closed_at AS DATE), rectify_deadline) <= rectify_deadline THEN 1 ELSE 0 END AS is_ontime,
    CASE WHEN rectify_deadline < DATE'{{as_of}}' AND coalesce(rectify_status, '0') NOT IN ('2', '3', '4') THEN 1 ELSE 0 END AS is_overdue,
    CASE WHEN rectify_status = '3' THEN 1 ELSE 0 END AS is_rechecked
  FROM std.yjj__check__hazard
  WHERE patrolled_at IS NOT NULL AND CAST(patrolled_at AS DATE) <= DATE'{{as_of}}'
)
SELECT town_name,
  week_on,
  CAST(count(*) AS BIGINT) AS n_found,
  CAST(100.0 * sum(is_due * is_ontime) / nullif(sum(is_due), 0) AS DECIMAL(9, 2)) AS rectified_pct,
  CAST(sum(is_overdue) AS BIGINT) AS overdue_n,
  CAST(100.0 * sum(is_rechecked) / nullif(sum(is_rectified), 0) AS DECIMAL(9, 2)) AS recheck_pct
FROM found
GROUP BY town_name, week_on
