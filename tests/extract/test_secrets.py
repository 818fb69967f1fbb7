"""Secrets are named, never told: planted in every place, and searched for in everything that a run leaves."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from jobs.cli.app import invoke
from jobs.errors import SourceError
from jobs.extract import http
from jobs.extract.secrets import fill
from tests.extract.city import City, deliveries
from tests.extract.conftest import EVERY_RIG
from tests.extract.rigs import Rig
from tests.extract.rigs.databases import Postgres
from tests.extract.rigs.sftp import SftpServer
from tests.land.home import make_home

PLACES = ("environment", "file", "connection as JSON", "connection as address")
PLANTED = [
    pytest.param(*each.values, place, id=f"{each.id}-{place}", marks=each.marks)
    for each in EVERY_RIG
    for place in (PLACES if each.values[0] in (SftpServer, Postgres) else PLACES[:1])
]
"""Every connector from the environment; from the other places the one that needs it plain and the one in an address."""


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Every logger at its most talkative, those that were told to be quiet as well."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith(("httpx", "httpcore", "asyncssh"))]
    with caplog.at_level(logging.NOTSET):
        for name in ("httpx", "httpcore", *names):
            logging.getLogger(name).setLevel(logging.DEBUG)
        yield caplog


def _plant(city: City, place: str, secrets: dict[str, str]) -> dict[str, str]:
    """Put each secret into ``place``; how the catalog names it there."""
    named = {}
    for name, value in secrets.items():
        city.monkeypatch.delenv(f"BRAIN_SECRET_{name.upper()}", raising=False)
        named[name] = f"{{secret:{name}}}" if not place.startswith("connection") else f"{{connection:{name}}}"
        if place == "environment":
            city.monkeypatch.setenv(f"BRAIN_SECRET_{name.upper()}", value)
        elif place == "file":
            folder = city.rig.home / "data" / "secrets"
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(value + "\n")
        elif place == "connection as JSON":
            city.monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps({"conn_type": "x", "password": value}))
        else:
            city.monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", f"x://someone:{quote(value, safe='')}@host/")
    return named


def _left(city: City) -> bytes:
    """Every byte of the home that is not the place for secrets: lake, journal with its log, catalog."""
    files = [path for path in city.rig.home.rglob("*") if path.is_file() and "secrets" not in path.parts]
    return b"\0".join(os.fsencode(path) + path.read_bytes() for path in files if "tls" not in path.parts)


@pytest.mark.connectors
@pytest.mark.parametrize(("rig", "place"), PLANTED, indirect=["rig"])
def test_a_secret_is_nowhere_but_in_its_place(
    rig: Rig,
    place: str,
    monkeypatch: pytest.MonkeyPatch,
    everything: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(http, "_FIRST_WAIT", 0.02)
    city = City(rig, monkeypatch)
    command = ["--home", str(rig.home), "extract", "--date", "2026-03-02", "--json"]
    said = []
    for fault in [*rig.faults, ""]:
        if fault and place != "environment" and fault not in ("password", "error"):
            continue  # how it fails does not depend on where the secret lies; the two that speak of it stay
        rig.fail(fault) if fault else rig.heal()
        ctx = city.connect()
        connections = rig.home / "catalog" / "connections.yml"
        secrets = rig.secrets() | ({"dep_password": "wrong-but-still-secret"} if fault == "password" else {})
        text = connections.read_text()
        for name, reference in _plant(city, place, secrets).items():
            text = text.replace(f"{{secret:{name}}}", reference)
        connections.write_text(text)
        assert invoke(command) == (5 if fault else 0)
        said.append(capfd.readouterr())
        rig.heal()
    assert len(deliveries(ctx)) == 1, "with the true secret it is let in"
    written = _left(city)
    told = "\n".join([everything.text, *(out + err for out, err in said)])
    assert "extract" in told and b"dep.sys.thing" in written, "the search can find something"
    for secret in {*rig.secrets().values(), "wrong-but-still-secret"} - {rig.authority.pem}:
        for form in {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}:
            assert form not in told
            assert form.encode() not in written


@pytest.mark.parametrize(
    ("value", "reference", "expected"),
    [
        ('{"login": "me", "password": "p", "extra": {"token": "t"}}', "{connection:c.login}", "me"),
        ('{"password": "p", "extra": "{\\"token\\": \\"t\\"}"}', "x-{connection:c.token}", "x-t"),
        ("sftp://me:p%2Fw%40@host:22/?token=t%20t", "{connection:c}", "p/w@"),
        ("sftp://me:p@host/?token=t%20t", "{connection:c.token}", "t t"),
        ("sftp://me:p@host/?__extra__=%7B%22token%22%3A%20%22t%22%7D", "{connection:c.token}", "t"),
    ],
)
def test_a_connection_is_read_as_airflow_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, reference: str, expected: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_C", value)
    assert fill(reference, tmp_path) == expected


@pytest.mark.parametrize("value", ["{not json", "[1]", "x://[", '{"password": 7}', '{"extra": "{"}'])
def test_a_connection_that_cannot_be_read_is_named_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_C", value)
    with pytest.raises(SourceError, match="the Airflow connection 'c' is not known") as caught:
        fill("{connection:c}", tmp_path)
    assert value not in str(caught.value)
    assert "AIRFLOW_CONN_C" in caught.value.remedy


def test_the_doctor_names_what_is_not_set_and_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    access = {
        "kind": "sftp",
        "url": "sftp://127.0.0.1:1/out",
        "path": "dep",
        "pattern": "thing_{period}.csv",
        "user": "{connection:kept.login}",
        "password": "{secret:written}",
        "private_key": "{secret:forgotten}",
        "host_key": "ssh-ed25519 AAAA",
    }
    ctx = make_home(tmp_path, access=access)
    written = ctx.settings.secrets / "written"
    written.parent.mkdir()
    written.write_text("planted-in-a-file")
    written.chmod(0o644)
    monkeypatch.setenv("AIRFLOW_CONN_KEPT", "x://planted-login:planted@host/")
    found = _doctor(tmp_path, capfd)
    assert found["secret {connection:kept.login}"]["ok"]
    assert found["secret {secret:forgotten}"]["remedy"] == "Set BRAIN_SECRET_FORGOTTEN or write data/secrets/forgotten"
    assert found["secret {secret:written}"]["remedy"] == "chmod 600 data/secrets/written"
    written.chmod(0o600)
    monkeypatch.setenv("BRAIN_SECRET_FORGOTTEN", "planted-at-last")
    found = _doctor(tmp_path, capfd)
    assert {name: item["ok"] for name, item in found.items() if name.startswith("secret")} == {
        "secret {connection:kept.login}": True,
        "secret {secret:forgotten}": True,
        "secret {secret:written}": True,
    }
    assert "planted" not in json.dumps(found)
    (tmp_path / "catalog" / "connections.yml").write_text("[")
    assert "brain check" in _doctor(tmp_path, capfd)["catalog"]["remedy"]


def _doctor(home: Path, capfd: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capfd.readouterr()
    invoke(["--home", str(home), "doctor", "--json"])
    told = capfd.readouterr()
    assert "planted" not in told.out + told.err
    return {item["name"]: item for item in json.loads(told.out)}


@pytest.mark.dags
def test_airflow_itself_is_asked_for_a_connection_that_is_not_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    airflow = str(Path(sys.executable).with_name("airflow"))
    added = ["connections", "add", "dep_sftp", "--conn-type", "sftp", "--conn-password", 'p w/"x']
    for arguments in (["db", "migrate"], [*added, "--conn-extra", '{"private_key": "K"}']):
        subprocess.run([airflow, *arguments], check=True, capture_output=True, timeout=300)
    assert fill("{connection:dep_sftp}|{connection:dep_sftp.private_key}", tmp_path) == 'p w/"x|K'
    with pytest.raises(SourceError, match="'other' is not known"):
        fill("{connection:other}", tmp_path)
