"""What a name is compared by, beside the name itself: a folded key, and its reading in Pinyin.

The name is kept as it is written; traditional and variant characters are folded in the key only. Tables are built when
a plan is written: simplified characters from OpenCC (only where one character stands for exactly one other), readings
from pypinyin for the 6,763 characters of GB 2312. A character with several readings has its first, a surname its own.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from unicodedata import normalize

from jobs.rules.rule import Policy, Rule, no_suspicion, only_placeholder, same_text
from jobs.rules.sql import cases, extracted, looked_up, matches, one_of, translated
from jobs.rules.texts import PERSON_NAME, folded_name

_COMPOUND = (
    "欧阳司徒上官诸葛司马东方独孤南宫万俟闻人夏侯尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠"
    "公孙慕容仲孙钟离长孙宇文鲜于司空令狐轩辕呼延端木西门百里东郭南门拓跋歐陽諸葛司馬東方"
)
COMPOUND_SURNAMES = tuple(_COMPOUND[start : start + 2] for start in range(0, len(_COMPOUND), 2))
_SURNAME_READINGS = {
    "单": "SHAN", "曾": "ZENG", "仇": "QIU", "解": "XIE", "区": "OU", "查": "ZHA", "任": "REN", "华": "HUA",
    "盖": "GAI", "葛": "GE", "朴": "PIAO", "乐": "YUE", "翟": "ZHAI", "缪": "MIAO", "员": "YUN", "种": "CHONG",
    "洗": "XIAN", "冼": "XIAN", "召": "SHAO", "宓": "MI", "纪": "JI", "那": "NA", "万": "WAN", "石": "SHI",
}  # fmt: skip
_COMPOUND_READINGS = {"尉迟": "YUCHI", "万俟": "MOQI", "长孙": "ZHANGSUN", "澹台": "TANTAI", "单于": "CHANYU"}
_SLOT = 6
"""Letters of the longest syllable."""
_FIRST = 0xE000
"""First code of the private use area."""


@cache
def _simplified() -> tuple[str, str]:
    """Traditional characters of the basic plane and the one simplified character each stands for."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = []
    for line in table.splitlines():
        source, _, targets = line.partition("\t")
        plain = [target for target in targets.split() if len(target) == 1 and target <= "\uffff"]
        if len(source) == 1 and source <= "\uffff" and len(plain) == 1 and plain[0] != source:
            pairs.append((source, plain[0]))
    simple = dict(pairs) | _look_alikes(dict(pairs))
    return "".join(simple), "".join(simple.values())


def _look_alikes(simple: dict[str, str]) -> dict[str, str]:
    """Characters that look like another and are another code: Kangxi radicals, compatibility ideographs, rings for 〇.

    Unicode names the character that each stands for (NFKC); one that it unifies with none stays what it is.
    """
    codes = [*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00)]
    alike = {chr(code): normalize("NFKC", chr(code)) for code in codes}
    alike = {char: same for char, same in alike.items() if same != char and len(same) == 1 and same <= "\uffff"}
    return {char: simple.get(same, same) for char, same in alike.items()} | {"○": "〇", "◯": "〇"}


def simplified(expression: str) -> str:
    """Traditional characters as simplified ones, look-alikes as what they look like."""
    return translated(expression, *_simplified())


def _key(text: str, policy: Policy) -> str:
    name = PERSON_NAME.parsed(text, policy)
    return f"nullif({simplified(folded_name(name))}, '')"


@cache
def _readings() -> tuple[str, str, str]:
    """Characters, for each a code of the private use area that names its syllable, and the syllables in equal slots."""
    from pypinyin import Style, pinyin

    cells = [bytes([0xB0 + row, 0xA1 + cell]) for row in range(72) for cell in range(94)]
    characters = [char for cell in cells if (char := cell.decode("gb2312", "ignore"))]
    read = [pinyin(char, style=Style.NORMAL)[0][0].upper().replace("Ü", "V") for char in characters]
    syllables = sorted(set(read))
    codes = "".join(chr(_FIRST + syllables.index(syllable)) for syllable in read)
    return "".join(characters), codes, "".join(syllable.ljust(_SLOT) for syllable in syllables)


def _spelt(text: str) -> str:
    """Syllables of a text, joined; capitals and blanks stay, a character without a reading is a question mark."""
    characters, codes, slots = _readings()
    syllable = cases(
        [
            ("c = '' OR c = ' ' OR c BETWEEN 'A' AND 'Z'", "c"),
            (f"ascii(c) BETWEEN {_FIRST} AND {_FIRST + len(slots) // _SLOT - 1}", _slot(slots)),
        ],
        "'?'",
    )
    return f"array_join(transform(split({translated(text, characters, codes)}, ''), c -> {syllable}), '')"


def _slot(slots: str) -> str:
    return f"rtrim(substring('{slots}', (ascii(c) - {_FIRST}) * {_SLOT} + 1, {_SLOT}))"


def _pinyin(text: str, _policy: Policy) -> str:
    """Surname and given name in capitals, parted by a blank (GA/T 543.1); null for a name with another character."""
    compound = f"{one_of(f'substring({text}, 1, 2)', COMPOUND_SURNAMES)} AND length({text}) > 2"
    size = f"CASE WHEN {compound} THEN 2 ELSE 1 END"
    surname = f"substring({text}, 1, {size})"
    own = looked_up(surname, _SURNAME_READINGS | _COMPOUND_READINGS)
    parted = f"concat(coalesce({own}, {surname}), ' ', substring({text}, 1 + {size}))"
    spelt = f"nullif(rtrim({extracted(_spelt(parted), '^[A-Z ]+$', 0)}), '')"
    return cases([(matches(text, "^[一-龥]{2,8}$"), spelt)], "CAST(NULL AS STRING)")


def _simple_name(raw: str, policy: Policy) -> str:
    return simplified(PERSON_NAME.text(raw, policy))


def _is_nobody(text: str, policy: Policy) -> str:
    return f"{PERSON_NAME.parsed(text, policy)} IS NULL"


KEY_OF_NAME = Rule("key_of_name", "string", PERSON_NAME.text, _key, only_placeholder, no_suspicion, same_text)
PINYIN_OF_NAME = Rule("pinyin_of_name", "string", _simple_name, _pinyin, _is_nobody, no_suspicion, same_text)
