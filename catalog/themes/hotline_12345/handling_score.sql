-- 承办评价：每主办单位每月（按受理月）；时限未到且未办结的工单不计入应办结。
WITH orders AS (
  SELECT event_no, coalesce(lead_unit, '不详') AS lead_unit, date_format(accepted_at, 'yyyy-MM') AS stat_month,
    CASE WHEN closed_at IS NOT NULL OR CAST(deadline_at AS DATE) < DATE'{{as_of}}' THEN 1 ELSE 0 END AS is_due,
    CASE WHEN closed_at <= deadline_at THEN 1 ELSE 0 END AS is_ontime
  FROM std.zsj__hotline__order
  WHERE accepted_at IS NOT NULL AND CAST(accepted_at AS DATE) <= DATE'{{as_of}}'
),
visits AS (
  SELECT event_no, max(is_contacted) AS is_contacted, max(is_resolved) AS is_resolved, min(satisfaction) AS satisfaction
  FROM std.zsj__hotline__visit GROUP BY event_no
),
joined AS (
  SELECT o.*, CASE WHEN v.event_no IS NULL THEN 0 ELSE 1 END AS is_visited,
    CASE WHEN v.is_contacted = '1' THEN 1 ELSE 0 END AS contacted,
    CASE WHEN v.is_resolved = '1' THEN 1 ELSE 0 END AS resolved,
    CASE WHEN v.satisfaction IN ('1', '2', '3', '4', '5') THEN 1 ELSE 0 END AS rated,
    CASE WHEN v.satisfaction IN ('1', '2') THEN 1 ELSE 0 END AS satisfied
  FROM orders AS o LEFT JOIN visits AS v ON v.event_no = o.event_no
)
SELECT lead_unit,
  stat_month,
  CAST(count(*) AS BIGINT) AS n_orders,
  CAST(sum(is_visited) AS BIGINT) AS n_visits,
  CAST(100.0 * sum(is_due * is_ontime) / nullif(sum(is_due), 0) AS DECIMAL(9, 2)) AS ontime_pct,
  CAST(100.0 * sum(contacted) / nullif(sum(is_visited), 0) AS DECIMAL(9, 2)) AS contact_pct,
  CAST(100.0 * sum(resolved) / nullif(sum(is_visited), 0) AS DECIMAL(9, 2)) AS resolved_pct,
  CAST(100.0 * sum(satisfied) / nullif(sum(rated), 0) AS DECIMAL(9, 2)) AS satisfied_pct
FROM joined
GROUP BY lead_unit, stat_month
