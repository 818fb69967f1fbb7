"""Addresses of databases: declared without their passwords, which come from the environment or the home's secrets."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from jobs.contracts import Access, Resource
from jobs.errors import SourceError
from jobs.extract.folders import inside

_SECRET = re.compile(r"\{secret:([a-z][a-z0-9_]*)\}")


def connection_url(resource: Resource, access: Access, inbox: Path, secrets: Path) -> sa.URL:
    """The address with each ``{secret:name}`` filled in; a SQLite database lies in the inbox.

    Raises SourceError without a word of the address.
    """
    filled = _SECRET.sub(lambda match: quote(_secret(match[1], resource, secrets), safe=""), access.url or "")
    try:
        url = sa.make_url(filled)
    except (sa.exc.ArgumentError, ValueError):
        problem = "the address of the database cannot be read"
        raise SourceError(problem, remedy="Correct `url`", resource=resource.id) from None
    if url.get_backend_name() != "sqlite":
        return url
    database = (url.database or "..").replace("{inbox}", str(inbox))
    return url.set(database=str(inside(inbox, database, resource.id)))


def _secret(name: str, resource: Resource, secrets: Path) -> str:
    """``BRAIN_SECRET_<NAME>``, else the file ``data/secrets/<name>``."""
    path = secrets / name
    value = os.environ.get(f"BRAIN_SECRET_{name.upper()}") or (path.read_text().strip() if path.is_file() else "")
    if not value:
        remedy = f"Set BRAIN_SECRET_{name.upper()} or write data/secrets/{name}"
        raise SourceError(f"the secret {name!r} is not set", remedy=remedy, resource=resource.id)
    return value
