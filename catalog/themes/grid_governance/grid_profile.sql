-- 网格画像：现行网格清单上的每个网格，家底各是多少。人口取在莞证据中的居住网格。
WITH grids AS (
  SELECT grid_code, grid_name, town_code, village_code, village_name
  FROM std.zfw__zwgc__grid WHERE coalesce(is_deleted, '0') = '0'
),
persons AS (
  SELECT grid_code, count(*) AS n_person
  FROM theme.population__presence_evidence WHERE grid_code IS NOT NULL GROUP BY grid_code
),
houses AS (
  SELECT grid_code, count(*) AS n_house, sum(CASE WHEN is_rental = '1' THEN 1 ELSE 0 END) AS n_rental
  FROM base.address WHERE house_code IS NOT NULL AND address_id IS NOT NULL GROUP BY grid_code
),
places AS (
  SELECT grid_code, count(*) AS n_place FROM std.zfw__zwgc__place GROUP BY grid_code
),
staff AS (
  SELECT grid_code, count(*) AS n_staff FROM std.zfw__zwgc__staff WHERE person_status = '1' GROUP BY grid_code
)
SELECT g.grid_code,
  g.grid_name,
  g.town_code,
  g.village_code,
  g.village_name,
  CAST(coalesce(p.n_person, 0) AS BIGINT) AS n_person,
  CAST(coalesce(h.n_house, 0) AS BIGINT) AS n_house,
  CAST(coalesce(h.n_rental, 0) AS BIGINT) AS n_rental,
  CAST(coalesce(l.n_place, 0) AS BIGINT) AS n_place,
  CAST(coalesce(s.n_staff, 0) AS BIGINT) AS n_staff,
  CAST(coalesce(p.n_person, 0) * 1.0 / nullif(s.n_staff, 0) AS DECIMAL(9, 2)) AS person_per_staff
FROM grids AS g
LEFT JOIN persons AS p ON p.grid_code = g.grid_code
LEFT JOIN houses AS h ON h.grid_code = g.grid_code
LEFT JOIN places AS l ON l.grid_code = g.grid_code
LEFT JOIN staff AS s ON s.grid_code = g.grid_code
