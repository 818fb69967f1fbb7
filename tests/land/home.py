"""A home with one department, one system and one resource: as little catalog as the loader takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from jobs.context import Context
from jobs.lake.delivery import Delivery
from jobs.settings import Settings

RESOURCE = "dep.sys.thing"
COLUMNS = ("编号", "姓名", "地址")
_FORMAT = {"kind": "csv"}


def make_home(
    home: Path,
    fmt: Mapping[str, object] | None = None,
    columns: tuple[str, ...] = COLUMNS,
    access: Mapping[str, object] | None = None,
    key: str | None = None,
) -> Context:
    """A context over a new home; ``access`` defaults to files named by period and sequence."""
    reached = access or {"kind": "files", "path": "dep/sys", "pattern": "thing_{period}_{sequence}.*"}
    documents: dict[str, object] = {
        "departments.yml": [{"code": "dep", "name": "部门", "short_name": "部门"}],
        "standards/elements.yml": {"elements": [_element(n) for n in range(len(columns))]},
        "standards/codes.yml": {},
        "connections.yml": {RESOURCE: reached},
        "sources/dep/sys.yml": {
            "system": {"id": "dep.sys", "name": "系统", "department": "dep"},
            "resources": [_resource(dict(fmt or _FORMAT), columns, key or columns[0])],
        },
    }
    for name, document in documents.items():
        path = home / "catalog" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    (home / "data" / "inbox").mkdir(parents=True, exist_ok=True)
    return Context(Settings(home=home, engine="sail"), "2026-03-02")


def _element(number: int) -> dict[str, object]:
    return {"id": f"element_{number}", "name": f"数据元{number}", "identifier": f"E{number}", "type": "string"}


def _resource(fmt: dict[str, object], columns: tuple[str, ...], key: str) -> dict[str, object]:
    return {
        "id": RESOURCE,
        "code": "306001/1",
        "name": "事项",
        "subject": "thing",
        "cycle": "daily",
        "load": {"mode": "full", "key": [key]},
        "format": fmt,
        "share": {"type": "unconditional"},
        "level": "G1",
        "fields": [{"name": c, "label": c, "element": f"element_{n}"} for n, c in enumerate(columns)],
    }


def put_blob(
    ctx: Context, content: bytes | Path, period: str = "2026-03-02", sequence: int = 1, **manifest: object
) -> Delivery:
    """A delivery whose bytes stand in the blob store, as extract leaves it."""
    from jobs.extract.blobs import hash_file, keep_blob

    if isinstance(content, bytes):
        source = ctx.settings.home / "delivered"
        source.write_bytes(content)
    else:
        source = content
    folder = ctx.settings.lake / "1_extracted" / "dep.sys"
    blob = keep_blob(source, folder)
    assert blob == hash_file(source)
    return Delivery(RESOURCE, period, sequence, blob, "", "thing.csv", f"{period}T12:00:00", dict(manifest))
