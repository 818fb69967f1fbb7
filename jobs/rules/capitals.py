"""Amounts in the capital numerals of invoices and registers: 人民币壹佰万元整, 叁仟零伍拾元陆角 (支付结算办法, 附件一).

Only the full writing is read: a digit stands before its unit, the unit of money is written, and 零 stands where a place
is passed over. 叁万伍元, which may mean two amounts, is not read.
"""

from __future__ import annotations

from jobs.rules.sql import cases, literal, matches, replaced, translated

DIGITS = "壹贰叁肆伍陆柒捌玖"
_VARIANTS, _USUAL = "弌弍弎貳參叄陸柒圓億萬両兩", "壹贰叁贰叁叁陆柒元亿万贰贰"
_D = f"([{DIGITS}])"
_PART = f"(?:{_D}仟)?零?(?:{_D}佰)?零?(?:{_D}拾)?零?{_D}?"
_AMOUNT = (
    f"^(?:人民币:?|[¥￥])?(?:{_PART}亿)?零?(?:{_PART}万)?零?{_PART}元(?:整|正|零?(?:{_D}角)?零?(?:{_D}分)?(?:整|正)?)?$"
)
_PLACES = 14
"""Groups: four digits of 亿, of 万 and of 元, then 角 and 分."""
_AMBIGUOUS = f"仟[{DIGITS}][^佰]|佰[{DIGITS}][^拾]|[亿万][{DIGITS}][^仟]|亿零?万|(?:^|币:?|[¥￥])[元万亿]"


def is_capital(text: str) -> str:
    """Whether a text may be an amount in capital numerals."""
    return matches(text, f"[{DIGITS}{_VARIANTS[:8]}零].*[元圆圓]")


def capital_digits(text: str) -> str:
    """Digits of the amount in 元 with two decimals, as text; null where it is not in full writing."""
    usual = translated(text, _VARIANTS + "圆：", _USUAL + "元:")
    whole = "".join(f"${n}-" for n in range(1, _PLACES - 1))
    places = f"{whole}.-${_PLACES - 1}-${_PLACES}-"
    parted = f"concat('-', {replaced(usual, _AMOUNT, places)})"
    filled = f"replace(replace(replace(replace({parted}, '--', '-0-'), '--', '-0-'), '-.-', '.'), '-', '')"
    digits = translated(filled, DIGITS, "123456789")
    sound = f"{matches(usual, _AMOUNT)} AND NOT {matches(usual, _AMBIGUOUS)}"
    return cases([(sound, digits)], f"nullif({literal('')}, '')")
