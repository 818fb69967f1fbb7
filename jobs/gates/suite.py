"""A table's suite: the rules that follow from its contract, then those of its file in ``expectations/``."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from jobs.contracts import Catalog, Expectation, Resource

MAX_QUARANTINED = 0.05
"""Share of arrived rows that may be quarantined before the whole table is stopped."""
MAX_REJECTED = 0.05
"""Share of received records that may be rejected at landing before the delivery is refused."""


@dataclass(frozen=True)
class Rule:
    """One expectation with everything a report says about it."""

    id: str
    expect: str
    args: dict[str, Any]
    severity: str
    indicator: str
    name: str
    why: str = ""
    element: str = ""
    on: str = "arrived"
    """``arrived``: kept and quarantined rows together; ``kept``: what readers get; ``facts``: one row of counts."""

    @property
    def limit_pct(self) -> float:
        """Allowed share of failing rows, percent."""
        return round((1 - float(self.args.get("mostly", 1.0))) * 100, 4)


def suite_hash(rules: list[Rule]) -> str:
    """Identity of a suite: a changed rule must be judged again."""
    text = json.dumps([vars(rule) for rule in rules], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def landing_suite(sums: list[str], has_manifest: bool) -> list[Rule]:
    """Rules over the one-row table of a delivery's counts."""
    between, within = "expect_column_values_to_be_between", "expect_column_values_to_be_in_set"
    limit, loss = {"column": "rejected_pct", "max_value": MAX_REJECTED * 100}, "全量批次的行数没有未说明的骤减"
    rules = [
        _of_facts("landed_rows", between, {"column": "received", "min_value": 1}, "0202", "批次不为空"),
        _of_facts("rejected_share", between, limit, "0302", "拒收行不超过 5%"),
        _of_facts("last_record", within, {"column": "cut_off", "value_set": [0]}, "0202", "文件完整，末行未被截断"),
        _of_facts("unexplained_loss", between, {"column": "loss_beyond_pct", "max_value": 0}, "0202", loss, "交付契约"),
    ]
    if has_manifest:
        rules.append(_as_declared("declared_rows", "received", "declared", "行数"))
    return rules + [_as_declared(f"declared_sum {name}", f"sum {name}", f"declared {name}", name) for name in sums]


def _of_facts(rule: str, expect: str, args: dict[str, Any], indicator: str, name: str, why: str = "") -> Rule:
    return Rule(rule, expect, args, "critical", indicator, name, why, on="facts")


def _as_declared(rule: str, counted: str, declared: str, what: str) -> Rule:
    args = {"column_A": counted, "column_B": declared}
    name = f"{what}与交付声明相符" if what == "行数" else f"{what} 合计与交付声明相符"
    return _of_facts(rule, "expect_column_pair_values_to_be_equal", args, "0202", name, "交付清单")


def standardised_suite(catalog: Catalog, resource: Resource) -> list[Rule]:
    """Rules that follow from the contract of a resource, then its declared ones."""
    rules = [_key_unique(resource), _not_too_many_quarantined()]
    for source_field in resource.fields:
        column, label = source_field.column, source_field.label
        is_key = source_field.name in resource.load.key
        if source_field.required:
            severity = "critical" if is_key else "warning"
            mostly = {"mostly": 1 - MAX_QUARANTINED} if is_key else {}
            rules.append(
                Rule(
                    f"required {column}",
                    "expect_column_values_to_not_be_null",
                    {"column": column, **mostly},
                    severity,
                    "0201",
                    f"{label}不为空",
                    "交付契约",
                    column,
                )
            )
        if catalog.code_table_of(source_field) is not None:
            grade = "critical" if resource.drift.codes == "stop" else "warning"
            rules.append(_flag_rule(column, label, ("unseen_code",), "0105", "在代码表内", "代码表", 0.995, grade))
        else:
            rules += _flag_rules(catalog, source_field.element, column, label)
        if source_field.against:
            told = next(other.label for other in resource.fields if other.column == source_field.against)
            rules.append(_flag_rule(column, label, ("differs",), "0402", f"与{told}一致", "GB 11643-1999", 0.98))
    declared = catalog.expectations.get(("3_standardised", resource.id), ())
    return rules + [_declared(rule, position) for position, rule in enumerate(declared)]


