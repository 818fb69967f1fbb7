-- 实有人口：按居住村（社区）汇总在莞证据；落不到村社区的人不计入。
WITH villages AS (
  SELECT village_code, max(town_name) AS town_name, max(village_name) AS village_name
  FROM base.address WHERE village_code IS NOT NULL GROUP BY village_code
),
counted AS (
  SELECT village_code,
    sum(CASE WHEN household THEN 1 ELSE 0 END) AS n_register,
    sum(CASE WHEN permit THEN 1 ELSE 0 END) AS n_permit,
    count(*) AS n_evidence,
    sum(score) AS score
  FROM theme.population__presence_evidence WHERE village_code IS NOT NULL GROUP BY village_code
)
SELECT substr(c.village_code, 1, 9) AS town_code,
  v.town_name,
  c.village_code,
  v.village_name,
  CAST(c.n_register AS BIGINT) AS n_register,
  CAST(c.n_permit AS BIGINT) AS n_permit,
  CAST(c.n_evidence AS BIGINT) AS n_evidence,
  CAST(round(c.score / 100.0) AS BIGINT) AS n_estimate
FROM counted AS c LEFT JOIN villages AS v ON v.village_code = c.village_code
