"""What departments deliver: systems, resources, their fields, formats and ways of access."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Discriminator, Field, StringConstraints, Tag

from jobs.contracts.base import ColumnName, Cycle, Declared, Identifier, Level, ResourceId, SystemId, Text, shaped
from jobs.contracts.limits import Limits

DateFormat = Annotated[
    str,
    shaped(
        r"^[yMdHms年月日时分秒 :./T-]+$",
        "y M d H m s with 年月日时分秒 : . / - T or a blank between: yyyy/MM/dd HH:mm",
        max_length=40,
    ),
]
_DELTA_SAFE = {ord(char): chr(ord(char) + 0xFEE0) for char in ",;{}()="} | {ord(" "): "\u3000"}


class Format(Declared):
    """How a file is written. Detection may propose; this decides.

    ``preamble`` lines stand above the ``header_rows``; without a header, columns come in the order of the fields.
    ``member`` names the one file of a ZIP, ``archive: gz`` a file that was packed alone. ``merged: fill`` gives the
    value of merged cells to each of them. ``widths`` are those of a fixed-width file, in the order of its columns and
    counted in bytes of its encoding or in characters. ``limits`` say what a file may cost before it is refused.
    """

    kind: Literal[
        "csv",
        "fixed",
        "xlsx",
        "xls",
        "jsonl",
        "json",
        "geojson",
        "xml",
        "dbf",
        "parquet",
        "sqlite",
        "sql",
        "api",
        "shp",
    ]
    encoding: Literal["utf-8", "utf-8-sig", "gb18030", "gbk", "big5", "utf-16", "utf-16-le", "utf-16-be"] = "utf-8"
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    quote: Literal['"', "'", ""] = '"'
    preamble: Annotated[int, Field(ge=0, le=100)] = 0
    header_rows: Annotated[int, Field(ge=0, le=5)] = 1
    footer: tuple[Text, ...] = ()
    sheet: Text | None = None
    records: Text | None = None
    table: Text | None = None
    member: Text | None = None
    archive: Literal["zip", "gz"] | None = None
    merged: Literal["fill"] | None = None
    widths: dict[ColumnName, Annotated[int, Field(ge=1, le=10_000)]] = {}
    counted: Literal["bytes", "characters"] = "bytes"
    limits: Limits = Limits()


class Load(Declared):
    """How deliveries follow each other, and what makes a row the same row."""

    mode: Literal["full", "incremental", "cdc"]
    key: Annotated[tuple[ColumnName, ...], Field(min_length=1)]
    operation: ColumnName | None = None
    deleted: tuple[Text, ...] = ("D",)
    may_lose: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of its rows that a full load may lose from one delivery to the next; beyond it the manifest must say
    ``removed``."""


class Drift(Declared):
    """What to do where a delivery's columns differ from those declared, or from those of the delivery before it.

    ``stop`` refuses the delivery whole, ``note`` takes it and reports a finding, ``ignore`` takes it. A column that is
    ``missing`` may be taken as ``empty`` cells unless it is required or of the key. A column that is ``renamed`` is
    taken by ``alias`` only if exactly one column that nobody declared bears a name of the missing one's element.
    """

    added: Literal["ignore", "note", "stop"] = "note"
    missing: Literal["empty", "stop"] = "stop"
    renamed: Literal["alias", "stop"] = "stop"
    reordered: Literal["ignore", "note", "stop"] = "ignore"
    retyped: Literal["ignore", "note", "stop"] = "note"
    codes: Literal["note", "stop"] = "note"


class Share(Declared):
    """Sharing attribute of decree 809: 无条件, 有条件, 不予."""

    type: Literal["unconditional", "conditional", "denied"]
    condition: Text = ""
    basis: Text = ""