def table_suite(catalog: Catalog, folder: str, name: str, key: list[str]) -> list[Rule]:
    """Rules of a fused or derived table: its key, that it is not empty, and its declared ones."""
    rules = (
        [
            Rule(
                "key_unique",
                "expect_compound_columns_to_be_unique" if len(key) > 1 else "expect_column_values_to_be_unique",
                {"column_list": key} if len(key) > 1 else {"column": key[0]},
                "critical",
                "0304",
                "主键不重复",
                on="kept",
            )
        ]
        if key
        else []
    )
    rules.append(
        Rule(
            "not_empty",
            "expect_table_row_count_to_be_between",
            {"min_value": 1},
            "critical",
            "0202",
            "不为空表",
            on="kept",
        )
    )
    declared = catalog.expectations.get((folder, name), ())
    return rules + [_declared(rule, position) for position, rule in enumerate(declared)]


def _key_unique(resource: Resource) -> Rule:
    key = list(resource.key_columns)
    one = len(key) == 1
    expect = "expect_column_values_to_be_unique" if one else "expect_compound_columns_to_be_unique"
    args = {"column": key[0]} if one else {"column_list": key}
    return Rule("key_unique", expect, args, "critical", "0304", "主键不重复", "交付契约", key[0], on="kept")


def _not_too_many_quarantined() -> Rule:
    args = {"column": "_quarantined", "value_set": [False], "mostly": 1 - MAX_QUARANTINED}
    return Rule(
        "quarantined_share",
        "expect_column_values_to_be_in_set",
        args,
        "critical",
        "0305",
        "隔离行不超过 5%",
        "项目规则",
    )


_FLAGS = (
    (
        ("resident_id", "identity_document"),
        ("check_digit", "malformed"),
        "0301",
        "校验位和格式正确",
        "GB 11643-1999",
        0.98,
    ),
    (("uscc", "taxpayer_id"), ("check_digit", "malformed"), "0301", "校验位和格式正确", "GB 32100-2015", 0.98),
    (
        ("uscc", "taxpayer_id"),
        ("unknown_kind", "org_check_digit", "unknown_division"),
        "0105",
        "所含登记管理部门、机构类别、主体标识和区划存在",
        "GB 32100-2015",
        0.98,
    ),
    (("licence_identifier",), ("check_digit", "malformed"), "0301", "标识校验正确", "GB/T 36904-2018", 0.97),
    (("mobile",), ("malformed", "placeholder"), "0305", "号码可用", "", 0.95),
    (("person_name", "org_name"), ("malformed", "placeholder"), "0305", "无乱码、无占位值", "", 0.99),
    (
        ("date", "datetime", "integer", "decimal", "amount"),
        ("unparsed",),
        "0302",
        "格式可识别",
        "GB/T 7408.1-2023",
        0.99,
    ),
    (("longitude", "latitude"), ("implausible", "unparsed"), "0301", "落在市域内", "", 0.97),
)


def _flag_rules(catalog: Catalog, element: str, column: str, label: str) -> list[Rule]:
    """Shares of flagged cells, by the rule that reads the element."""
    kind = catalog.elements[element].rule
    return [
        _flag_rule(column, label, flags, indicator, what, why, mostly)
        for kinds, flags, indicator, what, why, mostly in _FLAGS
        if kind in kinds
    ]


def _flag_rule(
    column: str,
    label: str,
    flags: tuple[str, ...],
    indicator: str,
    what: str,
    why: str,
    mostly: float,
    severity: str = "warning",
) -> Rule:
    args = {"column": f"{column}__flag", "value_set": list(flags), "mostly": mostly}
    expect = "expect_column_values_to_not_be_in_set"
    return Rule(f"{'/'.join(flags)} {column}", expect, args, severity, indicator, f"{label}{what}", why, column)


def _declared(expectation: Expectation, position: int) -> Rule:
    args = dict(expectation.args)
    element = str(args.get("column") or args.get("column_A") or "").removesuffix("__flag")
    if expectation.severity == "critical":
        args.setdefault("mostly", 1 - MAX_QUARANTINED)
    return Rule(
        f"{expectation.expect}#{position}",
        expectation.expect,
        args,
        expectation.severity,
        expectation.indicator,
        expectation.name or expectation.why or expectation.expect,
        expectation.why,
        element,
    )


def suite_json(rules: list[Rule]) -> str:
    """The suite as text, for people who want to read it."""
    return json.dumps([asdict(rule) for rule in rules], ensure_ascii=False, indent=1, default=str)
