"""Parts of an organisation's name: place + core + legal form (+ branch), 企业名称登记管理规定.

A part is read only where the name shows it; the name itself is kept as it is written.
"""

from __future__ import annotations

from jobs.rules.names import simplified
from jobs.rules.rule import Policy, Rule, Step, no_suspicion, same_text
from jobs.rules.sql import extracted, matches, replaced
from jobs.rules.texts import ORG_NAME

_CITIES = "东莞|广州|深圳|佛山|中山|珠海|惠州|江门|肇庆|汕头|韶关|湛江|茂名|梅州|汕尾|河源|阳江|清远|潮州|揭阳|云浮"
_PLACE = f"^(?:（?(?:中国|广东省?|(?:{_CITIES})市?)）?)+"
_FORMS = (
    "股份有限公司|有限责任公司|集团有限公司|有限公司|集团总公司|集团公司|总公司|公司|农民专业合作社|专业合作社|合作社|合伙企业"
    "|事务所|研究院|研究所|经营部|商行|商店|总厂|厂|酒店|饭店|药店|超市|商场|服务部|工作室|店|中心|学校|幼儿园|医院|协会|商会|基金会"
)
_REMARK = "(?:（(?:普通合伙|特殊普通合伙|有限合伙|个人独资|个体工商户|中外合资|中外合作|外商独资|集团)）)?"
_BRANCH = (
    "(?:第?[^（）]{0,12}?)(?:分公司|分厂|分店|分行|支行|分社|分校|营业部|门市部|办事处|代表处|经营部|服务部|加油站)"
)
_PARTS = f"^(.+?)({_FORMS})({_REMARK})(（?{_BRANCH}）?)?$"


def _group(group: int) -> Step:
    def part(text: str, _policy: Policy) -> str:
        return f"nullif({extracted(text, _PARTS, group)}, '')"

    return part


def _core(text: str, _policy: Policy) -> str:
    """What tells the firm from others of its place and form, simplified; a place in brackets is no part of it."""
    core = replaced(replaced(extracted(text, _PARTS, 1), _PLACE, ""), f"（(?:{_CITIES}|中国|广东)）", "")
    return f"nullif({core}, '')"


def _text(raw: str, policy: Policy) -> str:
    return simplified(ORG_NAME.text(raw, policy))


def _is_placeholder(text: str, policy: Policy) -> str:
    return f"{ORG_NAME.parsed(text, policy)} IS NULL"


def is_branch(text: str) -> str:
    """Whether a name is that of a branch."""
    return matches(text, f"{_BRANCH}）?$")


def _rule(name: str, parsed: Step) -> Rule:
    return Rule(name, "string", _text, parsed, _is_placeholder, no_suspicion, same_text)


CORE_OF_ORG_NAME = _rule("core_of_org_name", _core)
FORM_OF_ORG_NAME = _rule("form_of_org_name", _group(2))
BRANCH_OF_ORG_NAME = _rule("branch_of_org_name", _group(4))