CODE_READINGS = ("currency_in_amount", "town_in_address")
"""Second readings that need the code table of their element."""
Reading = Literal[
    "currency_in_amount",
    "town_in_address",
    "birth_in_id",
    "sex_in_id",
    "division_in_id",
    "key_of_name",
    "pinyin_of_name",
    "core_of_org_name",
    "form_of_org_name",
    "branch_of_org_name",
]
READINGS: tuple[str, ...] = get_args(Reading)


class SourceField(Declared):
    """One column of a resource and the element it carries.

    ``rule`` reads a code or a part out of a text of another kind. With it a column may be listed once more: a capital
    is an amount and a currency, an address names a town, a name has a reading. ``against`` names the standardised
    column that says the same by itself: where both have a value and they differ, the reading's flag is ``differs``.
    """

    name: ColumnName
    label: Text
    aliases: tuple[ColumnName, ...] = ()
    """Other names under which the column may come; one of them at a time."""
    element: Identifier
    to: Identifier | None = None
    required: bool = False
    formats: tuple[DateFormat, ...] = ()
    unit: Text | None = None
    code_table: Identifier | None = None
    rule: Reading | None = None
    against: Identifier | None = None
    fit: Literal["same", "role", "loose"] = "same"
    verified: bool = False
    conditional: bool = False

    @property
    def column(self) -> str:
        """Name of the standardised column."""
        return self.to or self.element

    @property
    def stored(self) -> str:
        """Name of the landed column: the delivered one, with the characters that Delta refuses made full-width."""
        return self.name.translate(_DELTA_SAFE)


class MentionField(Declared):
    """An element of a mention that is read from another column, optionally through codes."""

    column: Identifier
    codes: dict[str, str] = {}


MentionSource = Annotated[
    Annotated[Identifier, Tag("column")] | Annotated[MentionField, Tag("mapping")],
    Discriminator(lambda value: "column" if isinstance(value, str) else "mapping"),
]


class Mention(Declared):
    """A record says something of an entity in a role; ``fields`` rename where names differ."""

    entity: Identifier
    role: Identifier = "subject"
    fields: dict[Identifier, MentionSource] = {}
    only: bool = False
    where: dict[str, tuple[str, ...]] = {}


class Resource(Declared):
    """An information resource (信息资源): what one department delivers under one catalogue code."""

    id: ResourceId
    code: Annotated[
        str,
        shaped(
            r"^[123]\d{2}\d{3}\d*/\d+$",
            "six digits or more, the first 1, 2 or 3, then / and a number: 101001441900/000001",
        ),
    ]
    name: Text
    subject: Identifier
    cycle: Cycle
    load: Load
    drift: Drift = Drift()
    format: Format
    share: Share
    level: Level
    items_level: Level | None = None
    volume: Text = ""
    confidence: Text = ""
    channel: Text = ""
    almost_empty: bool = False
    mentions: tuple[Mention, ...] = ()
    totals: tuple[ColumnName, ...] = ()
    fields: Annotated[tuple[SourceField, ...], Field(min_length=1)]

    @property
    def system(self) -> str:
        """Id of the system that delivers it."""
        return self.id.rsplit(".", 1)[0]

    @property
    def department(self) -> str:
        """Code of the department that answers for it."""
        return self.id.split(".", 1)[0]

    @property
    def delivered(self) -> tuple[SourceField, ...]:
        """The columns of a delivery: one that is read twice comes once."""
        found: dict[str, SourceField] = {}
        for field in self.fields:
            found.setdefault(field.name, field)
        return tuple(found.values())

    @property
    def key_columns(self) -> tuple[str, ...]:
        """Standardised names of the key columns, in key order."""
        by_name = {field.name: field.column for field in reversed(self.fields)}
        return tuple(by_name[name] for name in self.load.key)


class System(Declared):
    """An information system of a department."""

    id: SystemId
    name: Text
    department: Identifier


class SourceFile(Declared):
    """``catalog/sources/<department>/<system>.yml``."""

    system: System
    resources: tuple[Resource, ...] = ()
