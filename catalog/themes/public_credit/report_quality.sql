-- 双公示质量：每决定机关每周（按归集批次日期的周一）。7 个工作日按周一至周五计，法定节假日未扣除。
WITH reported AS (
  SELECT 'permit' AS kind, decision_authority, decision_on, counterpart_kind, uscc, _flag.uscc AS uscc_flag,
    CAST(NULL AS DECIMAL(20, 6)) AS fine_wan, CAST(NULL AS STRING) AS content, _from_seq
  FROM std.fgj__credit__permit
  UNION ALL
  SELECT 'penalty', decision_authority, decision_on, counterpart_kind, uscc, _flag.uscc, fine_wan, penalty_content, _from_seq
  FROM std.fgj__credit__penalty
),
dated AS (
  SELECT *,
    try_cast(concat(substr(CAST(_from_seq AS STRING), 1, 4), '-', substr(CAST(_from_seq AS STRING), 5, 2), '-',
      substr(CAST(_from_seq AS STRING), 7, 2)) AS DATE) AS arrived_on
  FROM reported
),
days AS (
  -- 1970-01-05 是周一：自该日起的天数除以 7，得整周和周几
  SELECT *, datediff(arrived_on, DATE'1970-01-05') AS arrived_day, datediff(decision_on, DATE'1970-01-05') AS decision_day
  FROM dated WHERE arrived_on IS NOT NULL
),
judged AS (
  SELECT d.kind, coalesce(d.decision_authority, '不详') AS decision_authority, date_add(d.arrived_on, -pmod(d.arrived_day, 7)) AS week_on,
    CASE WHEN d.decision_on IS NULL THEN 0
      WHEN (CAST(floor((d.arrived_day + 1) / 7) AS BIGINT) * 5 + least(pmod(d.arrived_day + 1, 7), 5))
         - (CAST(floor((d.decision_day + 1) / 7) AS BIGINT) * 5 + least(pmod(d.decision_day + 1, 7), 5)) <= 7 THEN 1 ELSE 0 END AS is_ontime,
    CASE WHEN coalesce(d.counterpart_kind, '') = '自然人' THEN 0 ELSE 1 END AS needs_code,
    CASE WHEN d.uscc IS NOT NULL AND coalesce(d.uscc_flag, '') NOT IN ('check_digit', 'malformed', 'placeholder') THEN 1 ELSE 0 END AS is_code_ok,
    CASE WHEN o.uscc IS NOT NULL THEN 1 ELSE 0 END AS is_matched,
    CASE WHEN d.fine_wan >= 1000 OR (d.fine_wan > 0
      AND d.fine_wan = try_cast(regexp_extract(d.content, '罚款([0-9]+)元', 1) AS DECIMAL(20, 6))) THEN 1 ELSE 0 END AS is_wrong_unit
  FROM days AS d
  LEFT JOIN (SELECT DISTINCT uscc FROM base.organisation WHERE uscc IS NOT NULL) AS o ON o.uscc = d.uscc
)
SELECT decision_authority,
  week_on,
  CAST(count(*) AS BIGINT) AS n_reported,
  CAST(sum(CASE WHEN kind = 'penalty' THEN 1 ELSE 0 END) AS BIGINT) AS n_penalties,
  CAST(100.0 * sum(is_ontime) / count(*) AS DECIMAL(9, 2)) AS ontime_pct,
  CAST(100.0 * sum(is_code_ok * needs_code) / nullif(sum(needs_code), 0) AS DECIMAL(9, 2)) AS code_ok_pct,
  CAST(100.0 * sum(is_matched * needs_code) / nullif(sum(needs_code), 0) AS DECIMAL(9, 2)) AS match_pct,
  CAST(sum(is_wrong_unit) AS BIGINT) AS wrong_unit_n
FROM judged
GROUP BY decision_authority, week_on
