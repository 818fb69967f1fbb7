"""Counterparts of the connectors: a private authority, source databases (a PostgreSQL if there is one), rigs."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jobs.lake.doctor import find_postgres
from tests.extract.certificates import Authority
from tests.extract.rigs import RIGS, Rig
from tests.extract.rigs.base import PASSWORD
from tests.extract.rigs.databases import Postgres


@dataclass(frozen=True)
class Source:
    """A database one can write to, and the address under which the catalog knows it."""

    url: str
    execute: Callable[..., None]
    many: Callable[[str, Sequence[Sequence[Any]]], None]
    mark: str
    """How its driver writes a parameter."""


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL that only listens on this machine."""

    port: int

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="brain", password=PASSWORD, dbname=database, autocommit=True
        )


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Who vouches for the servers of these tests."""
    return Authority()


@pytest.fixture(scope="session")
def postgres(authority: Authority) -> Iterator[Server]:
    """A PostgreSQL of our own in a folder of its own, run by a user without rights; gone at the end."""
    folder = find_postgres()
    if folder is None:
        if os.environ.get("BRAIN_ALL_LANES") == "1":
            pytest.fail("PostgreSQL is not installed (Debian: apt-get install -y postgresql)")
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install -y postgresql)")
    root = Path(tempfile.mkdtemp(prefix="brain-postgres-"))
    user = _unprivileged()
    if user:
        os.chown(root, user.pw_uid, user.pw_gid)

    def run(tool: str, *arguments: str) -> None:
        subprocess.run(
            [str(folder / tool), *arguments],
            check=True,
            cwd=root,
            stdout=subprocess.DEVNULL,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )

    secret = root / "secret"
    secret.write_text(PASSWORD)
    if user:
        os.chown(secret, user.pw_uid, user.pw_gid)
    data, port = str(root / "data"), _free_port()
    run("initdb", "-D", data, "-U", "brain", "-E", "UTF8", "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync")
    certificate, key = authority.issue(root / "tls")
    for path in (root / "tls", certificate, key) if user else ():
        os.chown(path, user.pw_uid, user.pw_gid)
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={root} -c fsync=off"
    settings += f" -c ssl=on -c ssl_cert_file={certificate} -c ssl_key_file={key}"
    run("pg_ctl", "-D", data, "-o", settings, "-l", str(root / "log"), "-w", "start")
    try:
        yield Server(port)
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(root, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to be: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Source]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield from _sqlite(tmp_path / "data" / "inbox" / "dep.sqlite")
    else:
        yield from _database(request.getfixturevalue("postgres"), f"t{abs(hash(tmp_path))}")


def _sqlite(path: Path) -> Iterator[Source]:
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path, isolation_level=None)

    def many(statement: str, rows: Sequence[Sequence[Any]]) -> None:
        connection.execute("BEGIN")
        connection.executemany(statement, rows)
        connection.execute("COMMIT")

    yield Source("sqlite:///{inbox}/dep.sqlite", connection.execute, many, "?")
    connection.close()


def _database(server: Server, name: str) -> Iterator[Source]:
    with server.connect() as admin:
        admin.execute(f"CREATE DATABASE {name}")
    with server.connect(name) as connection, connection.cursor() as cursor:
        url = f"postgresql://brain:{{secret:dep_db}}@127.0.0.1:{server.port}/{name}"
        yield Source(url, connection.execute, cursor.executemany, "%s")


def _of(kind: type[Rig]) -> Any:
    return pytest.param(kind, id=kind.name, marks=[pytest.mark.postgres] if kind is Postgres else [])


EVERY_RIG = [_of(kind) for kind in RIGS]


@pytest.fixture
def rig(request: pytest.FixtureRequest, tmp_path: Path, authority: Authority) -> Iterator[Rig]:
    """The counterpart of one connector, running, with one delivery to take."""
    kind: type[Rig] = request.param
    if kind is Postgres:
        Postgres.server = request.getfixturevalue("postgres")
    (tmp_path / "data" / "inbox").mkdir(parents=True)
    with kind(tmp_path, authority) as made:
        made.put()
        yield made
