"""Invented names with the skew of real ones: a few surnames carry half the people; some are compound, some rare."""

from __future__ import annotations

from random import Random

_SURNAMES = (
    "陈李张黄王刘林吴梁杨周叶何郑罗邓钟朱赵谢曾袁胡许冯徐卢蔡彭苏潘莫温方谭廖"
    "江丁余戴韩姚尹曹范邱龚邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严"
)
_COMPOUND = ("欧阳", "司徒", "上官", "诸葛", "司马", "东方", "尉迟")
_MALE = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林建国志文海东峰祥"
_FEMALE = "芳娜敏静丽艳娟霞秀燕玲桂英梅莉萍红玉洁琳雪倩婷颖慧莹欣怡佳悦晓雅琪璐薇梦琴兰"
_RARE = "\U0002cb2c\U0002c35b\U0002b5ae\u4dae\U000250c1\U0002cc56\U00021413\U00020164"
"""U+20000 and above, but for one of Extension A: what old systems cannot write."""
_MINORITY = (("阿不都", "热合曼"), ("买买提", "艾力"), ("古丽", "巴哈尔"), ("扎西", "顿珠"), ("卓玛", "央金"))
_FOREIGN = (
    ("SMITH", "TANAKA", "KIM", "NGUYEN", "MULLER", "GARCIA", "BROWN", "SUZUKI", "PARK", "SINGH", "DUPONT", "ROSSI"),
    ("JOHN", "YUKI", "MINSU", "VAN AN", "HANS", "ANA", "EMMA", "KENJI", "JIWON", "RAVI", "MARIE", "LUCA", "PETER"),
)
_BRANDS = "华盛鼎昌恒达泰丰瑞祥宏远联创嘉德永兴万通金海天成博雅卓越智信利安腾飞百益"
TRADES = (
    ("五金制品", "33"),
    ("电子科技", "39"),
    ("服装", "18"),
    ("家具", "21"),
    ("塑胶制品", "29"),
    ("模具", "35"),
    ("纸品包装", "22"),
    ("鞋业", "19"),
    ("食品", "14"),
    ("餐饮管理", "62"),
    ("物流", "54"),
    ("贸易", "51"),
    ("房地产经纪", "70"),
    ("软件", "65"),
    ("建筑工程", "47"),
    ("环保科技", "77"),
)
"""What firms do, with the division of GB/T 4754."""


def surname_of(random: Random) -> str:
    """A surname; one in 150 is of two characters."""
    if random.random() < 0.0066:
        return random.choice(_COMPOUND)
    return _SURNAMES[min(int(random.expovariate(0.09)), len(_SURNAMES) - 1)]


def person_name(random: Random, is_male: bool, surname: str = "") -> str:
    """A name; one in 330 has a rare character, one in 250 is of a minority, joined by U+00B7."""
    chance = random.random()
    if chance < 0.004 and not surname:
        return "·".join(random.choice(_MINORITY))
    pool = _MALE if is_male else _FEMALE
    size = 2 if random.random() < 0.78 else 1
    given = "".join([pool[min(int(random.expovariate(0.07)), len(pool) - 1)] for _ in range(size)])
    if chance > 0.997:
        given = given[:-1] + random.choice(_RARE)
    return (surname or surname_of(random)) + given


def rare_name(name: str, number: int) -> str:
    """The name with its last character made rare."""
    return name[:-1] + _RARE[number % 3]


def foreign_name(random: Random) -> str:
    """A name in Latin letters, surname first."""
    return f"{random.choice(_FOREIGN[0])} {random.choice(_FOREIGN[1])}"


def brand_of(number: int) -> str:
    """Three characters; the first 46,000 differ in at least one."""
    size = len(_BRANDS)
    scattered = number * 7_919 % size**3  # a prime: no two numbers meet
    return "".join([_BRANDS[scattered // size**place % size] for place in range(3)])


def company_name(random: Random, number: int, town: str, trade: str) -> str:
    """A firm's name; the brand is made unique by ``number``, one in twelve writes its place in brackets."""
    again = number // len(_BRANDS) ** 3
    brand = brand_of(number) + (_BRANDS[again % len(_BRANDS)] if again else "")
    chance = random.random()
    if chance < 0.08:
        return f"{brand}{trade}（东莞）有限公司"
    return f"东莞市{town if chance < 0.35 else ''}{brand}{trade}有限公司"
