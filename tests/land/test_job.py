"""Landing into a lake: appended, numbered, counted; refused whole with its reason; nothing passed is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.context import Context
from jobs.errors import SourceError
from jobs.land import job
from tests.land.home import COLUMNS, RESOURCE, make_home, put_blob

HEAD = ",".join(COLUMNS)
REJECTS = f"{RESOURCE}__rejects"


def _pass(ctx: Context, landing: job.Landing) -> None:
    for version in (landing.version, landing.rejects_version):
        if version:
            ctx.lake.mark_passed(version, "passed", ctx.as_of)


def _csv(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines, ""]).encode()


def test_what_was_received_is_landed_or_rejected_with_its_number(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    delivery = put_blob(ctx, _csv("1,甲,a", "2,乙", "3,丙,c"), sums={"编号": "6", "地址": "0", "other": "1"})
    landing = job.run(ctx, delivery)
    assert (landing.received, landing.landed, landing.rejected, landing.is_cut) == (3, 2, 1, False)
    assert {name: str(total) for name, total in landing.sums.items()} == {"编号": "4", "地址": "0"}
    assert ctx.lake.passed("landed", RESOURCE) is None, "only a gate lets it through"
    _pass(ctx, landing)
    rows = ctx.lake.read_arrow("landed", RESOURCE).to_pylist()
    assert [(row["编号"], row["_row_no"], row["_load_id"]) for row in rows] == [
        ("1", 1, delivery.load_id),
        ("3", 3, delivery.load_id),
    ]
    (reject,) = ctx.lake.read_arrow("landed", REJECTS).to_pylist()
    assert reject == {
        "_load_id": delivery.load_id,
        "_row_no": 2,
        "_reason": "column_count: 2 fields instead of 3",
        "_text": "2,乙",
    }


@pytest.mark.parametrize(
    ("last", "is_cut"),
    [
        ("2,乙\n", True),
        ('2,"乙\n', True),
        ("2,乙,b,c\n", False),
        ("2,乙,b,c", True),
        ("2,乙,b", False),
        ("合计,2,\n", False),
        ("合计,2,", False),
    ],
)
def test_a_last_record_may_be_cut_unless_it_ends_with_too_many_fields_or_is_a_footer(
    tmp_path: Path, last: str, is_cut: bool
) -> None:
    """A stray comma in the record in which a transfer broke off gives it too many, but no end."""
    landing = job.run(make_home(tmp_path), put_blob(make_home(tmp_path), _csv("1,甲,a") + last.encode()))
    assert landing.rejected == (last != "2,乙,b")
    assert landing.is_cut is is_cut


def test_a_delivery_that_did_not_pass_is_undone_by_the_next(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    _pass(ctx, job.run(ctx, put_blob(ctx, _csv("1,甲,a", "x"))))
    job.run(ctx, put_blob(ctx, _csv("bad,bad,bad", "y", "z"), sequence=2))
    _pass(ctx, job.run(ctx, put_blob(ctx, _csv("2,乙,b", "w"), sequence=3)))
    assert sorted(ctx.lake.read_arrow("landed", RESOURCE)["编号"].to_pylist()) == ["1", "2"]
    assert sorted(ctx.lake.read_arrow("landed", REJECTS)["_text"].to_pylist()) == ["w", "x"]


def test_a_file_is_refused_whole_even_after_many_good_blocks(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    _pass(ctx, job.run(ctx, put_blob(ctx, _csv("1,甲,a"))))
    before = ctx.lake.passed("landed", RESOURCE)
    long = _csv(*[f"{n},乙,{'x' * 500}" for n in range(40_000)])
    with pytest.raises(SourceError, match=rf"byte {len(long) + 1} is not utf-8"):
        job.run(ctx, put_blob(ctx, long + b"\xff", sequence=2))
    assert ctx.lake.passed("landed", RESOURCE) == before
    assert ctx.lake.head("landed", RESOURCE) == 0
    assert ctx.lake.read_arrow("landed", RESOURCE).num_rows == 1


def test_an_error_says_nothing_personal(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    with pytest.raises(SourceError) as refusal:
        job.run(ctx, put_blob(ctx, "441900199001011234,张三,莞城\n1,李四,东城\n".encode()))
    assert not any(word in str(refusal.value) for word in ("441900199001011234", "张三", "莞城"))


def test_a_new_column_of_the_contract_is_null_in_older_rows(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    _pass(ctx, job.run(ctx, put_blob(ctx, _csv("1,甲,a"))))
    wider = make_home(tmp_path, columns=(*COLUMNS, "电话"))
    data = f"{HEAD},电话\n2,乙,b,13\n".encode()
    _pass(wider, job.run(wider, put_blob(wider, data, sequence=2)))
    rows = wider.lake.read_arrow("landed", RESOURCE).sort_by("编号").to_pylist()
    assert [row["电话"] for row in rows] == [None, "13"]


def test_a_member_named_by_the_manifest_is_read(tmp_path: Path) -> None:
    import io
    import zipfile
    from dataclasses import replace

    ctx = make_home(tmp_path, {"kind": "csv", "member": "*.csv"})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("one.csv", _csv("1,甲,a"))
        file.writestr("two.csv", _csv("2,乙,b"))
    delivery = put_blob(ctx, archive.getvalue())
    with pytest.raises(SourceError, match="2 members"):
        job.run(ctx, delivery)
    _pass(ctx, job.run(ctx, replace(delivery, member="two.csv")))
    assert ctx.lake.read_arrow("landed", RESOURCE)["编号"].to_pylist() == ["2"]


def test_a_column_with_two_readings_is_landed_once(tmp_path: Path) -> None:
    import json

    ctx = make_home(tmp_path)
    codes = tmp_path / "catalog" / "standards" / "codes"
    codes.mkdir()
    (codes / "town.csv").write_text("code,name\n1,莞城街道\n", encoding="utf-8")
    (codes.parent / "codes.yml").write_text("town: {name: 镇街, standard: 自定}", encoding="utf-8")
    source = tmp_path / "catalog" / "sources" / "dep" / "sys.yml"
    declared = json.loads(source.read_text(encoding="utf-8"))
    reading = {"name": "地址", "label": "镇街", "element": "element_2", "to": "town", "code_table": "town"}
    declared["resources"][0]["fields"].append(reading | {"rule": "town_in_address"})
    source.write_text(json.dumps(declared, ensure_ascii=False), encoding="utf-8")
    ctx = Context(ctx.settings, ctx.as_of)
    assert ctx.catalog.resources[RESOURCE].key_columns == ("element_0",)
    _pass(ctx, job.run(ctx, put_blob(ctx, _csv("1,甲,东莞市莞城"))))
    columns = ctx.lake.read_arrow("landed", RESOURCE).column_names
    assert columns == [*COLUMNS, "_load_id", "_row_no", "_row_hash"]


def test_a_header_alone_lands_nothing(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    landing = job.run(ctx, put_blob(ctx, _csv()))
    assert landing.received == 0
    assert landing.version is not None and landing.version.rows == 0


_KILLED = """
import sys
from pathlib import Path
from tests.land.home import make_home, put_blob
from jobs.land import job
ctx = make_home(Path(sys.argv[1]))
delivery = put_blob(ctx, Path(sys.argv[2]), sequence=2)
print("landing", flush=True)
job.run(ctx, delivery)
"""


def test_a_killed_landing_leaves_nothing_and_can_be_done_again(tmp_path: Path) -> None:
    ctx = make_home(tmp_path)
    _pass(ctx, job.run(ctx, put_blob(ctx, _csv("1,甲,a"))))
    source = tmp_path / "large.csv"
    source.write_bytes(_csv(*[f"{n},乙,{'x' * 200}" for n in range(200_000)]))
    process = subprocess.Popen([sys.executable, "-c", _KILLED, str(tmp_path), str(source)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"landing\n"
    time.sleep(0.15)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert ctx.lake.head("landed", RESOURCE) == 0, "killed before it could commit"
    assert ctx.lake.read_arrow("landed", RESOURCE).num_rows == 1
    _pass(ctx, job.run(ctx, put_blob(ctx, source, sequence=2)))
    assert ctx.lake.read_arrow("landed", RESOURCE).num_rows == 200_001
