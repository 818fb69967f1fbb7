"""The vocabulary of the pages: one Chinese word for each code that the tables use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """A status: word, shape and colour class always go together."""

    word: str
    icon: str
    tone: str


STATES = {
    "ok": Sign("通过", "ok", "ok"),
    "warned": Sign("有提示", "warn", "warn"),
    "blocked": Sign("阻断", "block", "block"),
    "stale": Sign("陈旧", "stale", "stale"),
    "waiting": Sign("未测量", "none", "none"),
    "declared": Sign("未接入", "none", "none"),
}
USABLE = Sign("可用", "ok", "ok")
"""What ``ok`` is called where the table is a product that people use."""
MISSING = Sign("缺交", "stale", "stale")
REFUSED = Sign("拒收", "block", "block")
NOT_COUNTED = Sign("不计入", "none", "none")
UNMEASURED = Sign("未测", "none", "none")
UNKNOWN = Sign("不明", "none", "none")

OUTCOMES = {
    "passed": Sign("通过", "ok", "ok"),
    "critical": Sign("未过", "block", "block"),
    "warning": Sign("有提示", "warn", "warn"),
    "info": Sign("有提示", "warn", "warn"),
    "error": Sign("未评", "block", "block"),
}
CARDS = {
    "red": Sign("红牌", "red", ""),
    "yellow": Sign("黄牌", "yellow", ""),
    "green": Sign("绿牌", "green", ""),
    "none": Sign("未测", "none", "none"),
}

DIMENSIONS = {"01": "规范性", "02": "完整性", "03": "准确性", "04": "一致性", "05": "时效性", "06": "可访问性"}
SEVERITIES = {"critical": "关键", "warning": "提示", "info": "告知"}
RESPONSIBLE = {"department": "本部门", "transport": "传输", "platform": "平台", "rule": "规则"}
LAYERS = {
    "landed": "入湖",
    "standardised": "标准化",
    "resolved": "归并",
    "fused": "基础库融合",
    "derived": "专题派生",
    "audited": "审计",
}
KINDS = {
    "rule_failed": "规则未过",
    "delivery_refused": "整批拒收",
    "table_blocked": "阻断",
    "table_stale": "陈旧",
    "rows_rejected": "行被拒收",
    "rows_quarantined": "行被隔离",
    "key_repeated": "主键重复",
    "name_contradiction": "号码相同姓名不符",
    "delivery_repeated": "重复交付",
    "delivery_late": "迟交",
    "delivery_missing": "缺交",
    "delivery_unchanged": "久未变化",
    "delivery_withdrawn": "批次撤回",
    "delivery_corrected": "批次更正",
    "rows_unusual": "行数异常",
    "drift_added": "多出列",
    "drift_missing": "缺列",
    "drift_renamed": "列改名",
    "drift_reordered": "列换位",
    "drift_retyped": "列内容变样",
    "almost_empty": "几乎无数据",
    "files_unclaimed": "文件名不合登记",
    "unseen_code": "代码表外的值",
    "level_understated": "定级偏低",
    "ledger": "行数账不平",
}
CYCLES = {
    "realtime": "实时",
    "daily": "每日",
    "weekly": "每周",
    "monthly": "每月",
    "quarterly": "每季",
    "yearly": "每年",
}
LOADS = {"full": "全量", "incremental": "增量", "cdc": "变更"}
SHARES = {"unconditional": "无条件共享", "conditional": "有条件共享", "denied": "不予共享"}
TYPES = {
    "string": "字符",
    "text": "文本",
    "date": "日期",
    "datetime": "日期时间",
    "integer": "整数",
    "decimal": "小数",
    "binary": "二进制",
    "geometry": "图形",
}
PERSONAL = {"direct": "直接标识", "quasi": "准标识", "sensitive": "敏感", "none": ""}
INDICATORS = {
    "0101": "数据标准",
    "0102": "数据模型",
    "0103": "元数据",
    "0104": "业务规则",
    "0105": "权威参考数据",
    "0106": "安全规范",
    "0201": "数据元素完整性",
    "0202": "数据记录完整性",
    "0301": "内容正确性",
    "0302": "格式合规性",
    "0303": "数据重复率",
    "0304": "数据唯一性",
    "0305": "脏数据出现率",
    "0401": "相同数据一致性",
    "0402": "关联数据一致性",
    "0501": "时间段正确性",
    "0502": "时间点及时性",
    "0503": "时序性",
    "0601": "可访问",
    "0602": "可用性",
}
"""Indicators of GB/T 36344-2018."""
FATES = (
    ("current", "保留", "通过行级规则，供使用"),
    ("quarantined", "隔离", "触犯关键行级规则，更正后自动重放"),
    ("duplicate", "重复", "与同批或前批的行逐字节相同"),
    ("superseded", "被替代", "同一主键有更新的行"),
    ("withdrawn", "撤回", "后来的全量不再包含，或标明删除"),
)
NOTES = {
    "preamble": "表头之上的说明行，已跳过",
    "footer": "已登记的表尾行（合计、制表人等），已跳过",
    "open_end": "末行没有换行符，已接收",
    "bom": "未登记的字节序标记（BOM），已去掉",
    "mixed_ends": "换行符与首行不一的行，已按行接收",
    "end_mark": "文件末尾的结束符（1A），已去掉",
    "trailing_delimiter": "行末多出的分隔符，多出的空列未采用",
    "nameless_columns": "没有列名的列，未采用",
    "nameless_cells": "在没有列名处有内容的行，该内容未采用",
    "respelt_names": "写法与登记不同的列名（空格、全半角等），已对应",
    "said_encoding": "文件自称的编码与登记不同，已按登记读取",
    "other_members": "压缩包内的其他文件，未读取",
    "member_names": "压缩包内文件名未标明编码，按 GB18030 读取",
    "untaken_records": "整批拒收的文件共有的行数，均未接收",
    "blank": "空行，已跳过",
    "blank_inside": "表中间的空行，已跳过",
    "private_use": "字节 EE（私有区用字等），已接收",
    "damaged_text": "疑似乱码的行，已接收待核",
    "merged": "合并单元格，已按登记填充",
    "deleted": "标为已删除的记录，已跳过",
    "other_sheets": "其他工作表，未读取",
    "hidden_sheets": "隐藏的工作表，未读取",
}
"""What was repaired or passed over while a delivery was read, or taken though doubtful."""
REJECTS = {
    "column_count": "列数与表头不符",
    "length": "行长与登记的列宽不符",
    "quote": "引号未成对",
    "footer": "像是未登记的表尾行",
    "header_again": "表头重复出现",
    "second_table": "同一表中另有一张表",
    "not_an_object": "不是一个完整的对象",
    "not_flat": "嵌套过深",
    "not_json": "不是合法的 JSON",
    "not_text": "含不合编码的字节",
    "duplicate_key": "同一记录中键重复",
    "mixed_content": "元素之间夹有文字",
    "merged": "含未登记的合并单元格",
    "formula": "公式没有计算结果",
    "error_cell": "含错误值单元格",
    "date": "日期无法确定",
    "overflow": "数值溢出",
    "precision": "数字超出 15 位，已失真",
    "leading_zeros": "数字丢失前导零",
}
"""Why a record was not taken, by the first word of the reason."""
ROW_RULES = {"key_missing": "主键为空", "garbled": "含乱码"}
"""Row rules that follow from the contract; the declared ones carry their own names."""


def indicator(code: str) -> str:
    """``0301 内容正确性``."""
    return f"{code} {INDICATORS.get(code[:4], '')}".strip() if code else "—"


def outcome(rule_outcome: str, severity: str, checked: int = 1) -> Sign:
    """How a rule's verdict is shown: a failure by its severity; what found nothing to check has not passed."""
    if rule_outcome == "passed" and not checked:
        return UNMEASURED
    return OUTCOMES.get(severity if rule_outcome == "failed" else rule_outcome, UNKNOWN)


def state(code: str, product: bool = False) -> Sign:
    """A table's state; unknown codes are shown as such, never as success."""
    return USABLE if product and code == "ok" else STATES.get(code, UNKNOWN)
