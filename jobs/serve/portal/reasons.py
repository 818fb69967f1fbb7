"""Why a delivery or a line was refused, in the words of the officials who must act on it.

The readers of deliveries speak English, as code does. What they say of a file is known wording by wording; anything
else is passed on as it is. A gate gives the names of the rules that do not hold: those are said to be so.
"""

from __future__ import annotations

import re

_WORDINGS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"\. (Ask|Check|Compare|Correct|Declare|Delete|Give|If so|Put|Send)\b.*$", ""),
        (r"the header lacks (\d+) of (\d+) columns: ", r"表头缺少 \1 列（共 \2 列）："),
        (r"the header lacks ", "表头缺少 "),
        (r"; not declared: ", "；未登记的列："),
        (r"column '(.+?)' is not declared and looks like '(.+?)' \(.*?\)", r"未登记的列 \1 像是 \2 改名"),
        (r"column '(.+?)' is not declared", r"列 \1 未登记"),
        (r"the columns stand in another order .*?from '(.+?)' on", r"自 \1 起列的次序与上一批不同"),
        (r"the cells of '(.+?)' are of another kind than in the delivery before .*", r"列 \1 的内容与上一批不是一类"),
        (r"columns '(.+?)' and '(.+?)' both stand for '(.+?)'", r"列 \1 与 \2 都对应 \3"),
        (r"column '?(.+?)'? stands twice in the header", r"表头中 \1 出现两次"),
        (r"column_count: (\d+) fields instead of (\d+)", r"列数不符：\1 列，应为 \2 列"),
        (r"not_an_object: .*", "不是一个完整的对象"),
        (r"not_text: .*", "不是 UTF-8 文本"),
        (r"^not_json: .*", "不是合法的 JSON"),
        (r"the document cannot be read \((?:not_json: )?.*", "文件不是合法的 JSON，或嵌套过深"),
        (r"the text is not JSON.*", "不是合法的 JSON"),
        (r"the text cannot be parsed.*", "无法解析：引号未闭合，或单条记录过长"),
        (r"two readings of the text differ in their records", "同一文件两种读法的记录不一致"),
        (r"byte (\d+) is not ([\w-]+).*", r"第 \1 字节不合 \2 编码"),
        (r"bytes that are not ([\w-]+).*", r"字节不合 \1 编码"),
        (r"([\w-]+) without a byte order mark", r"\1 缺字节序标记"),
        (r"the file is empty", "空文件"),
        (r"the file has no header", "没有表头"),
        (r"a (?:line|record) is longer than (\d+) MB", r"单条记录超过 \1 MB"),
        (r"the (?:document|workbook) is larger than (\d+) MB", r"文件超过 \1 MB"),
        (r"the workbook cannot be read.*", "工作簿无法读取"),
        (r"the workbook is protected by a password", "工作簿设有密码"),
        (r"the workbook has no sheet '?(.+?)'?$", r"工作簿没有工作表 \1"),
        (r"the workbook unpacks to more than .*", "工作簿解压后过大"),
        (r"the sheet is full to the brim \((\d+) rows\).*", r"工作表已满 \1 行，其余被截断"),
        (r"the archive has (\d+) members like .*", r"压缩包中有 \1 个符合的文件，应为一个"),
        (r"the archive is damaged.*", "压缩包损坏、加密，或不是 ZIP"),
        (r"the database is damaged.*", "数据库文件损坏，或不是 SQLite"),
        (r"the database has no table '?(.+?)'?$", r"数据库没有表 \1"),
        (r"there is no array at '?(.+?)'?$", r"在 \1 处没有数组"),
        (r"the extract is damaged", "抽取结果损坏"),
        (r"([^；：（）“]+)（(\d+) / (\d+)）", r"未过“\1”（\2 / \3）"),
        (r"the manifest's '(.+?)' cannot be meant", r"清单中 \1 的值不合要求"),
        (r"the manifest's '(.+?)' is no entry that is read", r"清单中没有 \1 这一项，疑为笔误"),
        (r"the manifest (?:is not JSON|is not a JSON object)", "清单不是合法的 JSON 对象"),
        (r"the manifest speaks of another resource", "清单说的是另一个信息资源"),
        (r"another delivery already stands at this period and sequence", "同一批次序号已有一次交付"),
    )
)


def reason(text: str) -> str:
    """A refusal in Chinese where its wording is known."""
    for pattern, words in _WORDINGS:
        text = pattern.sub(words, text)
    return text
