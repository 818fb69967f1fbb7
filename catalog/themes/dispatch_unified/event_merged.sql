-- 归并事件：同一地点、同一事项、相隔不超过 7 日的上报视为一件真实事件，首次上报为主事件。
-- 来源系统里尚未进分拨平台的事件一并归并。
WITH sources AS (
  SELECT event_no, event_source, event_class_code AS matter_code, event_address, town_name, lead_unit,
    CAST(NULL AS STRING) AS assist_unit, reported_at, closed_at
  FROM std.zfw__zwgc__event
  UNION ALL
  SELECT event_no, event_source, event_class_code, event_address, town_name, lead_unit, assist_unit, accepted_at, closed_at
  FROM std.zsj__hotline__order
  UNION ALL
  SELECT event_no, event_source, event_class_code, event_address, town_name, lead_unit, CAST(NULL AS STRING), reported_at, closed_at
  FROM std.cgj__szcg__case
),
origins AS (
  SELECT event_no, min(reported_at) AS reported_at FROM sources GROUP BY event_no
),
towns AS (
  SELECT town_name, max(town_code) AS town_code FROM base.address WHERE town_name IS NOT NULL GROUP BY town_name
),
dispatched AS (
  SELECT DISTINCT parent_event_no AS event_no FROM std.zsj__dispatch__event WHERE parent_event_no IS NOT NULL
),
events AS (
  SELECT e.event_no, e.event_source, coalesce(e.event_class_code, e.matter_code, '不详') AS matter_code,
    coalesce(e.event_address, e.address_id, e.event_no) AS place, e.town_code, e.lead_unit, e.assist_unit, e.closed_at,
    coalesce(o.reported_at, e.dispatched_at, e.source_updated_at) AS reported_at
  FROM std.zsj__dispatch__event AS e LEFT JOIN origins AS o ON o.event_no = e.parent_event_no
  UNION ALL
  SELECT s.event_no, s.event_source, coalesce(s.matter_code, '不详'), coalesce(s.event_address, s.event_no), t.town_code,
    s.lead_unit, s.assist_unit, s.closed_at, s.reported_at
  FROM sources AS s
  LEFT JOIN dispatched AS d ON d.event_no = s.event_no
  LEFT JOIN towns AS t ON t.town_name = s.town_name
  WHERE d.event_no IS NULL
),
stepped AS (
  SELECT *, lag(reported_at) OVER (PARTITION BY matter_code, place ORDER BY reported_at, event_no) AS before_at FROM events
),
grouped AS (
  SELECT *,
    sum(CASE WHEN before_at IS NULL OR datediff(CAST(reported_at AS DATE), CAST(before_at AS DATE)) > 7 THEN 1 ELSE 0 END)
      OVER (PARTITION BY matter_code, place ORDER BY reported_at, event_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS part
  FROM stepped
),
placed AS (
  SELECT *,
    row_number() OVER (PARTITION BY matter_code, place, part ORDER BY reported_at, event_no) AS turn,
    first_value(lead_unit) OVER (PARTITION BY matter_code, place, part ORDER BY reported_at, event_no) AS main_unit
  FROM grouped
),
others AS (
  SELECT matter_code, place, part, sort_array(collect_set(unit)) AS units FROM (
    SELECT matter_code, place, part, main_unit, lead_unit AS unit FROM placed
    UNION ALL
    SELECT matter_code, place, part, main_unit, assist_unit FROM placed
  ) AS named
  WHERE unit IS NOT NULL AND (main_unit IS NULL OR unit <> main_unit)
  GROUP BY matter_code, place, part
)
SELECT max(CASE WHEN p.turn = 1 THEN p.event_no END) AS main_event_no,
  max(CASE WHEN p.turn = 1 THEN p.town_code END) AS town_code,
  p.matter_code,
  CAST(count(*) AS BIGINT) AS n_events,
  CAST(count(DISTINCT p.event_source) AS BIGINT) AS n_channels,
  min(p.reported_at) AS first_reported_at,
  max(CASE WHEN p.turn = 1 THEN p.lead_unit END) AS lead_unit,
  nullif(max(concat_ws('、', o.units)), '') AS co_units,
  min(CASE WHEN p.closed_at IS NULL THEN 0 ELSE 1 END) = 1 AS is_closed
FROM placed AS p
LEFT JOIN others AS o ON o.matter_code = p.matter_code AND o.place = p.place AND o.part = p.part
GROUP BY p.matter_code, p.place, p.part
