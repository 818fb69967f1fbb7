"""A real scheduler brings two days to the question; a person approves the first in Airflow's screens, and rejects the
second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.scheduler.conftest import Office

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.airflow

FIRST, SECOND = "2026-03-02", "2026-03-03"
UNAPPROVED = "未经人工批准"
READING_SECONDS = 7
"""Nobody decides sooner. Airflow learns five seconds after a task has paused that its process has ended, and takes the
task for lost if it has been answered by then."""


def answer(officer: Page, office: Office, day: str, press: str) -> str:
    """Open the question for a day, as the menu offers it, and press a button; what could be read there."""
    officer.goto(f"{office.url}/required_actions")
    officer.click(f"a:has-text('请审批：数据截止 {day} 的发布')")
    button = officer.locator(f"button:text-is('{press}')")
    button.wait_for()
    text = officer.inner_text("body")
    time.sleep(READING_SECONDS)
    button.click()
    return text


def test_approved_is_published_and_rejected_is_not(office: Office, officer: Page) -> None:
    office.deliver(FIRST)
    office.wait("approval", "awaiting_input", "deferred")
    assert office.releases() == []
    read = answer(officer, office, FIRST, "Approve")
    for words in ("全市质量分", "现行发布：（尚无）", "编号 0-", "驳回（Reject）则读者继续使用现行发布"):
        assert words in read
    assert office.wait("publish", "success", "skipped") == "success"
    (first,) = office.releases()
    assert (first.as_of, first.approved_by) == (FIRST, "cdo")
    report = office.report()
    assert "批准：cdo" in report and UNAPPROVED not in report

    office.deliver(SECOND)
    office.wait("approval", "awaiting_input", "deferred")
    assert "现行发布：第 1 号" in answer(officer, office, SECOND, "Reject")
    assert office.wait("publish", "success", "skipped") == "skipped"
    assert office.releases() == [first], "readers keep what they have"
    assert office.report() == report
