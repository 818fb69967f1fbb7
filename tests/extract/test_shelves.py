"""Names and places that a server may offer and we must not follow, and files that need not come twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from jobs.audit.facts import read_facts
from jobs.audit.findings import find_all
from jobs.context import Context
from jobs.errors import SourceError
from jobs.extract.blobs import Sink
from jobs.extract.files import require_plain, shown
from tests.extract.certificates import Authority
from tests.extract.city import City, blob_of, deliveries, run, visible
from tests.extract.rigs.objects import S3Bucket
from tests.extract.rigs.sftp import SftpServer
from tests.land.home import RESOURCE

HOSTILE = [
    "..",
    ".",
    "",
    "../x.csv",
    "/etc/passwd",
    "a\\b.csv",
    "a\nb.csv",
    "a\x1b[2Jb.csv",
    "a\u202etxt.csv",
    "x" * 256,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_more_than_a_name_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match="the name of a delivery is a path"):
        require_plain(name)
    assert shown(name).isprintable() and len(shown(name)) <= 255


@pytest.fixture
def sftp(tmp_path: Path, authority: Authority) -> Iterator[SftpServer]:
    with SftpServer(tmp_path, authority) as made:
        made.put()
        assert isinstance(made, SftpServer)
        yield made


def test_links_folders_and_odd_names_of_a_server_are_not_taken(
    sftp: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sftp.root / "out" / "dep"
    (sftp.root / "secret.csv").write_text("secret")
    (folder / "thing_20260301_7.csv").symlink_to(sftp.root / "secret.csv")
    (folder / "thing_20260301_8.csv").mkdir()
    (folder / "bad\nname_20260301.csv").write_text("x")
    ctx = City(sftp, monkeypatch).connect(pattern="*_{period}*.csv")
    report = run(ctx)[RESOURCE]
    assert report.rows == 1
    assert "file bad\\nname_20260301.csv" in report.note and "(and 1 more)" in report.note
    assert len(visible(ctx)) == 1
    (folder / "bad\nname_20260301.csv").unlink()
    note = run(ctx)[RESOURCE].note
    assert "the delivery is a link" in note and "thing_20260301_7.csv" in note and "secret" not in note


def test_a_folder_that_is_a_link_out_of_the_declared_one_is_refused(
    sftp: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sftp.root / "elsewhere").mkdir()
    (sftp.root / "out" / "link").symlink_to(sftp.root / "elsewhere")
    assert "leads out of the folder" in run(City(sftp, monkeypatch).connect(path="link"))[RESOURCE].note
    assert "no such folder" in run(City(sftp, monkeypatch).connect(path="nowhere"))[RESOURCE].note


def test_a_file_that_was_taken_is_not_transferred_again(sftp: SftpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    long_ago = time.time() - 3600
    os.utime(sftp._file, (long_ago, long_ago))
    ctx = City(sftp, monkeypatch).connect()
    assert run(ctx)[RESOURCE].rows == 1
    sftp.fail("error")
    assert (run(ctx)[RESOURCE].rows, run(ctx)[RESOURCE].note) == (0, ""), "its bytes are not asked for"
    sftp.heal()
    sftp._file.write_bytes(sftp._content[:-1] + b"!")
    sftp._content = sftp._file.read_bytes()
    assert run(ctx)[RESOURCE].rows == 1, "as long, but written later"
    assert sftp.is_whole(blob_of(ctx))


def test_a_manifest_on_the_server_is_held_to(sftp: SftpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    told = sftp._file.with_name(sftp._file.name + ".manifest.json")
    told.write_text('{"sha256": "' + "0" * 64 + '"}')
    ctx = City(sftp, monkeypatch).connect()
    assert "differs from the SHA-256" in run(ctx)[RESOURCE].note
    told.write_text('{"period": "2026-02-28", "rows": 40000}')
    assert run(ctx)[RESOURCE].rows == 1
    assert deliveries(ctx)[0]["period"] == "2026-02-28"


def test_a_private_key_opens_an_sftp_server(sftp: SftpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key without its counterpart on the server is refused; one that is none is named."""
    city = City(sftp, monkeypatch)
    key = asyncssh.generate_private_key("ssh-ed25519")
    monkeypatch.setenv("BRAIN_SECRET_DEP_KEY", key.export_private_key().decode())
    sftp.admits = [key]
    assert run(city.connect(private_key="{secret:dep_key}", password=None))[RESOURCE].rows == 1
    sftp.admits = []
    assert "refused our credentials" in run(city.connect(private_key="{secret:dep_key}", password=None))[RESOURCE].note
    monkeypatch.setenv("BRAIN_SECRET_DEP_KEY", "no key")
    assert "private key cannot be read" in run(city.connect(private_key="{secret:dep_key}"))[RESOURCE].note


