"""How a resource is reached: kind of connector, address, what to take there, and who we are. No secret stands here.

A secret is named: ``{secret:name}`` is ``BRAIN_SECRET_NAME`` or the file ``data/secrets/name``; ``{connection:id}`` the
password, ``{connection:id.field}`` another field, of an Airflow connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from jobs.contracts.base import ColumnName, Declared, Text, shaped
from jobs.contracts.known import unknown
from jobs.contracts.sources import Format, Resource

PLACEHOLDERS = ("{period}", "{sequence}")
"""What a file pattern may hold beside letters and ``*``."""
REFERENCE = re.compile(r"\{(?:secret:[a-z][a-z0-9_]*|connection:([A-Za-z0-9_-]+)(?:\.[a-z_]+)?)\}")
"""The name of a secret, as it may stand in the catalog; the group is the Airflow connection that holds it."""
Parameter = Annotated[
    str, shaped(r"^[A-Za-z0-9_.$\[\]-]+$", "letters, digits and _.$[]-: page[size]", min_length=1, max_length=100)
]
ConnectionId = Annotated[
    str,
    shaped(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,2}$", "a system or a resource: gaj.household, gaj.household.person"),
]
"""A resource, or a system whose resources share what stands under it."""
Location = tuple[str | int, ...]

_NEEDED = {
    "files": ("path", "pattern"),
    "sftp": ("url", "path", "pattern", "user", "host_key"),
    "objects": ("url", "path", "pattern"),
    "http": ("url",),
    "sql": ("url", "table", "watermark"),
}
_TLS = ("ca", "unencrypted")
_ALLOWED = {
    "files": (),
    "sftp": ("password", "private_key"),
    "objects": ("user", "password", "region", *_TLS),
    "http": ("records", "paging", "method", "params", "headers", "user", "password", *_TLS),
    "sql": _TLS,
}
_SCHEMES = {"sftp": ("sftp",), "objects": ("https", "http"), "http": ("https", "http")}
_ALWAYS = ("kind", "format", "max_mb", "max_minutes")
_CONFIDENTIAL = re.compile(r"auth|token|secret|passw|key|cookie|sign|credential", re.IGNORECASE)
_PASSWORDS = re.compile(r"//[^:/@]*:([^@]+)@|[?&][a-z]*password=([^&]+)", re.IGNORECASE)
"""Passwords in the address of a database: between user and host, or as a parameter."""
_PARAMETERS = ("{date}", "{since}")
_HOST_KEY = re.compile(r"(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+=*")
_REFER = "expected {secret:name} (BRAIN_SECRET_NAME or the file data/secrets/name) or {connection:id}"


class Paging(Declared):
    """How an API hands out its records: by number of the page, by offset of the record, or by cursor.

    ``total`` and ``next`` are dotted paths into the answer; an API that names no total is read twice.
    """

    by: Literal["page", "offset", "cursor"]
    param: Parameter
    size: Annotated[int, Field(ge=1, le=100_000)] = 500
    size_param: Parameter | None = None
    first: Annotated[int, Field(ge=0, le=1)] = 1
    next: Text | None = None
    total: Text | None = None


class Access(Declared):
    """Where a resource's deliveries are found. A resource without access is declared, not live.

    What stands under a system (``<department>.<system>``) is shared by its resources, so none needs to say all of it.
    """

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.pop("required"))

    kind: Literal["files", "sftp", "objects", "http", "sql"]
    url: Text | None = None
    path: Text | None = None
    pattern: Text | None = None
    table: Text | None = None
    watermark: ColumnName | None = None
    records: Text | None = None
    paging: Paging | None = None
    method: Literal["get", "post"] = "get"
    params: dict[Parameter, Text] = {}
    headers: dict[Parameter, Text] = {}
    region: Text = ""
    user: Text | None = None
    password: Text | None = None
    private_key: Text | None = None
    host_key: tuple[Text, ...] | Text | None = None
    ca: Text | None = None
    unencrypted: bool = False
    format: Format | None = None
    max_mb: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000
    max_minutes: Annotated[int, Field(ge=1, le=1440)] = 60

    @property
    def host_keys(self) -> tuple[str, ...]:
        """The pinned host keys; more than one while a server changes its own."""
        return (self.host_key,) if isinstance(self.host_key, str) else self.host_key or ()

    @property
    def references(self) -> tuple[re.Match[str], ...]:
        """The secrets that it names, each once, in the order of their names."""
        texts = [self.url, self.user, self.password, self.private_key, self.ca]
        texts += [*self.params.values(), *self.headers.values()]
        found = {match[0]: match for text in texts for match in REFERENCE.finditer(text or "")}
        return tuple(found[name] for name in sorted(found))

    @property
    def connections(self) -> tuple[str, ...]:
        """Ids of the Airflow connections among them."""
        return tuple(sorted({match[1] for match in self.references if match[1]}))


def check_access(resource: Resource | None, access: Access) -> Iterator[tuple[Location, str]]:
    """What is wrong with one declaration: (place, problem). No problem repeats what may be a secret."""
    needed, allowed = _NEEDED[access.kind], _ALLOWED[access.kind]
    shape = ", ".join([*needed, *(f"{name}?" for name in allowed)])
    for name in needed:
        if getattr(access, name) is None:
            yield (), f"access of kind {access.kind!r} needs {name!r}; expected keys: {shape}"
    for name in sorted(access.model_fields_set - {*needed, *allowed, *_ALWAYS}):
        yield (name,), f"access of kind {access.kind!r} has no {name!r}; expected keys: {shape}"
    yield from _check_place(access)
    yield from _check_host_keys(access)
    yield from _check_secrets(access)
    if access.kind in _SCHEMES and access.url is not None:
        yield from _check_url(access, access.url)
    if access.kind == "http":
        yield from _check_api(resource, access)
    names = {field.name for field in resource.fields} if resource else set()
    if access.watermark and names and access.watermark not in names:
        yield ("watermark",), unknown("column", access.watermark, names)


def _check_place(access: Access) -> Iterator[tuple[Location, str]]:
    for part in re.findall(r"\{[^}]*\}?|\}", access.pattern or ""):
        if part not in PLACEHOLDERS:
            yield ("pattern",), f"placeholder {part!r} is unknown; expected {' or '.join(PLACEHOLDERS)}"
    path = access.path or ""
    if path.startswith("/") or {"..", "."} & set(path.split("/")) or not path.isprintable() or "\\" in path:
        top = "the inbox; expected a folder below data/inbox"
        if access.kind != "files":
            top = "what `url` names; expected a folder below it"
        yield ("path",), f"path {path!r} leaves {top}"
    if "/" in (access.pattern or ""):
        yield ("pattern",), "a pattern names files, not folders; put the folder into `path`"


def _check_host_keys(access: Access) -> Iterator[tuple[Location, str]]:
    if access.host_key is not None and not access.host_keys:
        yield ("host_key",), "no host key is named; expected host_key: ssh-ed25519 AAAA…"
    if not all(map(_HOST_KEY.fullmatch, access.host_keys)):
        problem = (
            "a host key cannot be read; expected ssh-ed25519 AAAA…, as `ssh-keyscan HOST` prints it after the name"
        )
        yield ("host_key",), problem


def _check_secrets(access: Access) -> Iterator[tuple[Location, str]]:
    for name in ("password", "private_key", "ca"):
        value = getattr(access, name)
        if value is not None and not REFERENCE.fullmatch(value):
            yield (name,), f"{name!r} is written out; {_REFER}"
    for place in ("headers", "params"):
        for name, value in getattr(access, place).items():
            if _CONFIDENTIAL.search(name) and not REFERENCE.search(value):
                yield (place, name), f"{name!r} of {place} is written out; {_REFER}"
    texts = [("user", access.user or ""), ("url", access.url or "" if access.kind == "sql" else "")]
    for name, text in texts:
        if re.search(r"\{(?:secret|connection)\b", REFERENCE.sub("", text)):
            yield (name,), f"a reference in {name!r} cannot be read; {_REFER}"
    written = [match[1] or match[2] for match in _PASSWORDS.finditer(access.url or "")]
    if access.kind == "sql" and not all(map(REFERENCE.fullmatch, written)):
        yield ("url",), f"the password in 'url' is written out; {_REFER}"


def _check_url(access: Access, url: str) -> Iterator[tuple[Location, str]]:
    schemes = _SCHEMES[access.kind]
    shape = f"{schemes[0]}://host:port/…" + ("bucket" if access.kind == "objects" else "")
    try:
        parts = urlsplit(url)
        sound = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        yield ("url",), f"the address cannot be read; expected {shape}"
        return
    if not sound or not url.isprintable() or " " in url:
        yield ("url",), f"the address cannot be read; expected {shape}"
    elif parts.username is not None or parts.password is not None:
        yield ("url",), "an address holds no user and no password; expected `user:` and `password:` beside it"
    elif parts.query or parts.fragment:
        yield ("url",), "an address holds no parameters; expected `params: {name: value}` beside it"
    elif parts.scheme == "http" and not access.unencrypted:
        yield (
            ("url",),
            "http:// can be read and changed on its way; expected https://, or `unencrypted: true`",
        )
    if access.kind == "objects" and sound and parts.path.strip("/").count("/") + bool(parts.path.strip("/")) != 1:
        yield ("url",), f"the address names no bucket; expected {shape}"


def _check_api(resource: Resource | None, access: Access) -> Iterator[tuple[Location, str]]:
    fmt = access.format or (resource.format if resource else None)
    if access.records is None and access.paging is not None:
        yield ("paging",), "a file has no pages; expected `records` (where an answer holds its list), or no `paging`"
    if access.records is not None and fmt and (fmt.kind, fmt.encoding, fmt.member) != ("jsonl", "utf-8", None):
        yield (), "an API is kept as one record a line; expected format: {kind: jsonl}"
    for name, value in access.params.items():
        for part in re.findall(r"\{[^}]*\}?", REFERENCE.sub("", value)):
            if part not in _PARAMETERS:
                yield ("params", name), f"placeholder {part!r} is unknown; expected {' or '.join(_PARAMETERS)}"
    if access.paging and (access.paging.by == "cursor") != (access.paging.next is not None):
        yield ("paging",), "`next` (where the answer names the next cursor) belongs to `by: cursor`, and to it alone"
