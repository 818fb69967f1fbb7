"""The portal as people meet it: from ``file://``, offline, on wide and narrow screens, with and without script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

PAGES = (
    "index.html",
    "release.html",
    "catalog.html",
    "departments/rsj.html",
    "resources/rsj.si.person.html",
    "resources/jyj.student.status.html",
    "libraries/person.html",
)
WIDTHS = (1440, 1024, 390, 320)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OUTSIDE = """() => [...document.querySelectorAll('main *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('.scroll, .vh');
}).map(e => e.tagName + '.' + e.className).slice(0, 5)"""
PALE = """() => {
  const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const line = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * line(r / 255) + .7152 * line(g / 255) + .0722 * line(b / 255);
  const ground = e => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg, .vh, [hidden], .skip') || !e.checkVisibility()) continue;
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const style = getComputedStyle(e), a = light(parts(style.color).slice(0, 3)), b = light(ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) found.push(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
    if (parseFloat(style.fontSize) < 12) found.push(e.tagName + ' ' + style.fontSize);
  }
  return found.slice(0, 5);
}"""


def scheme(name: str) -> dict[str, Any]:
    return {"color_scheme": name}


@pytest.mark.parametrize("visit", [scheme("light"), scheme("dark")], indirect=True, ids=["light", "dark"])
def test_pages_fit_every_screen_and_can_be_read(visit: Visit, portal: Path) -> None:
    for name in PAGES:
        page = visit.go(portal / name)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(OVERFLOW) <= 0, (name, width, page.evaluate(OUTSIDE))
            assert page.evaluate(OUTSIDE) == [], (name, width)
        assert page.evaluate(PALE) == [], name


def test_text_twice_as_large_still_fits(visit: Visit, portal: Path) -> None:
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    for name in PAGES:
        page = visit.go(portal / name)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        assert page.evaluate(OVERFLOW) <= 0, (name, page.evaluate(OUTSIDE))


@pytest.mark.parametrize("visit", [{"viewport": {"width": 320, "height": 700}}], indirect=True)
def test_hostile_names_do_nothing(visit: Visit, hostile_portal: Path) -> None:
    for path in sorted(hostile_portal.rglob("*.html")):
        page = visit.go(path)
        assert page.evaluate(OVERFLOW) <= 0, (path.name, page.evaluate(OUTSIDE))
    page = visit.go(hostile_portal / "index.html", "?q=script")
    page.wait_for_selector("#lookup li")
    assert "<script>alert('x')</script>" in page.inner_text("#lookup")
    page.fill("#look", "<img src=x onerror=alert(1)>")
    assert "没有符合" in page.inner_text("#lookup [data-results]")


def test_looking_something_up_leads_to_it(visit: Visit, portal: Path) -> None:
    page = visit.go(portal / "departments" / "rsj.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("参保人员")
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html?q=*")
    page.wait_for_selector("#lookup li")
    assert "index.html" in page.url and "阻断" in page.inner_text("#lookup")
    page.click("#lookup a:has-text('社保参保人员')")
    page.wait_for_load_state()
    assert page.url.endswith("resources/rsj.si.person.html")
    page = visit.go(portal / "index.html")
    page.fill("#look", "居住地址")
    page.click("#lookup li a >> nth=0")
    page.wait_for_load_state()
    assert "libraries/" in page.url and "#e-" in page.url
    page = visit.go(portal / "index.html")
    page.fill("#look", "没有这样的东西")
    page.wait_for_selector("#lookup .empty")
    page.keyboard.press("Escape")
    assert page.inner_text("#lookup [data-results]") == ""


def test_tables_sort_and_filter(visit: Visit, portal: Path) -> None:
    page = visit.go(portal / "index.html")
    scores = "[...document.querySelectorAll('#league tbody tr')].map(r => Number(r.cells[2].dataset.v))"
    original = page.evaluate(scores)
    page.click("#league th button:has-text('得分')")
    assert page.evaluate(scores) == sorted(original, reverse=True)
    assert page.get_attribute("#league th:has-text('得分')", "aria-sort") == "descending"
    page.click("#league th button:has-text('得分')")
    page.click("#league th button:has-text('得分')")
    assert page.evaluate(scores) == original
    shown = "document.querySelectorAll('#league tbody tr:not([hidden])').length"
    page.click("[data-for=league] [data-chip='红牌']")
    assert 0 < page.evaluate(shown) < len(original)
    page.fill("#league-f", "没有这个局")
    assert page.evaluate(shown) == 0 and "没有符合" in page.inner_text("#departments .empty")
    page.press("#league-f", "Escape")
    assert page.evaluate(shown) == len(original)


def test_keyboard_reaches_the_text_first(visit: Visit, portal: Path) -> None:
    page = visit.go(portal / "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus("#league tbody tr:first-child a")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 2


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_everything_reads_without_script(visit: Visit, portal: Path) -> None:
    page = visit.go(portal / "index.html")
    assert page.locator("#league tbody tr:visible").count() > 10
    assert not page.is_visible(".tools >> nth=0") and page.is_visible("#lookup a[href='catalog.html']")
    assert page.locator("#league th button").count() == 0


def test_paper_shows_everything_and_no_screen_furniture(visit: Visit, portal: Path) -> None:
    page = visit.go(portal / "departments" / "gaj.html")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.is_visible(".nav") and not page.is_visible(".find") and page.is_visible("#notice .letter")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_first_screen_answers_the_four_questions(visit: Visit, portal: Path) -> None:
    page = visit.go(portal / "index.html")
    for name in ("#v", "#products", "#stuck", "#act", "#new"):
        box = page.locator(name).bounding_box()
        assert box and box["y"] + min(box["height"], 30) < 900, name


def test_the_policy_stops_what_would_get_in(visit: Visit, portal: Path) -> None:
    """Negative control of the tests above: an inline script is refused, and the visit notices."""
    page = visit.go(portal / "index.html")
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://example.invalid/x.png'}))")
    assert page.evaluate("window.ran") is None
    refused = [fault for fault in visit.faults if "Content Security Policy" in fault]
    assert any("script" in fault for fault in refused) and any("image" in fault for fault in refused)
    visit.faults.clear()
