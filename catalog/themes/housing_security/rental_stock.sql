-- 租赁存量：每村社区截止日所在月。已备案指该地址有一份截止日有效的租赁备案。
WITH located AS (
  SELECT address_id, max(village_code) AS village_code, max(village_name) AS village_name, max(is_rental) AS is_rental
  FROM base.address WHERE address_id IS NOT NULL AND village_code IS NOT NULL GROUP BY address_id
),
leases AS (
  SELECT address_id, monthly_rent FROM std.zjj__lease__record
  WHERE address_id IS NOT NULL AND licence_status = '01' AND contract_from <= DATE'{{as_of}}' AND contract_to >= DATE'{{as_of}}'
),
leased AS (
  SELECT DISTINCT address_id FROM leases
),
stock AS (
  SELECT a.village_code, max(a.village_name) AS village_name, count(*) AS n_rental,
    sum(CASE WHEN l.address_id IS NULL THEN 0 ELSE 1 END) AS n_recorded
  FROM located AS a LEFT JOIN leased AS l ON l.address_id = a.address_id
  WHERE a.is_rental = '1' GROUP BY a.village_code
),
rents AS (
  SELECT a.village_code, median(l.monthly_rent) AS middle
  FROM leases AS l JOIN located AS a ON a.address_id = l.address_id
  WHERE l.monthly_rent > 0 GROUP BY a.village_code
),
tenants AS (
  SELECT a.village_code, sum(h.tenant_count) AS n_tenants, sum(h.household_count) AS n_rooms
  FROM std.zfw__zwgc__house AS h JOIN located AS a ON a.address_id = h.address_id
  WHERE h.is_rental = '1' AND h.tenant_count IS NOT NULL AND h.household_count > 0 GROUP BY a.village_code
)
SELECT s.village_code,
  s.village_name,
  substr('{{as_of}}', 1, 7) AS stat_month,
  CAST(s.n_rental AS BIGINT) AS n_rental,
  CAST(100.0 * s.n_recorded / s.n_rental AS DECIMAL(9, 2)) AS recorded_pct,
  CAST(r.middle AS DECIMAL(12, 2)) AS avg_rent,
  CAST(t.n_tenants * 1.0 / nullif(t.n_rooms, 0) AS DECIMAL(9, 2)) AS occupancy
FROM stock AS s
LEFT JOIN rents AS r ON r.village_code = s.village_code
LEFT JOIN tenants AS t ON t.village_code = s.village_code
