"""What the catalog may say: frozen, closed models of the YAML files.

Unknown keys are errors, identifiers match an allow-list, defaults are the common case. Cross-references
between files are checked in :mod:`jobs.contracts.check`, not here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
SystemId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
ResourceId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f`\"';\\]+$")]
Text = Annotated[str, StringConstraints(max_length=2000)]

_DELTA_SAFE = {ord(char): chr(ord(char) + 0xFEE0) for char in ",;{}()="} | {ord(" "): "\u3000"}

Cycle = Literal["realtime", "daily", "weekly", "monthly", "quarterly", "yearly"]
Level = Literal["G1", "G2", "G3", "G4"]
Severity = Literal["critical", "warning", "info"]


class Declared(BaseModel):
    """Base of all models: frozen, closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Department(Declared):
    """A unit that provides data (数源部门)."""

    code: Identifier
    name: Text
    short_name: Text
    kind: Text = ""
    former_names: Text = ""
    base_data: tuple[Text, ...] = ()
    themes_led: tuple[Text, ...] = ()
    has_cdo: bool = False
    confidence: Text = ""


class Element(Declared):
    """A registered data element (数据元): one meaning, one type, one name everywhere."""

    id: Identifier
    name: Text
    identifier: Text
    type: Literal["string", "text", "date", "datetime", "integer", "decimal", "binary", "geometry"]
    rule: Text = "text"
    length: Text | None = None
    fixed: bool = False
    code_table: Identifier | None = None
    format: Text | None = None
    unit: Text | None = None
    standard: Text = "自定"
    level: Level = "G2"
    pii: Literal["direct", "quasi", "sensitive", "none"] = "none"
    mask: Text | None = None
    confidence: Text = ""
    synonyms: tuple[Text, ...] = ()


class CodeTable(Declared):
    """A code table with its edition; ``wild`` maps spellings met in deliveries to a code."""

    id: Identifier
    name: Text
    standard: Text
    confidence: Text = ""
    source: Text = ""
    values: dict[str, str]
    wild: dict[str, str] = {}
    partial: bool = False


class Format(Declared):
    """How a file is written. Detection may propose; this decides."""

    kind: Literal["csv", "xlsx", "jsonl", "json", "sqlite", "sql", "api", "geojson", "shp"]
    encoding: Literal["utf-8", "utf-8-sig", "gb18030", "gbk", "big5", "utf-16"] = "utf-8"
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    quote: Literal['"', "'", ""] = '"'
    header_rows: Annotated[int, Field(ge=1, le=5)] = 1
    footer: tuple[Text, ...] = ()
    sheet: Text | None = None
    records: Text | None = None
    table: Text | None = None
    member: Text | None = None


class Access(Declared):
    """Where a resource's deliveries are found. A resource without access is declared, not live."""

    kind: Literal["files", "sql"]
    path: Text | None = None
    pattern: Text | None = None
    url: Text | None = None
    table: Text | None = None
    watermark: ColumnName | None = None
    format: Format | None = None


class Load(Declared):
    """How deliveries follow each other, and what makes a row the same row."""

    mode: Literal["full", "incremental", "cdc"]
    key: tuple[ColumnName, ...]
    operation: ColumnName | None = None
    deleted: tuple[Text, ...] = ("D",)


class Share(Declared):
    """Sharing attribute of decree 809: 无条件, 有条件, 不予."""

    type: Literal["unconditional", "conditional", "denied"]
    condition: Text = ""
    basis: Text = ""


class SourceField(Declared):
    """One column of a resource and the element it carries."""

    name: ColumnName
    label: Text
    element: Identifier
    to: Identifier | None = None
    required: bool = False
    formats: tuple[Text, ...] = ()
    unit: Text | None = None
    code_table: Identifier | None = None
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


class Mention(Declared):
    """A record says something of an entity in a role; ``fields`` rename where names differ."""

    entity: Identifier
    role: Identifier = "subject"
    fields: dict[str, str | MentionField] = {}
    only: bool = False
    where: dict[str, tuple[str, ...]] = {}


class Resource(Declared):
    """An information resource (信息资源): what one department delivers under one catalogue code."""

    id: ResourceId
    code: Annotated[str, StringConstraints(pattern=r"^[123]\d{2}\d{3}\d*/\d+$")]
    name: Text
    subject: Identifier
    cycle: Cycle
    load: Load
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
    def key_columns(self) -> tuple[str, ...]:
        """Standardised names of the key columns, in key order."""
        by_name = {field.name: field.column for field in self.fields}
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


class Claim(Declared):
    """One line of authority: which source answers for an element, when, and on what ground."""

    source: ResourceId
    units: tuple[Identifier, ...] = ()
    basis: Text = ""
    since: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    until: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    when: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]* like '[0-9A-Z_%]+'$")] | None = None
    role: Identifier | None = None
    fallback: bool = False


class Choice(Declared):
    """No lawful source exists: the value last verified among equals, always flagged."""

    choose: Annotated[str, StringConstraints(pattern=r"^latest\([a-z][a-z0-9_]*\)$")]
    among: Annotated[tuple[ResourceId, ...], Field(min_length=1)]
    units: tuple[Identifier, ...] = ()
    basis: Text = ""

    @property
    def ordered_by(self) -> str:
        """The element whose latest value decides."""
        return self.choose[len("latest(") : -1]


class Group(Declared):
    """Elements taken whole from one source record, or not at all."""

    name: Text
    elements: Annotated[tuple[Identifier, ...], Field(min_length=2)]
    rule: Text = ""
    latest: Identifier | None = None


class Conflict(Declared):
    """A disagreement known from practice, and how it is handled."""

    element: Identifier
    seen: Text
    rate: Text = ""
    handling: Text = ""


class Entity(Declared):
    """``catalog/entities/<entity>.yml``: a base library's rule of one datum, one source (一数一源)."""

    entity: Identifier
    name: Text
    library: Text
    lead: tuple[Identifier, ...]
    keys: tuple[Identifier | tuple[Identifier, ...], ...]
    name_element: Identifier | None = None
    compound_keys: tuple[tuple[Identifier, ...], ...] = ()
    authority: dict[Identifier, Choice | Annotated[tuple[Claim, ...], Field(min_length=1)]]
    groups: tuple[Group, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    notes: dict[str, Text] = {}


class ThemeColumn(Declared):
    """A column of a theme table and its formula in words."""

    name: Identifier
    formula: Text = ""
    label: Text = ""


class ThemeTable(Declared):
    """A table of a thematic library; its SQL stands beside as ``<name>.sql`` once it is built."""

    name: Identifier
    label: Text
    grain: Text = ""
    key: tuple[Identifier, ...] = ()
    columns: tuple[ThemeColumn, ...] = ()


class Theme(Declared):
    """``catalog/themes/<theme>/theme.yml``: a thematic library (专题库)."""

    id: Identifier
    name: Text
    purpose: Text = ""
    users: tuple[Text, ...] = ()
    cycle: Cycle
    inputs: tuple[Text, ...] = ()
    confidence: Text = ""
    tables: tuple[ThemeTable, ...]
    indicators: tuple[Text, ...] = ()


class Expectation(Declared):
    """One rule in Great Expectations' own vocabulary."""

    expect: Annotated[str, StringConstraints(pattern=r"^(expect|unexpected)_[a-z0-9_]+$")]
    args: Annotated[dict[str, object], Field(alias="with")] = {}
    severity: Severity = "warning"
    indicator: Annotated[str, StringConstraints(pattern=r"^\d{4,6}$")] = "0104"
    why: Text = ""
    name: Text = ""
