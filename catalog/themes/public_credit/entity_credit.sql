-- 主体信用画像：法人库每个有统一社会信用代码的主体；三年处罚自决定日算起。
WITH permits AS (
  SELECT uscc, count(*) AS n FROM base.credit_permit
  WHERE uscc IS NOT NULL AND permit_state = '1' AND (valid_to IS NULL OR valid_to >= DATE'{{as_of}}') GROUP BY uscc
),
penalties AS (
  SELECT uscc, count(*) AS n, sum(fine_wan) AS fine_wan FROM base.credit_penalty
  WHERE uscc IS NOT NULL AND decision_on > add_months(DATE'{{as_of}}', -36) AND decision_on <= DATE'{{as_of}}' GROUP BY uscc
),
abnormal AS (
  SELECT DISTINCT uscc FROM std.scjgj__credit__abnormal
  WHERE uscc IS NOT NULL AND (abnormal_out_on IS NULL OR abnormal_out_on > DATE'{{as_of}}')
),
listed AS (
  SELECT DISTINCT uscc FROM std.fgj__credit__blacklist
  WHERE uscc IS NOT NULL AND (abnormal_out_on IS NULL OR abnormal_out_on > DATE'{{as_of}}')
    AND (credit_repaired_on IS NULL OR credit_repaired_on > DATE'{{as_of}}')
)
SELECT o.canonical_id,
  o.uscc,
  o.org_name,
  CAST(coalesce(p.n, 0) AS BIGINT) AS n_permits,
  CAST(coalesce(f.n, 0) AS BIGINT) AS n_penalties_3y,
  CAST(coalesce(f.fine_wan, 0) AS DECIMAL(20, 6)) AS fine_sum_wan,
  a.uscc IS NOT NULL AS is_abnormal,
  l.uscc IS NOT NULL AS is_dishonest
FROM base.organisation AS o
LEFT JOIN permits AS p ON p.uscc = o.uscc
LEFT JOIN penalties AS f ON f.uscc = o.uscc
LEFT JOIN abnormal AS a ON a.uscc = o.uscc
LEFT JOIN listed AS l ON l.uscc = o.uscc
WHERE o.uscc IS NOT NULL
