-- 人口结构：截止日有在莞证据的人，按镇街、年龄段和性别；年龄按周岁算。
WITH mentions AS (
  SELECT canonical_id, s.resource AS resource, s.record_key AS record_key
  FROM (SELECT canonical_id, explode(_sources) AS s FROM base.person) AS exploded
),
collected AS (
  -- 法定来源没有出生日期和性别的流动人口，用采集记录补
  SELECT m.canonical_id, concat('1', r._key) AS place, r.birth_date AS birth_date, r.sex AS sex
  FROM std.gaj__residence__person AS r JOIN mentions AS m ON m.resource = 'gaj.residence.person' AND m.record_key = r._key
  UNION ALL
  SELECT m.canonical_id, concat('2', p._key), p.birth_date, p.sex
  FROM std.zfw__zwgc__person AS p JOIN mentions AS m ON m.resource = 'zfw.zwgc.person' AND m.record_key = p._key
),
filled AS (
  SELECT canonical_id,
    min_by(birth_date, CASE WHEN birth_date <= DATE'{{as_of}}' THEN place END) AS birth_date,
    min_by(sex, CASE WHEN sex IS NOT NULL THEN place END) AS sex
  FROM collected GROUP BY canonical_id
),
people AS (
  SELECT e.town_code, e.household, coalesce(p.sex, f.sex, '0') AS sex,
    floor(months_between(DATE'{{as_of}}', CASE WHEN p.birth_date <= DATE'{{as_of}}' THEN p.birth_date ELSE f.birth_date END) / 12) AS age
  FROM theme.population__presence_evidence AS e
  JOIN base.person AS p ON p.canonical_id = e.canonical_id
  LEFT JOIN filled AS f ON f.canonical_id = e.canonical_id
  WHERE e.town_code IS NOT NULL
),
banded AS (
  SELECT town_code, household, sex,
    CASE WHEN age IS NULL THEN '不详' WHEN age < 6 THEN '0-5岁' WHEN age < 15 THEN '6-14岁' WHEN age < 60 THEN '15-59岁'
      WHEN age < 80 THEN '60-79岁' ELSE '80岁及以上' END AS age_band
  FROM people
)
SELECT CAST(substr('{{as_of}}', 1, 4) AS BIGINT) AS stat_year,
  town_code,
  age_band,
  sex,
  CAST(count(*) AS BIGINT) AS n,
  CAST(100.0 * sum(CASE WHEN household THEN 0 ELSE 1 END) / count(*) AS DECIMAL(9, 2)) AS migrant_pct
FROM banded
GROUP BY town_code, age_band, sex
