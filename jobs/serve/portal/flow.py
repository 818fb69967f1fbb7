"""Where a resource comes from and who stands on it, as one drawing."""

from __future__ import annotations

from markupsafe import Markup

from jobs.serve.portal.facts import Facts, Key, Row, table_title
from jobs.serve.portal.names import page_name
from jobs.serve.portal.numbers import count, short_day
from jobs.serve.portal.svg import box, cut, path, picture, tag, text, use
from jobs.serve.portal.words import state

_HELD = ("blocked", "stale")
_MOST = 6


def draw_flow(facts: Facts, resource: Row) -> Markup:
    """System → newest delivery → standardised → gate → libraries and themes; dashed where an old version is used."""
    table, ledger = resource["table"], facts.ledger.get(resource["id"], {})
    rows = facts.deliveries.get(resource["id"], [])
    sign, held = state(table["state"]), table["state"] in _HELD
    users = facts.downstream("standardised", resource["id"])
    shown, more = (users, 0) if len(users) <= _MOST else (users[: _MOST - 1], len(users) - _MOST + 1)
    slots = max(len(shown) + bool(more), 1)
    height = max(54 * slots + 6, 132)
    middle = height / 2
    newest = f"{short_day(rows[-1]['period'], facts.as_of)} 批次" if rows else "尚无批次"
    parts = [
        *_node(0, middle, facts.system_name(resource["system"]), facts.department_name(resource["department"])),
        _line(158, 190, middle),
        *_node(190, middle, newest, f"{count(rows[-1]['received'])} 行" if rows else "—"),
        _line(348, 380, middle),
        *_node(380, middle, "标准化", f"隔离 {count(ledger.get('quarantined'))} 行"),
        _line(538, 580, middle),
        use(sign.icon, 586, middle - 24, 48, sign.tone),
        text(610, middle - 36, "质量闸门", "mid t-3"),
        text(610, middle + 42, sign.word, f"mid t-ink t-b {'t-block' if table['state'] == 'blocked' else ''}".strip()),
    ]
    for i, key in enumerate(shown):
        parts += _user(facts, key, 54 * i + 30 + (height - 54 * slots) / 2 - 3, middle, held)
    if more:
        y = 54 * (slots - 1) + 30 + (height - 54 * slots) / 2 - 3
        parts += [*_edge(middle, y, held), text(790, y + 4, f"另有 {more} 项", "t-3")]
    if not users:
        parts.append(text(660, middle + 4, "暂无基础库或专题引用", "t-3"))
    said = f"{facts.system_name(resource['system'])}交来，{sign.word}；供 {len(users)} 项产品使用"
    return picture(1000, height, said, parts, "fluid", fixed=False)


def _node(x: float, middle: float, title: str, note: str, class_: str = "node") -> list[Markup]:
    return [
        box(x, middle - 23, 158, 46, class_),
        text(x + 10, middle - 4, cut(title, 11), "t-ink t-b t13"),
        text(x + 10, middle + 14, cut(note, 13), "t-3"),
    ]


def _line(left: float, right: float, y: float) -> Markup:
    return path(f"M{left} {y:.1f}H{right}", "edge")


def _edge(middle: float, y: float, held: bool) -> list[Markup]:
    line = f"M640 {middle:.1f}C710 {middle:.1f} 700 {y:.1f} 780 {y:.1f}"
    return [path(line, "edge dashed" if held else "edge")]


def _user(facts: Facts, key: Key, y: float, middle: float, held: bool) -> list[Markup]:
    table = facts.table(*key)
    sign = state(table["state"], product=True)
    old = table["state"] in _HELD
    note = f"{sign.word} · 截至 {short_day(table['as_of'], facts.as_of)}" if table["as_of"] else sign.word
    label = table_title(table)
    node = [
        box(780, y - 22, 216, 44, "node s" if old else "node"),
        use(sign.icon, 790, y - 15, 14, sign.tone),
        text(811, y - 4, cut(label, 14), "t-ink t-b t13"),
        text(790, y + 14, cut(note, 20), "t-3"),
    ]
    if key[0] == "fused":
        return [*_edge(middle, y, held or old), tag("a", *node, href=f"../libraries/{page_name(key[1])}.html")]
    return [*_edge(middle, y, held or old), *node]
