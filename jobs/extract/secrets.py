"""Secrets by their names: from the environment, from the home's secrets, or from a connection of Airflow.

They are read when a source is opened and live in its memory only: never in an error, a log, a process list.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import sqlalchemy as sa

from jobs.contracts import REFERENCE, Access
from jobs.errors import SourceError
from jobs.extract.folders import inside

_FIELDS = {"login": "username", "password": "password", "host": "hostname"}
_AIRFLOW_SECONDS = 120


def fill(text: str | None, secrets: Path, encode: bool = False) -> str:
    """``text`` with each reference replaced by its secret, percent-encoded where it goes into an address."""

    def value(match: re.Match[str]) -> str:
        kind, _, name = match[0].strip("{}").partition(":")
        found = _secret(name, secrets) if kind == "secret" else _of_connection(*name.partition(".")[::2])
        return quote(found, safe="") if encode else found

    return REFERENCE.sub(value, text or "")


def whereabouts(reference: re.Match[str], secrets: Path) -> str:
    """Where the secret that is named lies, without a word of it; SourceError, with the remedy, where it is not set."""
    kind, _, name = reference[0].strip("{}").partition(":")
    if kind == "secret":
        _secret(name, secrets)
        variable, path = f"BRAIN_SECRET_{name.upper()}", secrets / name
        if os.environ.get(variable):
            return f"set by {variable}"
        if path.stat().st_mode & 0o077:
            problem = f"data/secrets/{name} can be read by other users of this machine"
            raise SourceError(problem, remedy=f"chmod 600 data/secrets/{name}")
        return f"set in data/secrets/{name}"
    _of_connection(*name.partition(".")[::2])
    variable = f"AIRFLOW_CONN_{name.partition('.')[0].upper()}"
    return f"set by {variable}" if os.environ.get(variable) else "known to Airflow"


def connection_url(access: Access, inbox: Path, secrets: Path) -> sa.URL:
    """The address of a database with its secrets filled in; a SQLite database lies in the inbox.

    Raises SourceError without a word of the address.
    """
    try:
        url = sa.make_url(fill(access.url, secrets, encode=True))
    except (sa.exc.ArgumentError, ValueError):
        raise SourceError("the address of the database cannot be read", remedy="Correct `url`") from None
    if url.get_backend_name() != "sqlite":
        return url
    database = (url.database or "..").replace("{inbox}", str(inbox))
    return url.set(database=str(inside(inbox, database)))


def _secret(name: str, secrets: Path) -> str:
    """``BRAIN_SECRET_<NAME>``, else the file ``data/secrets/<name>``."""
    path = secrets / name
    try:
        value = os.environ.get(f"BRAIN_SECRET_{name.upper()}") or (path.read_text().strip() if path.is_file() else "")
    except (OSError, ValueError):
        value = ""
    if not value:
        remedy = f"Set BRAIN_SECRET_{name.upper()} or write data/secrets/{name}"
        raise SourceError(f"the secret {name!r} is not set", remedy=remedy)
    return value


def _of_connection(identity: str, field: str) -> str:
    """A field of an Airflow connection, its password by default; also one of its extras.

    The variable ``AIRFLOW_CONN_<ID>`` wins, as it does in Airflow; else the command ``airflow`` is asked.
    """
    given = os.environ.get(f"AIRFLOW_CONN_{identity.upper()}")
    try:
        found = _parsed(given) if given else _asked(identity)
    except (ValueError, OSError, subprocess.SubprocessError):
        found = {}
    value = found.get(field or "password")
    if not isinstance(value, str) or not value:
        problem = f"the Airflow connection {identity!r} is not known, or has no {field or 'password'!r}"
        remedy = f"Set AIRFLOW_CONN_{identity.upper()}, or add the connection where `airflow connections get` finds it"
        raise SourceError(problem, remedy=remedy)
    return value


def _parsed(text: str) -> dict[str, Any]:
    """A connection as Airflow takes it from the environment: JSON, or an address with the extras as parameters."""
    if text.lstrip().startswith("{"):
        return _flat(json.loads(text))
    parts = urlsplit(text)
    extras = dict(parse_qsl(parts.query))
    extras = _flat({"extra": extras.pop("__extra__", extras)})
    named = {field: getattr(parts, attribute) for field, attribute in _FIELDS.items()}
    return extras | {field: unquote(value) for field, value in named.items() if value}


def _flat(found: dict[str, Any]) -> dict[str, Any]:
    """The fields, with the extras among them."""
    extra = found.get("extra_dejson") or found.get("extra") or {}
    if isinstance(extra, str):
        extra = json.loads(extra)
    return (extra if isinstance(extra, dict) else {}) | found


@lru_cache
def _asked(identity: str) -> dict[str, Any]:
    """What Airflow's own command says, asked once; it goes through a pipe, never through a file or the terminal."""
    command = [str(Path(sys.executable).with_name("airflow")), "connections", "get", identity, "--output", "json"]
    answer = subprocess.run(
        command, capture_output=True, text=True, timeout=_AIRFLOW_SECONDS, check=True, stdin=subprocess.DEVNULL
    )
    (found,) = json.loads(answer.stdout)
    return _flat(found)
