-- 镇街行业：市场主体（企业和个体工商户）按镇街和行业大类汇总。
SELECT town_code,
  industry_code,
  CAST(sum(CASE WHEN org_status = '1' THEN 1 ELSE 0 END) AS BIGINT) AS n_active,
  CAST(sum(CASE WHEN org_status = '1' AND established_on > add_months(DATE'{{as_of}}', -12) THEN 1 ELSE 0 END) AS BIGINT) AS n_new_12m,
  CAST(sum(CASE WHEN org_status IN ('2', '3', '4', '5') THEN 1 ELSE 0 END) AS BIGINT) AS n_gone,
  CAST(sum(CASE WHEN org_status = '1' THEN coalesce(registered_capital, 0) ELSE 0 END) AS DECIMAL(20, 6)) AS capital_sum_wan,
  CAST(sum(n_insured) AS BIGINT) AS n_insured,
  CAST(100.0 * sum(CASE WHEN is_abnormal OR is_dishonest THEN 1 ELSE 0 END) / count(*) AS DECIMAL(9, 2)) AS bad_credit_pct
FROM theme.enterprise_profile__profile
WHERE town_code IS NOT NULL AND industry_code IS NOT NULL AND subject_kind IN ('企业', '个体工商户')
GROUP BY town_code, industry_code
