"""Invented names with the skew of real ones: a few surnames carry half the people; some are compound, some rare."""

from __future__ import annotations

from random import Random

_COMMON = (
    "陈李张黄王刘林吴梁杨周叶何郑罗邓钟朱赵谢曾袁胡许冯徐卢蔡彭苏潘莫温方谭廖江丁余戴"
    "韩姚尹曹范邱龚邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严"
)
_COMPOUND = ("欧阳", "司徒", "上官", "诸葛", "司马", "东方", "尉迟")
_MALE = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林建国志文海东峰祥"
_FEMALE = "芳娜敏静丽艳娟霞秀燕玲桂英梅莉萍红玉洁琳雪倩婷颖慧莹欣怡佳悦晓雅琪璐薇梦琴兰"
_RARE = "𬭬𬍛𫖮䶮㛃𬱖𡐓𠅤"
_MINORITY = (("阿不都", "热合曼"), ("买买提", "艾力"), ("古丽", "巴哈尔"), ("扎西", "顿珠"), ("卓玛", "央金"))
_FOREIGN = ("SMITH JOHN", "TANAKA YUKI", "KIM MINSU", "NGUYEN VAN AN", "MULLER HANS", "GARCIA ANA", "BROWN EMMA")
_BRANDS = "华盛鼎昌恒达泰丰瑞祥宏远联创嘉德永兴万通金海天成博雅卓越智信利安腾飞百益"
_TRADES = (
    "五金制品",
    "电子科技",
    "服装",
    "家具",
    "物流",
    "餐饮管理",
    "塑胶制品",
    "模具",
    "贸易",
    "纸品包装",
    "房地产经纪",
    "软件",
    "鞋业",
    "食品",
)


def person_name(random: Random, is_male: bool) -> str:
    """A name; one in 300 has a rare character, one in 400 is compound, one in 250 a minority name with U+00B7."""
    draw = random.random()
    if draw < 0.004:
        return "·".join(random.choice(_MINORITY))
    surname = (
        random.choice(_COMPOUND) if draw < 0.0065 else _COMMON[min(int(random.expovariate(0.09)), len(_COMMON) - 1)]
    )
    pool = _MALE if is_male else _FEMALE
    given = "".join(random.choice(pool) for _ in range(2 if random.random() < 0.78 else 1))
    if draw > 0.997:
        given = given[:-1] + random.choice(_RARE)
    return surname + given


def foreign_name(random: Random) -> str:
    """A name in Latin letters, surname first."""
    return random.choice(_FOREIGN)


def company_name(random: Random, number: int, town: str) -> str:
    """A firm's name; the brand is made unique by ``number``."""
    brand = "".join(_BRANDS[(number // len(_BRANDS) ** place) % len(_BRANDS)] for place in range(3))
    return f"东莞市{town if random.random() < 0.3 else ''}{brand}{random.choice(_TRADES)}有限公司"
