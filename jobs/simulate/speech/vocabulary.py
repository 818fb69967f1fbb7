"""Plausible words and ranges for columns that the world says nothing of."""

from __future__ import annotations

WORDS: dict[str, tuple[str, ...]] = {
    "bank_name": ("东莞农村商业银行", "东莞银行", "中国工商银行东莞分行", "中国农业银行东莞分行"),
    "birth_facility_name": ("东莞市妇幼保健院", "东莞市人民医院", "东莞市松山湖中心医院", "东莞市滨海湾中心医院"),
    "blacklist_basis": ("有履行能力而拒不履行生效法律文书", "拖欠农民工工资", "被列入经营异常名录满三年"),
    "building_name": ("汇丰大厦", "工业楼", "宿舍楼", "综合楼", "商住楼"),
    "class_name": ("1班", "2班", "3班", "4班", "5班", "6班"),
    "competent_unit": ("市民政局", "市教育局", "市文化广电旅游体育局", "市卫生健康局"),
    "death_cause": ("循环系统疾病", "恶性肿瘤", "呼吸系统疾病", "损伤和中毒", "内分泌营养代谢病"),
    "diagnosis": ("冠心病", "肺癌", "慢性阻塞性肺病", "脑出血", "糖尿病"),
    "duty_text": ("巡查发现并上报", "宣传引导", "协助核实", "跟踪处置结果"),
    "estate_name": ("金地花园", "万科城", "东骏豪苑", "星河时代", "丰泰城", "新世纪花园"),
    "event_major_class": ("市容环境", "安全隐患", "公共秩序", "民生服务", "劳动保障", "市场监管"),
    "event_minor_class": ("占道经营", "消防通道堵塞", "噪声扰民", "欠薪", "违规排污", "电动车违停"),
    "event_title": ("占道经营案", "擅自设置户外广告案", "违规倾倒垃圾案"),
    "grade_name": ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "初一", "初二", "初三"),
    "grid_name": ("第1网格", "第2网格", "第3网格"),
    "handling_result": ("已现场处置", "已责令整改", "已转相关部门", "已答复诉求人", "已调解"),
    "hazard_content": ("灭火器过期", "安全出口上锁", "电线私拉乱接", "堵塞消防通道", "未发现问题"),
    "implementing_unit": ("东莞市殡仪馆", "东莞市住房和城乡建设局", "东莞市政务服务中心"),
    "implementing_unit_code": ("441900", "441900003", "441900101", "441900119"),
    "lead_unit": ("市公安局", "市城管局", "市应急管理局", "市人力资源社会保障局", "市市场监管局", "市生态环境局"),
    "legal_basis": ("《东莞市网格化服务管理规定》", "《广东省消防条例》", "《保障农民工工资支付条例》"),
    "maintaining_unit": ("东莞市市政管养中心", "东莞市园林绿化养护公司"),
    "managing_unit": ("东莞市城市管理和综合执法局", "东莞市住房和城乡建设局"),
    "material_name": ("天那水", "液氨", "铝粉", "液化石油气", "酒精"),
    "occupation": ("职员", "工人", "教师", "个体经营者", "司机", "厨师", "护士", "退休"),
    "org_rank": ("正处级", "副处级", "正科级", "副科级"),
    "owner_unit": ("东莞市城市管理和综合执法局", "镇街城管分局", "村委会"),
    "patrol_frequency": ("每日一次", "每周一次", "每月一次", "每季一次"),
    "permit_cert_name": ("食品经营许可证", "道路运输经营许可证", "排水许可证"),
    "reason_text": ("未按期公示年度报告", "无法联系", "对处理结果不满意", "已重新派单"),
    "remark": ("历史补录", "代办", "已核对原件"),
    "risk_name": ("喷涂车间", "粉尘作业区", "化学品仓库", "有限空间"),
    "source_unit": ("东莞市市场监督管理局", "东莞市城市管理和综合执法局"),
    "team_name": ("网格一队", "网格二队", "网格三队"),
}
"""Phrases that a column is filled with."""

NAMED = ("case_handler", "staff_name", "contact_name")
"""Columns that name somebody of the city."""

RANGES: dict[str, tuple[int, int]] = {
    "birth_weight_g": (2400, 4300),
    "building_area": (30, 180),
    "building_floors": (2, 33),
    "contribution_months": (1, 360),
    "handle_hours": (4, 240),
    "hpf_balance": (500, 90_000),
    "hpf_base": (2_300, 25_000),
    "hpf_monthly_amount": (200, 3_000),
    "hpf_monthly_amount__dwyjce": (200, 3_000),
    "household_count": (1, 12),
    "involved_count": (1, 60),
    "monthly_rent": (500, 4_500),
    "obligation_amount": (2_000, 300_000),
    "place_area": (15, 2_000),
    "place_capacity": (10, 500),
    "population_count": (60, 1_900),
    "postal_code": (523_000, 523_999),
    "staffing_quota": (3, 80),
    "subsidy_amount": (300, 1_300),
    "tenant_count": (0, 8),
}
"""Lowest and highest whole number of a column."""
