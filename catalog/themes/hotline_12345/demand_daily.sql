-- 诉求日报：每日每镇街每分类；去年同日没有工单的，同比为空。
WITH daily AS (
  SELECT CAST(accepted_at AS DATE) AS stat_on, coalesce(town_name, '不详') AS town_name, coalesce(event_class_code, '不详') AS event_class_code,
    count(*) AS n, sum(CASE WHEN is_repeat = '1' THEN 1 ELSE 0 END) AS n_repeat
  FROM std.zsj__hotline__order
  WHERE accepted_at IS NOT NULL AND CAST(accepted_at AS DATE) <= DATE'{{as_of}}'
  GROUP BY CAST(accepted_at AS DATE), coalesce(town_name, '不详'), coalesce(event_class_code, '不详')
)
SELECT d.stat_on,
  d.town_name,
  d.event_class_code,
  CAST(d.n AS BIGINT) AS n_orders,
  CAST(100.0 * (d.n - y.n) / nullif(y.n, 0) AS DECIMAL(9, 2)) AS yoy_pct,
  CAST(100.0 * d.n_repeat / d.n AS DECIMAL(9, 2)) AS repeat_pct,
  CAST(rank() OVER (PARTITION BY d.stat_on, d.town_name ORDER BY d.n DESC) AS BIGINT) AS top_rank
FROM daily AS d
LEFT JOIN daily AS y ON y.stat_on = add_months(d.stat_on, -12) AND y.town_name = d.town_name AND y.event_class_code = d.event_class_code
