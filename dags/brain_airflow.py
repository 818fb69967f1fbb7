"""Airflow for this project: its settings, its database, and ``python dags/brain_airflow.py`` for its screens.

Everything lies in ``.airflow`` beside ``dags`` (or in ``AIRFLOW_HOME``): SQLite, no examples, this machine only. A
deployment of its own sets Airflow up as it likes; it needs this folder as DAG folder and the pool.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

DAGS = Path(__file__).resolve().parent
PROJECT = DAGS.parent
BIN = Path(sys.executable).parent
HOST, PORT = "127.0.0.1", os.environ.get("BRAIN_AIRFLOW_PORT", "8080")
ADMIN, OFFICER = "admin", "cdo"
POOL = "brain"
"""One slot: one engine runs at a time, whatever waits."""


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Airflow's settings as variables; what the caller has set already stands."""
    home = given.get("AIRFLOW_HOME") or str(PROJECT / ".airflow")
    ours = {
        "AIRFLOW_HOME": home,
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(DAGS / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin,{OFFICER}:user",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": PORT,
        "AIRFLOW__API__BASE_URL": f"http://{HOST}:{PORT}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{HOST}:{PORT}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PATH": f"{BIN}{os.pathsep}{given.get('PATH', os.defpath)}",
    }
    return ours | dict(given) | {"PATH": ours["PATH"]}


def prepare() -> None:
    """Make Airflow's database and the pool, once for each version of Airflow; the settings must be in force."""
    from importlib.metadata import version

    stamp = Path(os.environ["AIRFLOW_HOME"]) / f".ready-{version('apache-airflow')}"
    if stamp.exists():
        return
    stamp.parent.mkdir(parents=True, exist_ok=True)
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb

    initdb()
    Pool.create_or_update_pool(POOL, slots=1, description="one engine runs at a time", include_deferred=False)
    stamp.touch()


def main() -> None:
    """Airflow's screens until interrupted."""
    os.environ.update(environment(os.environ))
    prepare()
    print(f"Airflow   http://{HOST}:{PORT}   (some seconds from now; Ctrl-C ends it)")
    print(f"report    http://{HOST}:{PORT}/report/index.html   (and in the menu: 质量报告)")
    print(
        f"users     {ADMIN} (may do all) and {OFFICER} (approves releases); passwords: {_passwords()}",
        flush=True,
    )
    os.execve(BIN / "airflow", ["airflow", "standalone"], os.environ)


def _passwords() -> Path:
    """The file with the passwords, made here with random ones if it is not there yet, for this user's eyes only."""
    import secrets

    path = Path(os.environ["AIRFLOW_HOME"]) / "simple_auth_manager_passwords.json.generated"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
            json.dump({user: secrets.token_urlsafe(9) for user in (ADMIN, OFFICER)}, handle)
    return path


if __name__ == "__main__":
    main()
