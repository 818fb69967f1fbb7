-- 风险点位：五类台账合成一个图层；坐标不在市域内的点保留，但不上图（has_location 为否）。
WITH located AS (
  SELECT address_id, max(town_name) AS town_name, max(grid_code) AS grid_code, max(longitude) AS longitude, max(latitude) AS latitude
  FROM base.address WHERE address_id IS NOT NULL GROUP BY address_id
),
points AS (
  SELECT concat('yjj.risk.enterprise:', place_code) AS point_id, '危险源企业' AS point_kind, coalesce(org_name, risk_name) AS point_name,
    uscc, risk_level, town_name, CAST(NULL AS STRING) AS grid_code, longitude, latitude
  FROM std.yjj__risk__enterprise
  UNION ALL
  SELECT concat('xfzd.key.unit:', place_code), '消防重点单位', place_name, uscc, risk_level, town_name, CAST(NULL AS STRING), longitude, latitude
  FROM std.xfzd__key__unit
  UNION ALL
  SELECT concat('zfw.zwgc.place:', p.place_code), CASE WHEN p.is_small_place = '1' THEN '三小场所' ELSE '重点场所' END, p.place_name, p.uscc,
    p.risk_level, a.town_name, p.grid_code, coalesce(p.longitude, a.longitude), coalesce(p.latitude, a.latitude)
  FROM std.zfw__zwgc__place AS p LEFT JOIN located AS a ON a.address_id = p.address_id
  WHERE p.risk_level IS NOT NULL
  UNION ALL
  SELECT concat('zfw.zwgc.house:', h.house_code), '出租屋', h.house_code, CAST(NULL AS STRING), h.risk_level, a.town_name,
    coalesce(h.grid_code, a.grid_code), a.longitude, a.latitude
  FROM std.zfw__zwgc__house AS h LEFT JOIN located AS a ON a.address_id = h.address_id
  WHERE h.is_rental = '1' AND h.risk_level IN ('1', '2')
  UNION ALL
  SELECT concat('cgj.gas.station:', facility_code), '燃气场站', facility_name, uscc, CAST(NULL AS STRING), CAST(NULL AS STRING),
    CAST(NULL AS STRING), longitude, latitude
  FROM std.cgj__gas__station
)
SELECT point_id,
  point_kind,
  point_name,
  uscc,
  risk_level,
  CASE risk_level WHEN '1' THEN '红' WHEN '2' THEN '橙' WHEN '3' THEN '黄' WHEN '4' THEN '蓝' ELSE '未评' END AS risk_colour,
  town_name,
  grid_code,
  CASE WHEN longitude BETWEEN 113.5 AND 114.3 AND latitude BETWEEN 22.6 AND 23.2 THEN longitude END AS longitude,
  CASE WHEN longitude BETWEEN 113.5 AND 114.3 AND latitude BETWEEN 22.6 AND 23.2 THEN latitude END AS latitude,
  coalesce(longitude BETWEEN 113.5 AND 114.3 AND latitude BETWEEN 22.6 AND 23.2, FALSE) AS has_location
FROM points
