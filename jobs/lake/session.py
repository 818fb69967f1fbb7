"""The one engine of this process: Apache Spark in local or remote mode, or Sail without a JVM.

Only one can live in a process; both speak the same DataFrame and SQL API.
"""

from __future__ import annotations

import os
import sys
from threading import Lock
from typing import TYPE_CHECKING, Any

from jobs.errors import EnvironmentFault
from jobs.lake.jars import delta_jars
from jobs.lake.java import find_java
from jobs.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_COMMON = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
}

SMALL = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""Small tables run interpreted and without replanning: compiling a wide select takes longer than running it."""

LARGE = {
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.codegen.wholeStage": "true",
    "spark.sql.codegen.factoryMode": "FALLBACK",
}
"""Lake turns both on for large ones."""

_QUIET_LOG4J = """
rootLogger.level = error
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""


_OPENING = Lock()
_open: dict[str, SparkSession] = {}


def open_session(settings: Settings) -> SparkSession:
    """The session of this process, started on first use (7-8 s for Spark, 2 s for Sail); safe from any thread.

    Whatever home the first caller came from; EnvironmentFault if the other engine lives here already.
    """
    with _OPENING:
        if settings.engine not in _open:
            if _open:
                problem = f"this process runs {next(iter(_open))}; {settings.engine} needs one of its own"
                raise EnvironmentFault(problem, remedy="Set BRAIN_ENGINE for the whole process")
            os.environ["PYSPARK_PYTHON"] = sys.executable
            _open[settings.engine] = _sail() if settings.engine == "sail" else _spark(settings)
        return _open[settings.engine]


def _spark(settings: Settings) -> SparkSession:
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ["JAVA_HOME"] = str(find_java(settings.cache).home)
    builder: Any = SparkSession.builder.appName("data-brain").master(settings.master)
    for key, value in (_COMMON | _spark_options(settings)).items():
        builder = builder.config(key, value)
    session: SparkSession = builder.getOrCreate()
    return session


def _spark_options(settings: Settings) -> dict[str, str]:
    cores = str(os.cpu_count() or 2)
    log4j = settings.cache / "log4j2.properties"
    log4j.parent.mkdir(parents=True, exist_ok=True)
    log4j.write_text(_QUIET_LOG4J)
    return {
        "spark.jars": ",".join(str(jar) for jar in delta_jars(settings.cache)),
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": settings.driver_memory,
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={log4j} -Duser.timezone=UTC -XX:+UseParallelGC",
        "spark.scheduler.mode": "FAIR",
        **SMALL,
        # Propagation of constraints through wide selects takes time exponential in their aliases.
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.sql.autoBroadcastJoinThreshold": "32m",
        # Else each sort, aggregate and broadcast of however few rows takes a page of 32 MiB, and they fill the heap. A
        # task has up to 8,192 pages (16 GiB), then it spills.
        "spark.buffer.pageSize": "2m",
        "spark.sql.shuffle.partitions": cores,
        "spark.sql.warehouse.dir": str(settings.cache / "warehouse"),
        "spark.python.sql.dataFrameDebugging.enabled": "false",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    } | _local_dir(settings)


def _local_dir(settings: Settings) -> dict[str, str]:
    """Spark's own files lie in the lake's scratch under this process's number: a killed engine cannot remove them, the
    next run does. The option is a list, so a path with a comma cannot be given."""
    folder = str(settings.scratch / f"spark.{os.getpid()}")
    return {} if "," in folder else {"spark.local.dir": folder}


def _sail() -> SparkSession:
    os.environ.setdefault("RUST_LOG", "error")  # else it warns after every command's last line that it ends its tasks
    # Its allocator takes memory in huge pages, which the system clears whole however little of one a small table needs.
    # Holds for this whole process and what it starts.
    os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")
    try:
        from pysail.spark import SparkConnectServer
    except ImportError:
        raise EnvironmentFault(
            "the engine sail is not installed", remedy="Install the extra: pip install 'city-data-brain[sail]'"
        ) from None
    from pyspark.sql import SparkSession

    server = SparkConnectServer()
    server.start(background=True)
    _, port = server.listening_address
    builder: Any = SparkSession.builder.remote(f"sc://127.0.0.1:{port}")
    session: SparkSession = builder.getOrCreate()
    session._brain_server = server  # type: ignore[attr-defined]  # keeps the server alive as long as the session
    for key, value in _COMMON.items():
        session.conf.set(key, value)
    return session