def test_only_what_lies_directly_below_the_prefix_is_taken(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with S3Bucket(tmp_path, authority) as bucket:
        bucket.put()
        assert isinstance(bucket, S3Bucket)
        for key in (
            "out/dep/deeper/thing_20260301_5.csv",
            "out/dependent/thing_20260301_6.csv",
            "thing_20260301_7.csv",
        ):
            bucket._s3.put_object(Bucket=bucket.bucket, Key=key, Body=b"x")
        ctx = City(bucket, monkeypatch).connect()
        assert run(ctx)[RESOURCE].rows == 1
        bucket.fail("error")
        assert run(ctx)[RESOURCE].note == "", "what was taken is not asked for again"
        bucket.heal()
        bucket._s3.put_object(Bucket=bucket.bucket, Key="out/dep/../thing_20260301_8.csv", Body=b"x")
        assert "no plain path" in run(ctx)[RESOURCE].note


def test_a_token_that_is_meant_for_another_store_stays_here(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would add what the environment holds for the city's own store."""
    with S3Bucket(tmp_path, authority) as bucket:
        bucket.put()
        assert isinstance(bucket, S3Bucket)
        bucket.tokens.clear()
        for name in ("AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "of-another-store")
        monkeypatch.setenv("AWS_ENDPOINT", "https://127.0.0.1:1")
        assert run(City(bucket, monkeypatch).connect())[RESOURCE].note == ""
        assert bucket.tokens and set(bucket.tokens) == {None}


def test_a_store_that_cannot_be_set_up_is_an_error_of_its_resource(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with S3Bucket(tmp_path, authority) as bucket:
        ctx = City(bucket, monkeypatch).connect()
        monkeypatch.setenv("BRAIN_SECRET_DEP_CA", "no certificate")
        assert "cannot be set up as declared" in run(ctx)[RESOURCE].note


def test_one_of_several_host_keys_is_enough(sftp: SftpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a server changes its key both are listed; a server with two keys is known by the pinned one."""
    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    named = [" ".join(key.export_public_key().decode().split()[:2]) for key in (other, sftp._key)]
    assert run(City(sftp, monkeypatch).connect(host_key=named))[RESOURCE].note == ""
    assert "no host key of the pinned kind" in run(City(sftp, monkeypatch).connect(host_key=named[:1]))[RESOURCE].note


@pytest.mark.parametrize(
    ("kind", "told"), [("ecdsa-sha2-nistp256", "no host key of the pinned kind"), ("ssh-ed25519", "broke off")]
)
def test_why_a_server_hung_up_is_known_though_its_reason_was_lost(
    kind: str, told: str, sftp: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no host key of an offered kind says so and hangs up; whoever still writes loses the reason."""

    async def lose(*_: object, **__: object) -> None:
        raise asyncssh.ConnectionLost("reset")

    pinned = " ".join(asyncssh.generate_private_key(kind).export_public_key().decode().split()[:2])
    ctx = City(sftp, monkeypatch).connect(host_key=pinned)
    monkeypatch.setattr(asyncssh, "connect", lose)
    assert told in run(ctx)[RESOURCE].note


def test_a_transfer_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with Sink(tmp_path, max_seconds=0.05) as sink:
        sink.write(b"slow")
        time.sleep(0.06)
        with pytest.raises(SourceError, match="took longer than"):
            sink.write(b"drip")
    assert list(tmp_path.iterdir()) == []


def test_files_of_a_server_that_are_no_resources_are_told_until_they_are_gone(
    sftp: SftpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sftp.root / "out" / "dep"
    (folder / "thing-20260301.csv").write_text("秘密", encoding="utf-8")
    (folder / "thing_20260301_9.csv.part").write_text("not yet whole")
    ctx = City(sftp, monkeypatch).connect()
    (found,) = unclaimed(ctx)
    place = f"sftp://127.0.0.1:{sftp.port}/out/dep"
    assert (found["department"], found["table_name"], found["n_failed"]) == ("dep", place, 1)
    assert f"{place} 有 1 个文件不合任何登记的文件名，未接收：thing-20260301.csv" in found["what"]
    assert "thing_{period}_{sequence}.csv" in found["remedy"] and "秘密" not in str(found)
    broken = City(sftp, monkeypatch).connect(path="nowhere")
    assert len(unclaimed(broken)) == 1, "what could not be looked at is as it was seen last"
    (folder / "thing-20260301.csv").unlink()
    assert unclaimed(City(sftp, monkeypatch).connect()) == []


def test_objects_that_are_no_resources_are_told(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with S3Bucket(tmp_path, authority) as bucket:
        assert isinstance(bucket, S3Bucket)
        bucket.put()
        for key in ("out/dep/other.csv", "out/dep/deeper/x.csv", "elsewhere/y.csv"):
            bucket._s3.put_object(Bucket=bucket.bucket, Key=key, Body=b"x")
        (found,) = unclaimed(City(bucket, monkeypatch).connect())
        assert found["table_name"] == f"https://127.0.0.1:{bucket.port}/{bucket.bucket}/out/dep"
        assert "未接收：other.csv" in found["what"]


def unclaimed(ctx: Context) -> list[dict[str, Any]]:
    """What the findings say of files that are nobody's, after a run."""
    run(ctx)
    rows = find_all(ctx.catalog, read_facts(ctx), [], [], {})
    return [row for row in rows if row["kind"] == "files_unclaimed"]
