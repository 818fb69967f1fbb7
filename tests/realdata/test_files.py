"""Real files landed exactly: every cell as Python decodes it, awkward ones as their authors say."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.land.reading import read_csv


def test_places_in_gb18030_are_read_cell_by_cell(real_data: Path) -> None:
    data = (real_data / "poi" / "Pois.csv").read_bytes()
    header, *rows = csv.reader(io.StringIO(data.decode("gb18030", "strict"), newline=""))
    came = read_csv(data, header, encoding="gb18030")
    assert came.rejects == []
    assert came.rows == {number: tuple(row) for number, row in enumerate(rows, 1)}
    assert len(rows) == 6748


def test_awkward_files_read_as_their_authors_say(real_data: Path) -> None:
    folder = real_data / "csv_spectrum"
    cases = sorted((folder / "csvs").glob("*.csv"))
    assert len(cases) == 12
    for case in cases:
        told = json.loads((folder / "json" / f"{case.stem}.json").read_text(encoding="utf-8"))
        expected = told if isinstance(told, list) else [told]
        names = list(expected[0])
        came = read_csv(case.read_bytes(), names)
        read = [dict(zip(names, row, strict=True)) for row in came.cells]
        assert read == list(csv.DictReader(io.StringIO(case.read_bytes().decode(), newline="")))
        if case.stem == "location_coordinates":  # its authors give another telephone number than stands in the file
            expected[0]["Contact Phone Number"] = "2095257564"
        assert read == expected, case.stem
        assert came.rejects == []


def test_a_registry_is_read_as_python_reads_it(registry: Path) -> None:
    data = registry.read_bytes()
    expected = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    names = list(expected[0])
    for step in (0, 65_537):
        came = read_csv(data, names, step)
        assert came.cells == [tuple(row.values()) for row in expected]
        assert came.rejects == []


@pytest.mark.parametrize("encoding", ["gbk", "big5", "utf-16"])
def test_a_real_file_in_another_encoding_than_declared_is_refused(real_data: Path, encoding: str) -> None:
    from jobs.errors import SourceError

    data = (real_data / "poi" / "City.csv").read_bytes()
    text = data.decode("gb18030")
    header = next(csv.reader(io.StringIO(text)))
    with pytest.raises(SourceError):
        read_csv(text.encode("utf-8"), header, encoding=encoding)
