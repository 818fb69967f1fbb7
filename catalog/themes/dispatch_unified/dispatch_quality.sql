-- 分拨质量：每主办单位每周（周一）；分拨用时从来源系统受理算到派单。
WITH origins AS (
  SELECT event_no, min(accepted_at) AS accepted_at FROM (
    SELECT event_no, reported_at AS accepted_at FROM std.zfw__zwgc__event
    UNION ALL
    SELECT event_no, accepted_at FROM std.zsj__hotline__order
    UNION ALL
    SELECT event_no, coalesce(accepted_at, reported_at) FROM std.cgj__szcg__case
  ) AS sources GROUP BY event_no
),
dispatched AS (
  SELECT coalesce(e.lead_unit, '不详') AS lead_unit,
    date_add(CAST(e.dispatched_at AS DATE), -pmod(datediff(CAST(e.dispatched_at AS DATE), DATE'1970-01-05'), 7)) AS week_on,
    CASE WHEN e.return_count > 0 THEN 1 ELSE 0 END AS is_returned,
    CASE WHEN e.legal_basis IS NOT NULL THEN 1 ELSE 0 END AS is_auto,
    CASE WHEN o.accepted_at <= e.dispatched_at THEN unix_timestamp(e.dispatched_at) - unix_timestamp(o.accepted_at) END AS seconds
  FROM std.zsj__dispatch__event AS e LEFT JOIN origins AS o ON o.event_no = e.parent_event_no
  WHERE e.dispatched_at IS NOT NULL AND CAST(e.dispatched_at AS DATE) <= DATE'{{as_of}}'
)
SELECT lead_unit,
  week_on,
  CAST(count(*) AS BIGINT) AS n_dispatched,
  CAST(100.0 * sum(is_returned) / count(*) AS DECIMAL(9, 2)) AS return_pct,
  CAST(100.0 * sum(is_auto) / count(*) AS DECIMAL(9, 2)) AS auto_pct,
  CAST(sum(seconds) / 60.0 / nullif(count(seconds), 0) AS DECIMAL(9, 2)) AS avg_dispatch_min
FROM dispatched
GROUP BY lead_unit, week_on
