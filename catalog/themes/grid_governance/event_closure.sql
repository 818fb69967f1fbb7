-- 事件闭环：每镇街每事项每日一行（有上报、办结或到期的日子）；百分比为截至当日的累计。
WITH events AS (
  SELECT coalesce(town_name, '不详') AS town_name, coalesce(matter_code, event_class_code, '不详') AS matter_code,
    CAST(reported_at AS DATE) AS reported_on, reported_at, CAST(closed_at AS DATE) AS closed_on, closed_at,
    CAST(deadline_at AS DATE) AS due_on,
    CASE WHEN closed_at IS NULL OR closed_at > deadline_at THEN 1 ELSE 0 END AS is_late
  FROM std.zfw__zwgc__event WHERE reported_at IS NOT NULL
),
moves AS (
  SELECT town_name, matter_code, reported_on AS stat_on, 1 AS reported, 0 AS closed, 0 AS due, 0 AS late, CAST(0 AS BIGINT) AS seconds
  FROM events
  UNION ALL
  SELECT town_name, matter_code, closed_on, 0, 1, 0, 0, unix_timestamp(closed_at) - unix_timestamp(reported_at)
  FROM events WHERE closed_on IS NOT NULL
  UNION ALL
  SELECT town_name, matter_code, due_on, 0, 0, 1, is_late, CAST(0 AS BIGINT)
  FROM events WHERE due_on < DATE'{{as_of}}'
),
days AS (
  SELECT town_name, matter_code, stat_on, sum(reported) AS reported, sum(closed) AS closed, sum(due) AS due, sum(late) AS late,
    sum(seconds) AS seconds
  FROM moves WHERE stat_on <= DATE'{{as_of}}' GROUP BY town_name, matter_code, stat_on
),
sums AS (
  SELECT *,
    sum(reported) OVER (PARTITION BY town_name, matter_code ORDER BY stat_on) AS all_reported,
    sum(closed) OVER (PARTITION BY town_name, matter_code ORDER BY stat_on) AS all_closed,
    sum(due) OVER (PARTITION BY town_name, matter_code ORDER BY stat_on) AS all_due,
    sum(late) OVER (PARTITION BY town_name, matter_code ORDER BY stat_on) AS all_late
  FROM days
)
SELECT town_name,
  matter_code,
  stat_on,
  CAST(reported AS BIGINT) AS n_reported,
  CAST(closed AS BIGINT) AS n_closed,
  CAST(100.0 * all_closed / nullif(all_reported, 0) AS DECIMAL(9, 2)) AS closed_pct,
  CAST(100.0 * all_late / nullif(all_due, 0) AS DECIMAL(9, 2)) AS overdue_pct,
  CAST(seconds / 3600.0 / nullif(closed, 0) AS DECIMAL(9, 2)) AS avg_hours
FROM sums
