"""Files are read in a process of their own, under limits that the kernel enforces."""

from __future__ import annotations

import select
import time
from pathlib import Path

import pytest

from jobs.contracts import Format, Limits
from jobs.errors import EnvironmentFault, SourceError
from jobs.land.isolation import Worker
from tests.land.reading import gather

CSV = Format(kind="csv")
SMALL = b"a,b\r\n1,2\r\n3\r\n"


@pytest.fixture(scope="module")
def worker() -> Worker:
    return Worker()


def _file(folder: Path, content: bytes) -> Path:
    (folder / "blob").write_bytes(content)
    return folder / "blob"


def test_rows_rejects_and_notes_come_across(worker: Worker, tmp_path: Path) -> None:
    blob = _file(tmp_path, b"a,b\r\n1,2\r\n3\r\n4,5")
    came = gather(worker.read(blob, CSV, ["b", "a"], {}, Limits()))
    assert (came.rows, came.reasons, came.notes) == (
        {1: ("2", "1"), 3: ("5", "4")},
        {2: "column_count"},
        {"open_end": 1},
    )


def test_a_refusal_comes_across_with_its_remedy(worker: Worker, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="perhaps 'bb'") as refusal:
        gather(worker.read(_file(tmp_path, b"a,bb,c\r\n1,2,3\r\n"), CSV, ["a", "b", "c"], {}, Limits()))
    assert refusal.value.remedy


def test_memory_time_and_a_crash_refuse_one_file_and_leave_the_next_alone(worker: Worker, tmp_path: Path) -> None:
    document = _file(tmp_path, b"[" + b'{"a": 1},' * 1_000_000 + b'{"a": 1}]')
    kind = Format(kind="json")
    with pytest.raises(SourceError, match=r"200 MB.*\(limits.memory_mb\)"):
        gather(worker.read(document, kind, ["a"], {}, Limits(memory_mb=200)))
    with pytest.raises(SourceError, match=r"1 s of processor time \(limits.cpu_seconds\)"):
        gather(worker.read(document, kind, ["a"], {}, Limits(cpu_seconds=1)))
    other = tmp_path / "other"
    other.write_bytes(SMALL)
    assert len(gather(worker.read(other, CSV, ["a"], {}, Limits())).rows) == 1


def test_reading_that_is_given_up_leaves_the_process_ready(worker: Worker, tmp_path: Path) -> None:
    blob = _file(tmp_path, b"a,b\r\n" + b"1,2\r\n" * 4_000_000)
    chunks = worker.read(blob, CSV, ["a"], {}, Limits())
    next(chunks)
    chunks.close()
    assert len(gather(worker.read(_file(tmp_path, SMALL), CSV, ["a"], {}, Limits())).rows) == 1


def test_files_that_were_expected_are_read_like_any_other_in_any_order(worker: Worker, tmp_path: Path) -> None:
    blobs = [tmp_path / str(n) for n in range(4)]
    for n, blob in enumerate(blobs):
        blob.write_bytes(b"a,b\r\n" + f"{n},x\r\n".encode() * (3 if n != 1 else 2_000_000))
    for order in ((0, 1, 2), (2, 3, 0), (3, 2)):
        for n in (0, 1, 2):  # two at most are read ahead, one of which fills its pipe and waits
            worker.expect(blobs[n], CSV, ["a"], {}, Limits())
        for n in order:
            rows = gather(worker.read(blobs[n], CSV, ["a"], {}, Limits())).cells
            assert (len(rows), set(rows)) == (3 if n != 1 else 2_000_000, {(str(n),)})


def test_it_ends_in_peace_when_what_was_expected_is_never_asked_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    worker = Worker()
    worker.expect(_file(tmp_path, SMALL), CSV, ["a"], {}, Limits())
    assert select.select([worker._control], [], [], 30)[0], "it has begun to answer"
    worker.abandon()
    assert worker._process.wait(30) == 0
    assert capfd.readouterr().err == ""


def test_files_that_were_read_to_their_end_and_are_not_wanted_are_passed_over(worker: Worker, tmp_path: Path) -> None:
    blobs = [tmp_path / str(n) for n in range(3)]
    for n, blob in enumerate(blobs):
        blob.write_bytes(b"a,b\r\n" + f"{n},x\r\n".encode())
    for n in (0, 1):
        worker.expect(blobs[n], CSV, ["a"], {}, Limits())
    time.sleep(0.3)  # both readers are gone by now
    assert gather(worker.read(blobs[2], CSV, ["a"], {}, Limits())).cells == [("2",)]
    assert gather(worker.read(blobs[0], CSV, ["a"], {}, Limits())).cells == [("0",)]


def test_a_short_file_may_be_given_up_when_its_reader_is_gone(worker: Worker, tmp_path: Path) -> None:
    worker.expect(_file(tmp_path, SMALL), CSV, ["a"], {}, Limits())
    time.sleep(0.3)
    chunks = worker.read(tmp_path / "blob", CSV, ["a"], {}, Limits())
    next(chunks)
    chunks.close()
    assert len(gather(worker.read(tmp_path / "blob", CSV, ["a"], {}, Limits())).rows) == 1


def test_a_file_that_was_expected_and_is_refused_is_refused_when_it_is_read(worker: Worker, tmp_path: Path) -> None:
    worker.expect(_file(tmp_path, b"x,y\r\n1,2\r\n"), CSV, ["a"], {}, Limits())
    with pytest.raises(SourceError, match="lacks"):
        gather(worker.read(tmp_path / "blob", CSV, ["a"], {}, Limits()))


def test_a_process_that_was_told_what_to_expect_ends_when_it_is_let_go(tmp_path: Path) -> None:
    worker = Worker()
    worker.expect(_file(tmp_path, b"a,b\r\n" + b"1,2\r\n" * 4_000_000), CSV, ["a"], {}, Limits())
    worker.close()
    assert not worker.is_alive


def test_a_process_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    worker = Worker()
    worker._process.kill()
    worker._process.wait()
    with pytest.raises(EnvironmentFault):
        gather(worker.read(_file(tmp_path, SMALL), CSV, ["a"], {}, Limits()))
