"""What ``make test`` says of its lanes, whether they run one after the other or at once."""

import pytest

from tests.lanes import Lane, run_lanes


@pytest.mark.parametrize("at_once", [1, 2])
def test_how_each_lane_ended_is_told_with_what_it_said(at_once: int, capfd: pytest.CaptureFixture[str]) -> None:
    waits = Lane("waits", ("python", "-c", "print('waited')"), alone=True)
    broken = Lane("broken", ("python", "-c", "raise SystemExit('why it broke')"))
    sound = Lane("sound", ("python", "-c", "print('all well')"))

    ended = run_lanes([waits, broken, sound], at_once)

    assert [(end.lane, end.state) for end in ended] == [("waits", "ok"), ("broken", "failed"), ("sound", "ok")]
    said, errors = capfd.readouterr()
    assert all(words in said + errors for words in ("waited", "why it broke", "all well"))
    if at_once > 1:
        assert said.index("=== waits") > max(said.rindex("=== broken"), said.rindex("=== sound"))
