"""The seven Delta jars: resolved once by Spark's own resolver, checked by SHA-256, reused without a network.

Delta's package list names 33 jars; Spark ships the other 26 itself, often newer. They are excluded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from jobs.errors import EnvironmentFault
from jobs.lake.java import find_java, trust_options
from jobs.lake.lock import file_lock

DELTA_PACKAGE = "io.delta:delta-spark_4.2_2.13:4.4.0"

JARS: dict[str, str] = {
    "io.delta_delta-kernel-api-4.4.0.jar": "ee9b5a14ac3b7efdff4d61a58478fe8eb0e5a3fbca43889dca7290795fe79a11",
    "io.delta_delta-kernel-defaults-4.4.0.jar": "225c975199e4718b38ee5b7e6da7f19e9585024262b2cec2656b32151a856b0b",
    "io.delta_delta-kernel-unitycatalog-4.4.0.jar": "cea22dfb4ac562b3cd27bf652697750e8336009d73fb06631363aaaad5345ffa",
    "io.delta_delta-spark_4.2_2.13-4.4.0.jar": "27d4fd8b1f879535c573ed1c718177d6a27f24d3e626ba02e216369725721ead",
    "io.delta_delta-storage-4.4.0.jar": "c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc",
    "io.unitycatalog_unitycatalog-client-0.6.0.jar": "48257499a86b801a3e2372cec55ac226ca1c1c7eabe5c118e7302f29a1fdbc19",
    "io.unitycatalog_unitycatalog-hadoop-0.6.0.jar": "c47b63c961c87102b9e1d63809a0915ba4c86b7652f57c8d39ca3a05b441a150",
}

_EXCLUDED_GROUPS = (
    "com.fasterxml.jackson.core",
    "com.fasterxml.jackson.datatype",
    "com.github.luben",
    "com.google.code.findbugs",
    "commons-logging",
    "commons-pool",
    "io.airlift",
    "javax.annotation",
    "org.apache.hadoop",
    "org.apache.logging.log4j",
    "org.apache.parquet",
    "org.locationtech.jts",
    "org.roaringbitmap",
    "org.slf4j",
    "org.xerial.snappy",
)

_RESOLVE_SECONDS = 900

_RESOLVE = """
from pyspark.sql import SparkSession
SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate().stop()
"""


def delta_jars(cache: Path) -> list[Path]:
    """Paths of the verified jars, resolving them first if the cache lacks one: one process does, the others wait."""
    folder = cache / "jars"
    if missing_jars(cache):
        problem = f"another process has been resolving the Delta jars for {_RESOLVE_SECONDS} s"
        with file_lock(cache / "jars.lock", problem, _RESOLVE_SECONDS):
            if missing_jars(cache):
                _resolve(cache, folder)
    faulty = missing_jars(cache)
    if faulty:
        raise EnvironmentFault(
            f"the Delta jars could not be resolved or differ from their known SHA-256: {', '.join(faulty)}",
            remedy=f"Check the network, delete {folder} and run `make setup` again",
        )
    return [folder / name for name in sorted(JARS)]


def missing_jars(cache: Path) -> list[str]:
    """Names of jars that are absent from the cache or not what they should be."""
    return [name for name, digest in JARS.items() if _sha256(cache / "jars" / name) != digest]


def _sha256(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _resolve(cache: Path, folder: Path) -> None:
    """Let Spark's resolver fetch the package into a folder of its own, then keep the seven jars."""
    ivy = cache / "ivy"
    shutil.rmtree(ivy, ignore_errors=True)
    settings = {
        "spark.jars.packages": DELTA_PACKAGE,
        "spark.jars.excludes": ",".join(f"{group}:*" for group in _EXCLUDED_GROUPS),
        "spark.jars.ivy": str(ivy),
        "spark.driver.bindAddress": "127.0.0.1",
    }
    arguments = " ".join(f'--conf "{key}={value}"' for key, value in settings.items())
    options = " ".join(trust_options(cache))
    if options:
        arguments += f' --driver-java-options "{options}"'
    environment = os.environ | {
        "JAVA_HOME": str(find_java(cache).home),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": f"{arguments} pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    if options:
        environment["SPARK_LAUNCHER_OPTS"] = environment["JDK_JAVA_OPTIONS"] = options
    command = [sys.executable, "-c", _RESOLVE]
    try:
        answer = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=_RESOLVE_SECONDS
        )
    except subprocess.TimeoutExpired:
        problem = f"Spark's resolver did not bring {DELTA_PACKAGE} in {_RESOLVE_SECONDS} s"
        raise EnvironmentFault(problem, remedy="Check the network and run `make setup` again") from None
    folder.mkdir(parents=True, exist_ok=True)
    for name in JARS:
        found = ivy / "jars" / name
        if found.exists():
            shutil.move(found, folder / name)
    if missing_jars(cache):
        reason = [line.strip() for line in answer.stderr.splitlines() if "not found" in line or "Exception" in line]
        last = (reason or answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise EnvironmentFault(
            f"Spark's resolver could not bring {DELTA_PACKAGE}: {last}",
            remedy="Check the network (a company proxy: set SSL_CERT_FILE) and run `make setup` again",
        )
    shutil.rmtree(ivy, ignore_errors=True)
