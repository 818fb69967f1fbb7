"""Planting errors in cells: by habit of a source, and by chance."""

from __future__ import annotations

from typing import NamedTuple

from jobs.contracts import Catalog, CodeTable, Resource, SourceField
from jobs.simulate.chance import draw, mix
from jobs.simulate.errors import KEEP, KINDS, NONE, STANDS, STRANGER, STRANGER_KIND, SUSPECT, Kind, is_number_18
from jobs.simulate.speech.voice import Voice
from jobs.simulate.writing import Convert

CELL_RATE = 0.03
"""Share of records with an error by chance in one cell."""
_CORRECTED = 0.1
"""Share of the errors in stock that a department corrects in a day."""
_STRANGER_RATE = 0.0015
_STRANGER_IN = ("gaj.residence", "zfw.zwgc.person", "ybj.insured", "gjj.account")


class Patch(NamedTuple):
    """What is wrong with one cell."""

    kind: str
    text: str
    known: str | None
    suspect: bool
    verdict: str
    flag: str


class Planter:
    """Plants errors in the records of one resource; the same thing on the same day gets the same error."""

    def __init__(
        self, catalog: Catalog, resource: Resource, voice: Voice, key: tuple[int, ...], converters: dict[int, Convert]
    ) -> None:
        self.voice, self.converters, self.resource = voice, converters, resource
        access = catalog.access[resource.id]
        self.fields: list[tuple[int, list[Kind]]] = []
        self._salts = {"": 0}
        self.habits: list[tuple[int, Kind, int]] = []
        self.stranger: int | None = None
        for place, field in enumerate(resource.fields):
            if field.name in (access.watermark, resource.load.operation) or (field.unit and place in converters):
                continue
            kinds = _kinds_of(catalog, resource, field, place in key)
            if kinds:
                self.fields.append((place, kinds))
            self.habits += [(place, kind, voice.salt(f"{kind.id} {field.name}")) for kind in kinds if kind.rate]
            if field.column == "id_document_no" and place not in key and resource.id.startswith(_STRANGER_IN):
                self.stranger = place
        free = [n for n, f in enumerate(resource.fields) if n not in key and f.name != access.watermark]
        self.garble = next((n for n in free if catalog.elements[resource.fields[n].element].type != "geometry"), key[0])
        """The column that comes garbled where a row does."""
        if resource.almost_empty:
            self.fields, self.habits = [], []

    def plant(self, number: int, values: list[str | None]) -> dict[int, Patch] | None:
        """Errors of the record of thing ``number`` made today, by column."""
        salt, patches = self._salt(self.voice.world.today), {}
        for place, kind, own in self.habits:
            value = values[place]
            if value and draw(number, own) < kind.rate and (patch := self._patch(place, kind, value)):
                patches[place] = patch
        chance = draw(number, salt)
        if chance < CELL_RATE:
            place, kinds = self.fields[mix(number, salt + 1) % len(self.fields)]
            value, first = values[place], mix(number, salt + 2)
            if value and place not in patches:
                for turn in range(len(kinds)):
                    if patch := self._patch(place, kinds[(first + turn) % len(kinds)], value):
                        patches[place] = patch
                        break
        elif self.stranger is not None and chance > 1 - _STRANGER_RATE and (patch := self._stranger(number, values)):
            patches[self.stranger] = patch
        return patches or None

    def is_corrected(self, number: int, today: str) -> bool:
        """Whether the department corrects what is wrong with this record today."""
        return draw(number, self._salt(f"corrected {today}")) < _CORRECTED

    def _salt(self, topic: str) -> int:
        if topic not in self._salts:
            self._salts[topic] = self.voice.salt(topic)
        return self._salts[topic]

    def _patch(self, place: int, kind: Kind, value: str) -> Patch | None:
        text = kind.write(value)
        if text is None:
            return None
        known = {KEEP: value, NONE: None}.get(kind.remains, text)
        convert = self.converters.get(place)
        if kind.remains == STANDS and convert:
            text = convert(text)
        if text == (convert(value) if convert else value):
            return None
        return Patch(kind.id, text, known, kind.remains == SUSPECT, kind.verdict, kind.flag)

    def _stranger(self, number: int, values: list[str | None]) -> Patch | None:
        """The number of a registered person of another name."""
        people, own = self.voice.world.persons, values[self.stranger or 0]
        for turn in range(20):
            other = people[mix(number, turn) % len(people)]
            if other.is_registered and other.resident_id and own and is_number_18(own) and other.name not in values:
                if other.resident_id == own or other.death or other.former_name:
                    continue
                return Patch(STRANGER_KIND, other.resident_id, other.resident_id, True, "contradicts", "")
        return None


def _kinds_of(catalog: Catalog, resource: Resource, field: SourceField, is_key: bool) -> list[Kind]:
    """Kinds that can befall a column; a key may only be written badly, never lost."""
    element, table = catalog.elements[field.element], catalog.code_table_of(field)
    rule = "code" if table else element.rule
    kinds = [
        kind
        for kind in KINDS
        if rule in kind.rules
        and (not kind.elements or element.id in kind.elements)
        and (not kind.resources or resource.id.startswith(kind.resources))
    ]
    if table:
        kinds += _code_kinds(table)
    return [kind for kind in kinds if not is_key or kind.remains == KEEP]


def _code_kinds(table: CodeTable) -> list[Kind]:
    """Names and spellings for codes, and a code that is not in the table."""
    names = list(table.values.values())
    words = {} if table.partial or len(names) > 300 else {n: c for c, n in table.values.items() if names.count(n) == 1}
    spelt = {word: code for word, code in (words | table.wild).items() if word not in table.values}
    by_name = {code: word for word, code in spelt.items() if word in words}
    by_wild = {code: word for word, code in spelt.items() if word in table.wild}
    kinds = [
        Kind("code_name", ("code",), by_name.get, "repaired", "repaired", KEEP),
        Kind("code_spelling", ("code",), by_wild.get, "repaired", "repaired", KEEP),
    ]
    if not table.partial:
        kinds.append(Kind("code_unseen", ("code",), lambda _code: "ZZ", "flagged", "unseen_code", NONE))
    return kinds


__all__ = ["CELL_RATE", "STRANGER", "Patch", "Planter"]
