"""The town that an address names: the leftmost town name that is not part of a road's name.

Towns are those of the column's code table: the names with and without 街道 or 镇, and the former names of its ``wild``
spellings. A former name (城区, 篁村) counts only where an address begins; it is too short to be looked for elsewhere.
A road named after a town (东城大道) names no town, and an address in another city has none.
"""

from __future__ import annotations

import re

from jobs.rules.rule import Policy, Rule, is_nothing, is_placeholder, no_suspicion, plain, same_text
from jobs.rules.sql import cases, extracted, looked_up, matches, one_of, replaced

_CITY = "^(广东省?)?((东莞市?)+)?"
_KIND = "(街道办事处|街道|镇|区)$"
_ROAD = "([东南西北中]?(大道|[一二三四五六七八九十]路)|[东南西北中]路|路(段|口|[0-9一二三四五六七八九十]))"
_ELSEWHERE = "^([^市]{2,3}省)?([^市省]{2,4})市"
_WORDS = ("桥头",)
"""Town names that are words of every address: elsewhere than at its beginning they need their kind behind them."""


def _names(policy: Policy) -> dict[str, str]:
    """Spelling → code; longer spellings first, so that none hides behind its own beginning."""
    spelt: dict[str, str] = {}
    for code, name in policy.codes.items():
        stem = re.sub(_KIND, "", name)
        inner = stem.removeprefix("东莞")
        spelt |= {spelling: code for spelling in (name, stem, inner) if len(spelling) > 1}
    return dict(sorted(spelt.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def _any(spellings: list[str]) -> str:
    return f"({'|'.join(sorted(spellings, key=lambda word: (-len(word), word)))})"


def _town(text: str, policy: Policy) -> str:
    """Code of the town, or null; a code stays what it is."""
    names = _names(policy)
    if not names:
        return "CAST(NULL AS STRING)"
    everywhere = [name for name in names if name not in _WORDS]
    everywhere += [word + kind for word in _WORDS if word in names for kind in ("镇", "园")]
    at_start = [*names, *policy.wild]
    codes = names | dict(policy.wild) | {word + "园": names[word] for word in _WORDS if word in names}
    stems = [name for name in names if not re.search(_KIND, name)]
    local = replaced(replaced(text, _CITY, ""), _any(stems) + _ROAD, "路")
    first = extracted(local, f"^{_any(at_start)}", 1)
    found = f"coalesce(nullif({first}, ''), {extracted(local, _any(everywhere), 1)})"
    city = extracted(text, _ELSEWHERE, 2)
    here = f"({city} = '' OR {one_of(city, ['东莞', *names, *policy.wild])} OR {matches(text, _CITY + '东莞')})"
    return cases([(one_of(text, policy.codes), text), (here, looked_up(found, codes))], "CAST(NULL AS STRING)")


TOWN_IN_ADDRESS = Rule(
    "town_in_address", "string", lambda raw, _p: plain(raw), _town, is_placeholder, no_suspicion, same_text, is_nothing
)
