"""Shapes of values: what names, addresses, days and marks look like, as regular expressions."""

from __future__ import annotations

import re

_SURNAMES = (  # first characters of the commonest surnames, and of those common in the Pearl River Delta
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任"
    "姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文莫欧区施陶洪翟安颜倪严牛温芦季俞章鲁葛"
    "伍韦申尤毕聂丛焦向柳邢骆岳齐尚梅庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧阳甄麦冼植阮简招邝利"
)
SHAPES = {
    "digits": r"^\d+$",
    "coded": r"^(?=.*\d)[A-Za-z0-9_.:/-]+$",
    "letters": r"^[A-Za-z][A-Za-z ,.'-]*$",
    "han": r"[\u3400-\u9fff]",
    "words": r"^[^\d]*[\u3400-\u9fff][^\d]*$",
    "person": rf"^[{_SURNAMES}][\u3400-\u9fff·]{{1,3}}$",
    "short_han": r"^[\u3400-\u9fff]{2,6}$",
    "organisation": r"(公司|厂|店|馆|场|中心|局|委|委员会|办|办公室|医院|学校|小学|中学|大学|学院|幼儿园|银行|协会|"
    r"联社|合作社|经营部|事务所|派出所|大队|中队|支队|商行|站|所|院|处|政府|部|工会|基金会|联合会|商场|超市|公寓|酒店|餐厅|工作室)"
    r"([（(].*[)）])?$",
    "place": r"(镇|街道|村|社区|大道|路|街|巷).*\d|(省|市|区|县).*(镇|街道|村|社区|路|园区)",
    "telephone": r"^[+(（]?\d[\d()（） -]{5,18}\d$",
    "day": r"^\d{4}\D\d{1,2}\D\d{1,2}|^(18|19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])(\d{4}|\d{6})?$",
    "clock": r"\d{1,2}[:时]\d{2}|^20\d{10,12}$",
    "document": r"[〔（(\[]\d{4}[〕）)\]]|第.*号$",
    "link": r"^https?://|@",
    "long": r"^.{25,}$",
}
COMPILED = {name: re.compile(pattern) for name, pattern in SHAPES.items()}
_MARKS = "I U D A M C INSERT UPDATE DELETE ADD MODIFY 新增 修改 删除 增加 变更 注销 增 改 删"
OPERATIONS = frozenset(_MARKS.split(" "))
"""What a column of operations may hold."""
DELETED = frozenset(["D", "DELETE", "删除", "注销", "删"])
DATE_FORMATS = (
    (r"^\d{8}$", "yyyyMMdd"),
    (r"^\d{4}-\d{2}-\d{2}$", "yyyy-MM-dd"),
    (r"^\d{4}/\d{2}/\d{2}$", "yyyy/MM/dd"),
    (r"^\d{4}/\d{1,2}/\d{1,2}$", "yyyy/M/d"),
    (r"^\d{4}[.]\d{2}[.]\d{2}$", "yyyy.MM.dd"),
    (r"^\d{4}年\d{2}月\d{2}日$", "yyyy年MM月dd日"),
    (r"^\d{4}年\d{1,2}月\d{1,2}日$", "yyyy年M月d日"),
    (r"^\d{14}$", "yyyyMMddHHmmss"),
    (r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$", "yyyy-MM-dd HH:mm:ss"),
    (r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$", "yyyy-MM-dd HH:mm"),
    (r"^\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}$", "yyyy/MM/dd HH:mm:ss"),
    (r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$", "yyyy-MM-ddTHH:mm:ss"),
)
